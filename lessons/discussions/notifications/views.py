"""Pages of notifications, their settings, unsubscribing from e-mail, and the activity feed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from lessons.courses.models import Course
from lessons.db.edit_conflicts import save_edit, status_of
from lessons.discussions.forms import NotificationPreferenceForm
from lessons.discussions.models import Notification, NotificationPreference
from lessons.discussions.models.notifications import generate_token
from lessons.discussions.notifications.due_reminders import due_lessons, mark_seen
from lessons.discussions.rendering.notifications import followed_rows, notification_rows
from lessons.discussions.selectors.activity import followed_targets, latest_posts, unread_followed_threads
from lessons.discussions.selectors.notification_list import latest_notifications
from lessons.discussions.selectors.rewritten_passages import rewritten_passages
from lessons.discussions.services.notifications import mark_rewritten_seen
from lessons.markup.atom import AtomFeed


def notifications(request):
    """Show what is new for the user, or with POST mark all notifications as seen."""
    if request.method == "POST":
        Notification.objects.filter(user=request.user, seen_at=None).update(seen_at=timezone.now())
        mark_seen(request.user)
        mark_rewritten_seen(reader=request.user)
        return redirect("discussions:notifications")
    now = timezone.now()
    items, due = latest_notifications(request.user), due_lessons(request.user)
    passages = rewritten_passages(request.user)
    unseen = set(Notification.objects.filter(user=request.user, seen_at=None).values_list("pk", flat=True))
    context = {
        "notifications": notification_rows(items, unseen, passages),
        "due": [(lesson, lesson.date(request.user, now)) for lesson in due],
        "threads": followed_rows(unread_followed_threads(request.user)),
        "has_unseen": bool(unseen)
        or any(lesson.is_unseen for lesson in due)
        or any(passage.is_unseen for passage in passages),
    }
    return render(request, "discussions/notifications.html", context)


def notification_settings(request):
    """Show how often the user gets e-mail, what they follow and their secret URLs; POST saves the first."""
    preference, _created = NotificationPreference.objects.get_or_create(user=request.user)
    form = NotificationPreferenceForm(request.POST or None, instance=preference)
    if form.is_bound and form.is_valid() and _save_settings(request, form):
        messages.success(request, _("Your notification settings have been saved."))
        return redirect("discussions:notification_settings")
    followed = followed_targets(request.user)
    whole_courses = {target.course_slug for target in followed if not target.lesson}
    memberships = list(request.user.memberships.active().select_related("course").order_by("course__title", "pk"))
    context = {
        "form": form,
        "feed_url": request.build_absolute_uri(reverse("discussions:activity_feed", args=[preference.feed_token])),
        "calendars": [
            (membership.course, request.build_absolute_uri(_calendar_path(preference, membership.course)))
            for membership in memberships
        ],
        "followed": followed,
        "not_followed": [membership for membership in memberships if membership.course.slug not in whole_courses],
    }
    return render(request, "discussions/notification_settings.html", context, status=status_of(form))


def _calendar_path(preference: NotificationPreference, course: Course) -> str:
    return reverse("discussions:calendar", args=[preference.calendar_token, course.slug])


def _save_settings(request, form: NotificationPreferenceForm) -> bool:
    def lock() -> NotificationPreference:
        return NotificationPreference.objects.select_for_update().get(pk=form.instance.pk)

    def save(preference: NotificationPreference) -> None:
        preference.email_frequency = form.cleaned_data["email_frequency"]
        preference.next_email_at = timezone.now()
        if request.POST.get("reset_feed"):
            preference.feed_token = generate_token()
        if request.POST.get("reset_calendars"):
            preference.calendar_token = generate_token()
        preference.save(update_fields=["email_frequency", "next_email_at", "feed_token", "calendar_token"])

    return save_edit(form, lock=lock, save=save)


@csrf_exempt
@login_not_required
def unsubscribe(request, token):
    """Stop e-mail without signing in. Mail programs send the POST by themselves (RFC 8058), people press a button."""
    preference = get_object_or_404(NotificationPreference, unsubscribe_token=token)
    is_unsubscribed = request.method == "POST"
    if is_unsubscribed:
        NotificationPreference.objects.filter(pk=preference.pk).update(
            email_frequency=NotificationPreference.EmailFrequency.NEVER
        )
    return render(request, "discussions/unsubscribe.html", {"is_unsubscribed": is_unsubscribed})


@login_not_required
def activity_feed(request, token):
    """Return the latest posts that the owner of the secret URL may read, as an Atom feed."""
    owner = get_object_or_404(
        NotificationPreference.objects.select_related("user"), feed_token=token, user__is_active=True
    ).user
    title = _("Discussions of %(name)s") % {"name": owner.display_name}
    atom = AtomFeed(
        title=title, link=request.build_absolute_uri("/"), description="", feed_url=request.build_absolute_uri()
    )
    for item in latest_posts(owner):
        url = request.build_absolute_uri(reverse("discussions:post", args=[item.post]))
        atom.add_item(
            title=f"{item.course}: {item.title}",
            link=url,
            description=item.html,
            author_name=item.name,
            pubdate=item.created_at,
            updateddate=item.created_at,
            unique_id=url,
        )
    response = HttpResponse(atom.writeString("utf-8"), content_type=atom.content_type)
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
