"""A course's home for its staff: what needs them first, then how the class is doing."""

from datetime import datetime
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from lessons.courses.due_dates import DueDate, DueDates
from lessons.courses.models import Course
from lessons.courses.weeks import course_week
from lessons.discussions.rendering.inbox import question_lines
from lessons.discussions.selectors.inactive_learners import INACTIVE_AFTER, inactive_learners
from lessons.insight.board import BoardRow
from lessons.insight.figures import people_text
from lessons.markup.row_templates import url
from lessons.permissions import can_close_course, can_edit_course, can_leave, can_manage_members
from lessons.reading.selectors.staff_home import DraftItem, ReadingProgress, staff_home

MAX_SHOWN = 3
DUE_SOON_DAYS = 7
FAR_FUTURE = datetime.max.replace(tzinfo=timezone.get_default_timezone())


class DraftLine(NamedTuple):
    """A draft, when it is due if that is past or soon, and when it will be published if a time is chosen."""

    draft: DraftItem
    due: DueDate | None
    publish: DueDate | None


class ReadingLine(NamedTuple):
    lesson: ReadingProgress
    due: DueDate


class ConfusedLine(NamedTuple):
    """A passage that confused somebody lately."""

    quote: str
    url: str
    lesson_title: str
    people: str
    unanswered: int
    is_answered: bool


def render_staff_home(request, course: Course) -> HttpResponse:
    """Render the home of a course for somebody on its staff. Those who edit it see what is to be published, too."""
    user, can_edit = request.user, can_edit_course(request.user, course)
    home, dates = staff_home(course, user, with_drafts=can_edit), DueDates(course, user, timezone.now())
    drafts = [_draft_line(draft, dates) for draft in sorted(home.drafts, key=_urgency)]
    inactive = inactive_learners(course, class_size=home.learner_count)
    context = {
        "course": course,
        "home": home,
        "course_counts": home.counts,
        "week": course_week(course, dates.now),
        "questions": question_lines(home.questions, user.pk),
        "drafts": drafts[:MAX_SHOWN],
        "next_due": next((line.due for line in drafts if line.due), None),
        "reading": [ReadingLine(lesson, dates.show(lesson.due_at)) for lesson in home.reading],
        "confused": [_confused_line(row) for row in home.confused],
        "inactive": inactive,
        "learners": inactive.rows[:MAX_SHOWN],
        "inactive_days": INACTIVE_AFTER.days,
        "zone_note": dates.zone_note,
        "can_edit": can_edit,
        "can_manage_members": can_manage_members(user, course),
        "can_close": can_close_course(user, course),
        "can_leave": can_leave(user, course),
    }
    return render(request, "reading/home_staff.html", context)


def _confused_line(row: BoardRow) -> ConfusedLine:
    lesson, confusion = row.candidate.lesson, row.candidate.confusion
    return ConfusedLine(
        row.quote,
        url("insight:lesson", lesson.pk),
        lesson.title,
        people_text(confusion.people),
        confusion.unanswered,
        bool(row.questions) and not confusion.unanswered,
    )


def _urgency(draft: DraftItem) -> datetime:
    return draft.due_at or FAR_FUTURE


def _draft_line(draft: DraftItem, dates: DueDates) -> DraftLine:
    due = dates.show(draft.due_at) if draft.due_at and not draft.is_change else None
    publish = dates.show(draft.publish_at) if draft.publish_at else None
    return DraftLine(draft, due if due and due.days <= DUE_SOON_DAYS else None, publish)
