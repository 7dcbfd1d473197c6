"""How far a text is on its way to its readers, in words."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from lessons.markup import plain_text
from lessons.models import CaseStudy, Lesson
from lessons.services import prepare_html


class LessonStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    UNPUBLISHED_CHANGES = "differs", _("Published, draft differs")
    WITHDRAWN = "withdrawn", _("Withdrawn")


def as_subclass(lesson: Lesson) -> Lesson:
    """The case study of a lesson that came with `select_related("casestudy")`, otherwise the lesson itself."""
    return lesson if isinstance(lesson, CaseStudy) else getattr(lesson, "casestudy", lesson)


def lesson_status(lesson: Lesson) -> LessonStatus:
    """No query when the lesson came with its current revision and its case study."""
    if lesson.state != Lesson.State.PUBLISHED:
        return LessonStatus(lesson.state)
    return LessonStatus.UNPUBLISHED_CHANGES if has_unpublished_changes(lesson) else LessonStatus.PUBLISHED


def has_unpublished_changes(lesson: Lesson) -> bool:
    """Whether publishing now would make a new revision. A text untouched since it was published is not compared."""
    shown = lesson.current_revision
    if lesson.updated_at <= shown.published_at:
        return False
    draft = (lesson.title, as_subclass(lesson).facts(), plain_text.text_digest(prepare_html(lesson.body)))
    return draft != (shown.title, shown.facts, shown.sha256)


def word_count(lesson: Lesson) -> int:
    """Words of the draft."""
    return len(plain_text.text_by_block(lesson.body).split())
