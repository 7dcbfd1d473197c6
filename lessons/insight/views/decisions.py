"""Add a passage to the lecture note, or take it from the board; and take that back."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.db.ids import parse_id
from lessons.discussions.views.inbox_links import local_url
from lessons.insight import decisions
from lessons.insight.counted import FigureFilter
from lessons.insight.passages import is_check
from lessons.insight.views.access import filter_from, get_lesson_to_decide
from lessons.models import Lesson


@require_POST
def lecture(request: AuthenticatedHttpRequest, pk: int, key: str) -> HttpResponse:
    """Add the passage to the lecture note or, with `remove`, take it out."""
    lesson = get_lesson_to_decide(request.user, pk)
    if "remove" not in request.POST:
        return _decide(
            request,
            lesson,
            lambda: decisions.add_to_lecture(lesson=lesson, key=key, quote=_quote(request), by=request.user),
            _("The check is in the lecture note.") if is_check(key) else _("The passage is in the lecture note."),
        )
    return _decide(
        request,
        lesson,
        lambda: decisions.remove_from_lecture(lesson=lesson, key=key),
        _("The check is no longer in the lecture note.")
        if is_check(key)
        else _("The passage is no longer in the lecture note."),
        undo=_address(request, "insight:lecture_item", lesson, key, quote=_quote(request)[:300]),
    )


@require_POST
def dismissal(request: AuthenticatedHttpRequest, pk: int, key: str) -> HttpResponse:
    """Take the passage from the board, or from that with the filter of the address, until somebody else is
    confused by it.
    """
    lesson, filters = get_lesson_to_decide(request.user, pk), filter_from(request.GET)
    latest, vote = (parse_id(request.POST.get(name)) for name in ("latest", "latest_vote"))
    return _decide(
        request,
        lesson,
        lambda: decisions.dismiss(
            lesson=lesson, key=key, filters=filters, latest=latest, latest_vote=vote, by=request.user
        ),
        _dismissed_text(key, filters),
        undo=_address(request, "insight:restoration", lesson, key, **_filter_fields(filters)),
    )


def _dismissed_text(key: str, filters: FigureFilter) -> str:
    """Return from which board it is, and when it comes back."""
    if is_check(key):
        done = _("The check is off this group’s board.") if filters.group else _("The check is off the board.")
        return f"{done} {_('It comes back when a new version of it is missed.')}"
    done = _("The passage is off the board.")
    if any(filters):
        done = _("The passage is off the board with this filter, and stays on the others.")
    return f"{done} {_('It comes back when somebody else marks it or asks the same.')}"


def _filter_fields(filters: FigureFilter) -> dict[str, str]:
    return {name: str(value) for name, value in filters._asdict().items() if value}


@require_POST
def restoration(request: AuthenticatedHttpRequest, pk: int, key: str) -> HttpResponse:
    """Have a dismissed passage on the board again, or on that with the filter of the address."""
    lesson, filters = get_lesson_to_decide(request.user, pk), filter_from(request.GET)
    return _decide(
        request,
        lesson,
        lambda: decisions.undo_dismissal(lesson=lesson, key=key, filters=filters),
        _("The check is on the board again.") if is_check(key) else _("The passage is on the board again."),
    )


def _decide(
    request: AuthenticatedHttpRequest, lesson: Lesson, decide: Callable[[], object], done: str, *, undo: str = ""
) -> HttpResponse:
    """Do what was decided, say so, or why not, and lead back to the page. undo: the address that takes it back."""
    try:
        decide()
        messages.success(request, done, undo)
    except decisions.DecisionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(local_url(request) or reverse("insight:board", args=[lesson.module.course.slug]))


def _quote(request: AuthenticatedHttpRequest) -> str:
    """Return what of the passage was quoted: the form says it, or the address by which a removal is undone."""
    return request.POST.get("quote") or request.GET.get("quote", "")


def _address(request: AuthenticatedHttpRequest, name: str, lesson: Lesson, key: str, **more: str) -> str:
    return f"{reverse(name, args=[lesson.pk, key])}?{urlencode({'next': local_url(request), **more})}"
