"""The lessons that are ticked on a module's page, to be published or withdrawn together, and what the pages show."""

from hashlib import blake2b
from typing import NamedTuple

from django.db.models import Count
from django.http import QueryDict

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.annotations.publish_preview import PublishPreview
from lessons.authoring.access import admin_url
from lessons.authoring.publishing.annotation_rows import preview_for
from lessons.authoring.publishing.report import LessonReport, report_on
from lessons.authoring.publishing.schedule_notices import ScheduleNotice, notices_by_lesson
from lessons.authoring.status import LessonStatus, lesson_status
from lessons.db.ids import parse_id
from lessons.models import Lesson, Module

MAX_LESSONS = 2000
UNPUBLISHED = (LessonStatus.DRAFT, LessonStatus.UNPUBLISHED_CHANGES)


class DraftPreview(NamedTuple):
    """A lesson with unpublished changes, and what publishing them does to its notes. url: of the lesson's preview."""

    lesson: Lesson
    preview: PublishPreview
    url: str


class DraftRow(NamedTuple):
    """A draft as the page shows it before it is published. report_url: of the page where its items are put right."""

    draft: DraftPreview
    report: LessonReport
    schedules: list[ScheduleNotice]
    report_url: str


class WithdrawalRow(NamedTuple):
    """A lesson as the page shows it before it is withdrawn. note_count: of the notes that the user can read."""

    lesson: Lesson
    is_published: bool
    note_count: int
    schedules: list[ScheduleNotice]


def chosen_ids(data: QueryDict) -> list[int]:
    """Return the ids of the ticked lessons."""
    return [pk for pk in map(parse_id, data.getlist("lesson")[:MAX_LESSONS]) if pk]


def chosen_lessons(module: Module, ids: list[int]) -> list[Lesson]:
    """Return the module's lessons with these ids, or all without any, in order, with case studies and revisions.

    Lessons that were moved or deleted meanwhile are left out.
    """
    lessons = module.lessons.select_related("casestudy", "current_revision", "module__course")
    return list(lessons.filter(pk__in=ids) if ids else lessons)


def drafts(module: Module, user: User, ids: list[int]) -> list[DraftPreview]:
    """Return the lessons with unpublished changes; of those that were ticked, the withdrawn ones, too.

    Seven queries per lesson, however many notes it has.
    """
    states = (*UNPUBLISHED, LessonStatus.WITHDRAWN) if ids else UNPUBLISHED
    return [
        DraftPreview(lesson, preview_for(lesson, user), admin_url(lesson, "publication"))
        for lesson in chosen_lessons(module, ids)
        if lesson_status(lesson) in states
    ]


def combined_digest(previews: list[DraftPreview]) -> str:
    return blake2b("".join(draft.preview.digest for draft in previews).encode(), digest_size=12).hexdigest()


def draft_rows(previews: list[DraftPreview], module: Module, user: User) -> list[DraftRow]:
    """Return the rows of the page, with a report on each draft: up to ten queries for the links in it."""
    schedules = notices_by_lesson([draft.lesson for draft in previews], module.course, user)
    return [
        DraftRow(
            draft,
            report_on(draft.lesson, user, draft.preview),
            schedules.get(draft.lesson.pk, []),
            admin_url(draft.lesson, "change"),
        )
        for draft in previews
    ]


def withdrawal_rows(lessons: list[Lesson], module: Module, user: User) -> list[WithdrawalRow]:
    """Return the rows of the page. At most four queries."""
    schedules = notices_by_lesson(lessons, module.course, user)
    notes = Annotation.objects.visible_to(user).displayed().filter(lesson__in=lessons).order_by()
    counts = dict(notes.values_list("lesson").annotate(Count("pk")))
    return [
        WithdrawalRow(
            lesson,
            lesson.state == Lesson.State.PUBLISHED,
            counts.get(lesson.pk, 0),
            schedules.get(lesson.pk, []),
        )
        for lesson in lessons
    ]
