"""Requests of a form's script: suggestions of members to mention, a preview; and keeping what was submitted."""

from contextlib import suppress

from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.courses.models.active_memberships import active_memberships
from lessons.db.throttle import is_within_limit
from lessons.db.unsent_texts import UnsentTextNotSaved, save_unsent_text, written_fields
from lessons.discussions.models import Thread
from lessons.discussions.services import notifications
from lessons.discussions.views.access import get_course, get_thread
from lessons.markup import post_markdown
from lessons.markup.sanitise import InvalidText

Audience = Thread.Audience
MAX_SHOWN = 8
REQUESTS_PER_MINUTE = 60


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


def save_draft_from(request, draft_key: str) -> None:
    """Keep the fields of the submitted form as unsent text. Raise UnsentTextNotSaved."""
    save_unsent_text(user_id=request.user.pk, draft_key=draft_key, fields=written_fields(request.POST))


def keep_refused(request, draft_key: str) -> None:
    """Keep the fields of a form that was refused and is shown again, if they can be kept."""
    with suppress(UnsentTextNotSaved):
        save_draft_from(request, draft_key)


@require_POST
def preview(request):
    """Return Markdown rendered as HTML, for the page's script. A user can make REQUESTS_PER_MINUTE."""
    if not is_within_limit(f"preview:{request.user.pk}", limit=REQUESTS_PER_MINUTE, seconds=60):
        return HttpResponse(_("Too many previews. Wait a minute; your text is still here."), status=429)
    try:
        return HttpResponse(post_markdown.render_post(request.POST.get("source", "")))
    except InvalidText as refusal:
        return HttpResponseBadRequest(str(refusal))
