"""What the page of a form asks for while one writes: whom to mention, how it will look, and that it be kept."""

import time

from django.core.cache import cache
from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.courses.models.active_memberships import active_memberships
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
    """Who may be mentioned in the thread, as JSON."""
    return _people(request, get_thread(request.user, pk))


def new_thread_suggestions(request, slug):
    """Who may be mentioned in a thread that one is about to start for `audience`, as JSON."""
    course = get_course(request.user, slug)
    seat, wanted = active_memberships(request.user).get(course.pk), request.GET.get("audience", "")
    audience = wanted if wanted in Audience.values else Audience.COURSE
    group = seat.group_id if seat and audience == Audience.GROUP else None
    return _people(request, Thread(course=course, audience=audience, group_id=group, author=request.user))


def _people(request, thread: Thread) -> HttpResponse:
    """Kept by the browser for a minute; PEOPLE_A_MINUTE questions a person, which few typists reach."""
    cache_key = f"people:{request.user.pk}:{int(time.time()) // 60}"
    asked = cache.get(cache_key, 0)
    if asked >= REQUESTS_PER_MINUTE:
        return HttpResponse(_("That is a lot of names in a minute. Write on: mentions work without it."), status=429)
    cache.set(cache_key, asked + 1, 60)
    beginning = request.GET.get("q", "")[:40]
    found = notifications.mentionable_members(thread, request.user, beginning)
    headers = {"Cache-Control": "private, max-age=60"}
    return JsonResponse({"people": found[:MAX_SHOWN], "whole": len(found) <= MAX_SHOWN}, headers=headers)


@require_POST
def draft(request):
    """Keeps what is being written; asked by the page's script while one types."""
    draft_key, source = request.POST.get("draft_key", ""), request.POST.get("source", "")
    if len(draft_key) > 40 or len(source.encode("utf-8", "ignore")) > post_markdown.MAX_BYTES:
        return HttpResponseBadRequest(_("This draft is too long to be kept."))
    save_draft_from(request, draft_key.replace("\x00", ""))
    return HttpResponse(status=204)


def save_draft_from(request, draft_key: str) -> None:
    """Keeps what the form holds as the draft of `draft_key`: words, title, kind and tags, as they were typed."""
    typed = {name: request.POST.get(name, "").encode("utf-8", "ignore").decode() for name in DRAFT_FIELDS}
    typed = {name: words.replace("\x00", "")[: post_markdown.MAX_BYTES] for name, words in typed.items()}
    drafts.save_draft(user=request.user, draft_key=draft_key, **typed)


def draft_initial(draft: Draft | None) -> dict[str, str]:
    """What a form starts with: what of the draft is not empty."""
    return {name: getattr(draft, name) for name in DRAFT_FIELDS if draft and getattr(draft, name)}


@require_POST
def preview(request):
    """The Markdown as it will look; asked by the page's script."""
    try:
        return HttpResponse(post_markdown.render_post(request.POST.get("source", "")))
    except InvalidText as refusal:
        return HttpResponseBadRequest(str(refusal))
