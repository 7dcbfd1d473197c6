"""Save how far somebody has read, and that they have completed a lesson."""

from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models.functions import Length
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.accounts.models import User
from lessons.models import Lesson, Revision
from lessons.permissions import can_track_progress, require
from lessons.practice.completing import complete_by, complete_lesson
from lessons.progress.models import CompletionRule, Progress
from lessons.progress.reached import record_reached
from lessons.reading.completion import rule_for
from lessons.reading.selectors.published_lesson import get_published_lesson

AT_THE_END = 1000
"""A position, in thousandths."""


class ProgressForm(forms.Form):
    """How far somebody has read, and whether they have completed the lesson; each may be missing.

    position: of the window, in thousandths. reached: the furthest place, in code points of the revision's text.
    """

    position = forms.IntegerField(min_value=0, max_value=AT_THE_END, required=False)
    completed = forms.TypedChoiceField(
        choices=[("true", "true"), ("false", "false")], coerce=lambda v: v == "true", empty_value=None, required=False
    )
    reached = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    revision = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)

    def is_empty(self) -> bool:
        return all(self.cleaned_data[name] is None for name in ("position", "completed", "reached"))


class _Place(NamedTuple):
    """A place in a revision; is_end: nothing follows it."""

    revision: Revision
    offset: int
    is_end: bool


@require_POST
@login_not_required
def progress(request, pk):
    """Save progress. The script sends places alone and gets an empty answer; the buttons lead back to the page."""
    published = get_published_lesson(request.user, pk)
    lesson, course = published.lesson, published.lesson.module.course
    if course.is_closed and request.user.is_authenticated:
        messages.info(request, _("This course is closed, so your reading progress is no longer saved."))
        return redirect(lesson)
    require(can_track_progress(request.user, course))
    form = ProgressForm(request.POST)
    if not form.is_valid() or form.is_empty():
        return HttpResponseBadRequest(_("Send a position from 0 to 1000, or completed as true or false."))
    if form.cleaned_data["completed"] is not None and rule_for(request.user, published) != CompletionRule.Rule.MARKED:
        messages.info(request, _("This lesson is completed in another way by now: see the end of its text."))
    else:
        _save_completion(request.user, lesson, form.cleaned_data["completed"])
    _save_places(request.user, lesson, form)
    if form.cleaned_data["completed"] is None and "button" not in request.POST:
        return HttpResponse(status=204)
    return redirect(f"{lesson.get_absolute_url()}#next")


def _save_completion(user: User, lesson: Lesson, is_completed: bool | None) -> None:
    if is_completed:
        complete_lesson(user=user, lesson=lesson)
    elif is_completed is False:
        Progress.objects.save_progress(user=user, lesson=lesson, completed_at=None)


def _save_places(user: User, lesson: Lesson, form: ProgressForm) -> None:
    """Save where the reader is and how far they came, and complete the lesson if that is its rule and they came to its
    end.
    """
    position = form.cleaned_data["position"]
    if position is not None:
        Progress.objects.save_progress(user=user, lesson=lesson, position=position)
    place = _place(lesson, form)
    if place:
        record_reached(user=user, revision=place.revision, offset=place.offset)
    if position == AT_THE_END or (place and place.is_end):
        complete_by(user=user, lesson=lesson, rule=CompletionRule.Rule.END, is_met=lambda: True)


def _place(lesson: Lesson, form: ProgressForm) -> _Place | None:
    """Return the furthest place that the form names, within its revision. One query, none if it names none."""
    reached, number = form.cleaned_data["reached"], form.cleaned_data["revision"]
    if reached is None or number is None:
        return None
    rows = Revision.objects.filter(lesson=lesson.pk, number=number).annotate(length=Length("text"))
    revision = rows.defer("html", "text", "facts").first()
    if revision is None:
        return None
    return _Place(revision, min(reached, revision.length), reached >= revision.length)
