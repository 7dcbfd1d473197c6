"""The bell, how one is told, the way out of mail, and one's own feed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from lessons.discussions.forms import NotificationPreferenceForm
from lessons.discussions.models import Follow, Notification, NotificationPreference
from lessons.discussions.models.notifications import generate_token
from lessons.discussions.selectors import activity


def notifications(request):
    """Everything that is new for the person. Seen once its thread is read; `POST` clears what is left."""
    if request.method == "POST":
        Notification.objects.filter(user=request.user, seen_at=None).update(seen_at=timezone.now())
        return redirect("discussions:notifications")
    notes = activity.notifications(request.user)
    unseen = set(Notification.objects.filter(user=request.user, seen_at=None).values_list("pk", flat=True))
    kinds = dict(Notification.Kind.choices)
    context = {
        "notes": [(item, kinds[item.kind], item.notification in unseen) for item in notes],
        "threads": activity.unread_followed_threads(request.user),
        "unseen": bool(unseen),
    }
    return render(request, "discussions/notifications.html", context)


def notification_settings(request):
    """How and how often one is told, what one follows, and the secret address of one's feed."""
    mine, _made = NotificationPreference.objects.get_or_create(user=request.user)
    form = NotificationPreferenceForm(request.POST or None, instance=mine)
    if form.is_bound and form.is_valid():
        mine = form.save(commit=False)
        mine.next_email_at = timezone.now()
        if request.POST.get("reset_feed"):
            mine.feed_token = generate_token()
        mine.save()
        messages.success(request, _("That is how you will be told."))
        return redirect("discussions:notification_settings")
    context = {
        "form": form,
        "feed_url": request.build_absolute_uri(reverse("discussions:activity_feed", args=[mine.feed_token])),
        "follows": Follow.objects.filter(user=request.user).select_related("course", "lesson"),
        "seats": request.user.memberships.active().select_related("course"),
    }
    return render(request, "discussions/notification_settings.html", context)


@csrf_exempt
@login_not_required
def unsubscribe(request, token):
    """One click, without signing in: mail programs POST here by themselves (RFC 8058), people press the button."""
    preference = get_object_or_404(NotificationPreference, unsubscribe_token=token)
    done = request.method == "POST"
    if done:
        NotificationPreference.objects.filter(pk=preference.pk).update(
            email_frequency=NotificationPreference.EmailFrequency.NEVER
        )
    return render(request, "discussions/unsubscribe.html", {"done": done})


@login_not_required
def activity_feed(request, token):
    """The last posts that the address's owner may read, as Atom."""
    owner = get_object_or_404(
        NotificationPreference.objects.select_related("user"), feed_token=token, user__is_active=True
    ).user
    title = _("Conversations of %(name)s") % {"name": owner.display_name}
    atom = Atom1Feed(
        title=title, link=request.build_absolute_uri("/"), description="", feed_url=request.build_absolute_uri()
    )
    for item in activity.latest_posts(owner):
        atom.add_item(
            title=f"{item.course}: {item.title}",
            link=request.build_absolute_uri(f"/posts/{item.post}/"),
            description=item.html,
            author_name=item.name,
            pubdate=item.created_at,
            updateddate=item.created_at,
            unique_id=request.build_absolute_uri(f"/posts/{item.post}/"),
        )
    response = HttpResponse(atom.writeString("utf-8"), content_type=atom.content_type)
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
