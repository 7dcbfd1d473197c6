"""What staff decide about a passage: to explain it in the lecture, or to do nothing. Callers check permissions."""

from django.db.models import Q
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.insight.class_context import class_context
from lessons.insight.counted import FigureFilter
from lessons.insight.models import DismissedPassage, LectureItem
from lessons.insight.passages import RevisionKey, all_passages, sections_of
from lessons.models import Lesson
from lessons.practice.publishing import frozen_checks

MAX_QUOTE = 1000
"""In characters, of a passage in the lecture note."""


class DecisionRefused(ValueError):
    """The message says why."""


class PassageGone(DecisionRefused):
    """The passage is no longer in the published text."""

    def __init__(self) -> None:
        super().__init__(_("This passage is no longer in the published text. Reload the page to see what is."))


class CourseClosed(DecisionRefused):
    def __init__(self) -> None:
        super().__init__(_("This course is closed, so its lecture note and its board stay as they are."))


class LessonHidden(DecisionRefused):
    def __init__(self) -> None:
        super().__init__(
            _("Readers do not see this lesson now, so its passages are neither in the lecture note nor on the board.")
        )


def passage_text(lesson: Lesson, key: str, quote: str = "") -> str:
    """Return the words of a passage of the published text, or the question of a check: of a passage only the `quote`,
    if that is in it. Raise PassageGone. Two queries at most.
    """
    revision = lesson.current_revision
    if revision is None:
        raise PassageGone
    passages = all_passages(sections_of([RevisionKey(revision.pk, revision.sha256)])[revision.pk])
    passage = next((passage for passage in passages if passage.key == key), None)
    if passage:
        words = " ".join(revision.text[passage.start : passage.end].split())
        return quote[:MAX_QUOTE] if quote and quote in words else words[:MAX_QUOTE]
    check = next((check for check in frozen_checks(revision) if check["uid"] == key), None)
    if check is None:
        raise PassageGone
    return check["question"]


class FilterGone(DecisionRefused):
    """The class no longer has the group or the label whose board it is, or is too small for it."""

    def __init__(self) -> None:
        super().__init__(_("The board can no longer be filtered like this. Reload the page, and dismiss it there."))


def _check_open(lesson: Lesson) -> None:
    if lesson.module.course.is_closed:
        raise CourseClosed


def _check_published(lesson: Lesson) -> None:
    if not Lesson.objects.published().filter(pk=lesson.pk).exists():
        raise LessonHidden


def add_to_lecture(*, lesson: Lesson, key: str, quote: str = "", by: User) -> LectureItem:
    """Add a passage to the lecture note of the course. One that is in it stays as it is. Raise PassageGone,
    LessonHidden or CourseClosed.
    """
    _check_open(lesson)
    _check_published(lesson)
    words = passage_text(lesson, key, quote)
    item, _is_new = LectureItem.objects.get_or_create(
        lesson_id=lesson.pk, passage=key, defaults={"quote": words, "added_by": by}
    )
    return item


def remove_from_lecture(*, lesson: Lesson, key: str) -> None:
    """Remove a passage from the lecture note, if it is in it, whatever became of the text. Raise CourseClosed."""
    _check_open(lesson)
    LectureItem.objects.filter(lesson=lesson.pk, passage=key).delete()


def dismiss(
    *, lesson: Lesson, key: str, filters: FigureFilter, latest: int, latest_vote: int, by: User
) -> DismissedPassage:
    """Take a passage from the board with this filter, until there is something later than `latest` or `latest_vote`.
    Raise PassageGone, LessonHidden, FilterGone or CourseClosed. One query for the class with a filter.
    """
    _check_open(lesson)
    _check_published(lesson)
    passage_text(lesson, key)
    if any(filters) and class_context(lesson.module.course, by).valid(filters) != filters:
        raise FilterGone
    row, _is_new = DismissedPassage.objects.update_or_create(
        lesson_id=lesson.pk,
        passage=key,
        group_id=filters.group or None,
        label=filters.label,
        defaults={"latest": latest, "latest_vote": latest_vote, "dismissed_by": by},
    )
    return row


def undo_dismissal(*, lesson: Lesson, key: str, filters: FigureFilter) -> None:
    """Have a passage on the board with this filter again, and on any from which it was taken with it. Raise
    CourseClosed.
    """
    _check_open(lesson)
    covering = Q(group=None) | Q(group=filters.group), Q(label__in=["", filters.label])
    DismissedPassage.objects.filter(*covering, lesson=lesson.pk, passage=key).delete()
