"""Requests of a form's script: suggestions of members to mention, a preview, saving the draft."""

from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.courses.models.active_memberships import active_memberships
from lessons.db.throttle import is_within_limit
from lessons.discussions.models import Draft, Thread
from lessons.discussions.services import drafts, notifications
from lessons.discussions.views.access import get_course, get_thread
from lessons.markup import post_markdown
from lessons.markup.sanitise import InvalidText

Audience = Thread.Audience
MAX_SHOWN = 8
REQUESTS_PER_MINUTE = 60
DRAFT_FIELDS = ("source", "title", "kind", "tags")


def mention_suggestions(request, pk):
    """Return as JSON the members who may be mentioned in the thread."""
    return _suggestions(request, get_thread(request.user, pk))


def new_thread_suggestions(request, slug):
    """Return as JSON the members who may be mentioned in a new thread for `audience`."""
    course = get_course(request.user, slug)
    membership, audience = active_memberships(request.user).get(course.pk), request.GET.get("audience", "")
    audience = audience if audience in Audience.values else Audience.COURSE
    group = membership.group_id if membership and audience == Audience.GROUP else None
    return _suggestions(request, Thread(course=course, audience=audience, group_id=group, author=request.user))


def _suggestions(request, thread: Thread) -> HttpResponse:
    """Return suggestions, cached by the browser for a minute. A user can make REQUESTS_PER_MINUTE."""
    if not is_within_limit(f"mentions:{request.user.pk}", limit=REQUESTS_PER_MINUTE, seconds=60):
        return HttpResponse(_("Too many requests. You can still mention people by typing their handle."), status=429)
    members = notifications.mentionable_members(thread, request.user, request.GET.get("q", "")[:40])
    people = [member._asdict() for member in members[:MAX_SHOWN]]
    headers = {"Cache-Control": "private, max-age=60"}
    return JsonResponse({"people": people, "complete": len(members) <= MAX_SHOWN}, headers=headers)


@require_POST
def draft(request):
    """Save a draft, which the page's script sends while the user types."""
    draft_key, source = request.POST.get("draft_key", ""), request.POST.get("source", "")
    if len(draft_key) > 40 or len(source.encode("utf-8", "ignore")) > post_markdown.MAX_BYTES:
        return HttpResponseBadRequest(_("This draft is too long to be saved."))
    save_draft_from(request, draft_key.replace("\x00", ""))
    return HttpResponse(status=204)


def save_draft_from(request, draft_key: str) -> None:
    """Save text, title, kind and tags of the form, as typed, as the draft for `draft_key`."""
    values = {name: request.POST.get(name, "").encode("utf-8", "ignore").decode() for name in DRAFT_FIELDS}
    values = {name: value.replace("\x00", "")[: post_markdown.MAX_BYTES] for name, value in values.items()}
    drafts.save_draft(user=request.user, draft_key=draft_key, **values)


def draft_initial(draft: Draft | None) -> dict[str, str]:
    """Return the initial values of a form: the fields of the draft that are not empty."""
    return {name: getattr(draft, name) for name in DRAFT_FIELDS if draft and getattr(draft, name)}


@require_POST
def preview(request):
    """Return Markdown rendered as HTML, for the page's script. A user can make REQUESTS_PER_MINUTE."""
    if not is_within_limit(f"preview:{request.user.pk}", limit=REQUESTS_PER_MINUTE, seconds=60):
        return HttpResponse(_("Too many previews. Wait a minute; what you wrote is still here."), status=429)
    try:
        return HttpResponse(post_markdown.render_post(request.POST.get("source", "")))
    except InvalidText as refusal:
        return HttpResponseBadRequest(str(refusal))
