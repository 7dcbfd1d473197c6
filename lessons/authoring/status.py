"""The status of a lesson: whether readers see it, and whether its draft differs from what they see."""

from django.db.models import Prefetch, TextChoices
from django.utils.translation import gettext_lazy as _

from lessons.markup import plain_text
from lessons.markup.scripts import count_words
from lessons.models import CaseStudy, Lesson
from lessons.practice.models import KnowledgeCheck
from lessons.practice.publishing import check_uids
from lessons.services import prepare_html

CHECK_VERSIONS = Prefetch("checks", KnowledgeCheck.objects.defer("definition"))
"""What `lesson_status` needs of the checks of many lessons, for `prefetch_related`."""


class LessonStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    UNPUBLISHED_CHANGES = "unpublished-changes", _("Published, with unpublished changes")
    WITHDRAWN = "withdrawn", _("Withdrawn")

    @property
    def short_label(self):
        """The label where there is little room."""
        return _("Changed") if self is LessonStatus.UNPUBLISHED_CHANGES else self.label

    @property
    def as_json(self) -> dict[str, str]:
        """Return what a script shows of it."""
        return {"value": self.value, "label": str(self.label), "short": str(self.short_label)}


def as_subclass(lesson: Lesson) -> Lesson:
    """Return the case study of a lesson loaded with `select_related("casestudy")`, otherwise the lesson itself."""
    return lesson if isinstance(lesson, CaseStudy) else getattr(lesson, "casestudy", lesson)


def lesson_status(lesson: Lesson) -> LessonStatus:
    """Return the status. No query for a lesson that was loaded with its current revision, case study and checks."""
    if lesson.state != Lesson.State.PUBLISHED:
        return LessonStatus(lesson.state)
    return LessonStatus.UNPUBLISHED_CHANGES if has_unpublished_changes(lesson) else LessonStatus.PUBLISHED


def has_unpublished_changes(lesson: Lesson) -> bool:
    """Return whether publishing now would create a new revision. A draft not saved since is not compared."""
    revision = lesson.current_revision
    if revision is None:
        return True
    if lesson.updated_at <= revision.published_at:
        return False
    draft = (lesson.title, as_subclass(lesson).facts(), plain_text.text_digest(prepare_html(lesson.body)))
    return draft != (revision.title, revision.facts, revision.sha256) or _has_changed_checks(lesson)


def _has_changed_checks(lesson: Lesson) -> bool:
    """Return whether a check in the text is not as it was published. One query at most."""
    uids = set(check_uids(lesson.body))
    rows = [row for row in lesson.checks.all() if str(row.uid) in uids] if uids else []
    return any(row.published_version != (None if row.deleted_at else row.version) for row in rows)


def word_count(lesson: Lesson) -> int:
    """Count the words of the draft."""
    return count_words(plain_text.text_by_block(lesson.body))
