"""The library: the reader's own courses with what is due and new in them, and those open to everybody."""

from datetime import UTC, datetime
from typing import NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from lessons.courses.course_by_slug import listed_courses
from lessons.courses.descriptions import description_html
from lessons.courses.due_dates import DueDate, DueDates
from lessons.courses.models import Course
from lessons.courses.models.active_memberships import pending_course_titles
from lessons.courses.weeks import course_week
from lessons.discussions.rendering.posts import time_tag
from lessons.markup.row_templates import render_rows
from lessons.permissions import can_create_courses
from lessons.reading import structured_data
from lessons.reading.lesson_lists import continue_reading
from lessons.reading.selectors.course_activity import MAX_REPLIES, Reply
from lessons.reading.selectors.library import (
    CourseNews,
    LessonCounts,
    LibraryLesson,
    LibraryNews,
    due_lessons,
    lesson_counts,
    library_news,
)
from lessons.reading.selectors.outline import outline_of_course

MAX_LISTED = 5
NEVER = datetime.min.replace(tzinfo=UTC)


class DueLesson(NamedTuple):
    lesson: LibraryLesson
    course: Course
    due: DueDate


class LibraryCard(NamedTuple):
    """A course in the library, with what is due in it, the earliest first."""

    course: Course
    description: SafeString
    counts: LessonCounts
    week: str = ""
    news: CourseNews = CourseNews()
    due: tuple[DueLesson, ...] = ()

    @property
    def is_own(self) -> bool:
        return bool(self.course.membership_role)

    @property
    def is_completed(self) -> bool:
        return 0 < self.counts.lessons == self.counts.completed

    @property
    def overdue_count(self) -> int:
        return sum(1 for lesson in self.due if lesson.due.state == "overdue")

    @property
    def next_due(self) -> DueLesson | None:
        return next((lesson for lesson in self.due if lesson.due.days >= 0 and lesson.due.state != "overdue"), None)


@login_not_required
def library(request):
    user, courses = request.user, listed_courses(request.user)
    # Loads the memberships, too, which the cards need.
    pending_titles = pending_course_titles(user) if user.is_authenticated else []
    own = {course.pk: course for course in courses if course.membership_role}
    news = library_news(user, own, timezone.now()) if user.is_authenticated else LibraryNews({}, 0)
    cards = _cards(user, courses, own, news)
    current = [card for card in cards if card.is_own and not card.course.is_closed]
    context = {
        "current": current,
        "finished": [card for card in cards if card.is_own and card.course.is_closed],
        "others": [card for card in cards if not card.is_own],
        "due": _due_in_all(current),
        "names_courses": len(current) > 1,
        "replies": render_rows("reading/replies.html", replies=_latest_replies(current), relative_time=time_tag),
        "pending_titles": pending_titles,
        "review_count": news.review_count,
        "may_create_courses": can_create_courses(user),
        "canonical": structured_data.site_root(request) + reverse("reading:library"),
        "continue_reading": _continue_reading(user, current),
    }
    return render(request, "reading/library.html", context)


def _cards(user, courses: list[Course], own: dict[int, Course], news: LibraryNews) -> list[LibraryCard]:
    """Return a card for each course. Two queries, one for those who are in no course."""
    counts, now = lesson_counts(user), timezone.now()
    due = _due(user, own) if own else []
    return [
        LibraryCard(
            course,
            description_html(course.description),
            counts.get(course.pk, LessonCounts()),
            course_week(course, now) if course.pk in own else "",
            news.courses.get(course.pk, CourseNews()),
            tuple(lesson for lesson in due if lesson.course == course),
        )
        for course in courses
    ]


def _due(user, own: dict[int, Course]) -> list[DueLesson]:
    now = timezone.now()
    dates = {pk: DueDates(course, user, now) for pk, course in own.items()}
    lessons = [lesson for lesson in due_lessons(user) if lesson.course in own]
    return [DueLesson(lesson, own[lesson.course], dates[lesson.course].show(lesson.due_at)) for lesson in lessons]


def _due_in_all(cards: list[LibraryCard]) -> list[DueLesson]:
    """Return what is overdue and what is due next, in all courses."""
    due = [lesson for card in cards for lesson in card.due if lesson.due.state == "overdue" or lesson.due.days >= 0]
    return sorted(due, key=lambda lesson: lesson.lesson.due_at)[:MAX_LISTED]


def _latest_replies(cards: list[LibraryCard]) -> list[Reply]:
    replies = [reply for card in cards for reply in card.news.replies]
    return sorted(replies, key=lambda reply: reply.created_at, reverse=True)[:MAX_REPLIES]


def _continue_reading(user, cards: list[LibraryCard]) -> SafeString:
    """Return what to read next, in the course that the user read last, as HTML. One query, none if all is read."""
    unfinished = [card for card in cards if card.counts.completed < card.counts.lessons]
    if not unfinished:
        return mark_safe("")
    course = max(unfinished, key=lambda card: card.counts.last_seen_at or NEVER).course
    dates = DueDates(course, user, timezone.now())
    outline = outline_of_course(course.pk, user)
    return continue_reading(outline, course, dates, in_library=True) if outline.next else mark_safe("")
