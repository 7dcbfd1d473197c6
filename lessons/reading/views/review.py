"""Review: what one has answered and the terms one has read come back, a few minutes a day."""

import csv
from collections.abc import Callable, Iterator
from datetime import datetime
from io import StringIO
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from lessons.accounts.models import User
from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.db.ids import parse_id, parse_number
from lessons.markup.csv_text import escape_formula
from lessons.markup.row_templates import render_rows
from lessons.practice import reviewing
from lessons.practice.cards import ReviewItem, next_item, review_items
from lessons.practice.intervals import Grade
from lessons.practice.queue import day_after, readable_cards, review_state

GRADES = {
    Grade.AGAIN: gettext_lazy("Again"),
    Grade.HARD: gettext_lazy("Hard"),
    Grade.GOOD: gettext_lazy("Good"),
    Grade.EASY: gettext_lazy("Easy"),
}
CHANGED = gettext_lazy("This question was changed after you answered it. Answer it again to see what is right.")
ANKI_HEADER = "#separator:Comma\r\n#html:false\r\n#tags column:3\r\n"
"""Without it Anki takes the tags for a third field, and what looks like HTML for that."""
PAGE_SIZE = 50
BATCH_SIZE = 200


class GradeButton(NamedTuple):
    """A grade, and when the card would come back."""

    value: int
    label: str
    when: str


@require_safe
def review(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show the card that has waited longest; with `?more` also when enough was done for today."""
    user, now = request.user, timezone.now()
    state = review_state(user, now)
    day, goes_on = state.day, "more" in request.GET
    item = next_item(user, now) if day.left or (goes_on and day.waiting) else None
    context = {
        **state._asdict(),
        "item": item,
        "grades": _grade_buttons(item, now) if item else [],
        "changed": CHANGED,
        "goes_on": goes_on,
        "steps": _steps(day.done, day.total) if item else [],
    }
    return render(request, "practice/review.html", context)


def _grade_buttons(item: ReviewItem, now: datetime) -> list[GradeButton]:
    days = item.previews(now)
    return [
        GradeButton(grade.value, str(label), _("tomorrow") if days[grade] == 1 else _in_days(days[grade]))
        for grade, label in GRADES.items()
    ]


def _in_days(days: int) -> str:
    return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}


def _steps(done: int, total: int) -> list[str]:
    """Return a class for each card of today: done, now, or empty."""
    return ["done" if n < done else "now" if n == done else "" for n in range(max(total, done + 1))]


@require_POST
def grade(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Keep how well somebody remembered; the same card graded in another tab counts once."""
    card = get_object_or_404(readable_cards(request.user), pk=pk)
    value, reviews = parse_number(request.POST.get("grade")), parse_number(request.POST.get("reviews"))
    if value not in list(Grade) or reviews is None:
        return HttpResponseBadRequest(_("Choose how well you remembered: again, hard, good or easy."))
    result = reviewing.grade_recall(card=card, grade=Grade(value), reviews=reviews)
    if result is None:
        messages.info(request, _("You had already graded this question, so nothing was changed."))
    return redirect(_next(request))


@require_POST
def change_card(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Leave a card alone until tomorrow, leave it out, take it in again, or start over with it."""
    card = get_object_or_404(readable_cards(request.user), pk=pk)
    action = request.POST.get("action")
    if action == "postpone":
        if reviewing.postpone(cards=readable_cards(request.user).filter(pk=pk)):
            messages.success(request, _("This question comes back tomorrow."))
        else:
            messages.info(request, _("You had already graded this question, so nothing was changed."))
    elif action in ("suspend", "resume"):
        reviewing.set_suspended(card=card, is_suspended=action == "suspend")
        is_out = action == "suspend"
        messages.success(request, _("This question no longer comes back.") if is_out else _("It comes back again."))
    elif action == "reset":
        reviewing.reset(cards=readable_cards(request.user).filter(pk=pk))
        messages.success(request, _("This question starts over, and is due now."))
    else:
        return HttpResponseBadRequest(_("Choose what to do with this question."))
    return redirect(_next(request))


@require_POST
def change_review(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Turn review off or on, or start over with everything."""
    action = request.POST.get("action")
    if action in ("pause", "resume"):
        reviewing.set_paused(user=request.user, is_paused=action == "pause")
        messages.success(request, _("Review is off.") if action == "pause" else _("Review is on."))
    elif action == "reset":
        count = reviewing.reset(cards=readable_cards(request.user))
        text = ngettext("%(n)s question starts over.", "%(n)s questions start over.", count)
        messages.success(request, text % {"n": count})
    else:
        return HttpResponseBadRequest(_("Choose whether to turn review off or on, or to start over."))
    return redirect("reading:review")


def _next(request) -> str:
    """Return the name or address of the page that sent the form."""
    if request.POST.get("page") == "cards":
        return "reading:review_cards"
    return f"{reverse('reading:review')}?more" if "more" in request.POST else "reading:review"


@require_safe
def cards(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List everything that comes back, a page at a time."""
    after = parse_id(request.GET.get("after"))
    items = review_items(request.user, after, PAGE_SIZE + 1)
    shown = items[:PAGE_SIZE]
    tomorrow = day_after(timezone.now())
    context = {
        "rows": render_rows("practice/review_cards.html", items=shown, tomorrow=tomorrow) if shown else "",
        "next": shown[-1].card.pk if len(items) > PAGE_SIZE else None,
        "is_first": not after,
    }
    return render(request, "practice/review_cards.html", context)


@require_safe
def export(request: AuthenticatedHttpRequest) -> StreamingHttpResponse:
    """Return all cards as CSV, as Anki reads it: question, answer and tags, after lines that tell it so."""
    headers = {"Content-Disposition": 'attachment; filename="review.csv"', "Cache-Control": "private, no-store"}
    lines = _csv_lines(request.user, request.build_absolute_uri)
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _csv_lines(user: User, absolute: Callable[[str], str]) -> Iterator[str]:
    after = 0
    yield ANKI_HEADER
    while items := review_items(user, after, BATCH_SIZE):
        after = items[-1].card.pk
        yield from (_csv_line(item, absolute) for item in items)


def _csv_line(item: ReviewItem, absolute: Callable[[str], str]) -> str:
    question = "\n".join([item.question, *(f"– {option}" for option in item.options)])
    answer = "\n".join([*item.answer, *([item.explanation] if item.explanation else [])])
    if item.is_changed:
        answer = f"{CHANGED} {absolute(item.answer_url)}"
    line = StringIO()
    tags = "_".join(item.course.split())
    # All in quotes: a line that begins with # is a comment.
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow(map(escape_formula, (question, answer, tags)))
    return line.getvalue()
