"""The checks of a lesson as the list beside its text shows them."""

from functools import partial
from typing import NamedTuple

from django.db.models import prefetch_related_objects
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from lessons.authoring.checks.places import section_of_checks
from lessons.models import Lesson
from lessons.practice.models import KnowledgeCheck


class ListedCheck(NamedTuple):
    """A check, and where it stands. section: the heading above it, "" above the first; None if it is not in the text.

    number: as readers count the checks of the lesson; 0 if they do not see it once the lesson is published.
    """

    row: KnowledgeCheck
    number: int = 0
    section: str | None = None

    @property
    def kind(self) -> Promise | str:
        return KnowledgeCheck.KINDS[self.row.parsed.kind]

    @property
    def question(self) -> str:
        return self.row.parsed.question

    @property
    def name(self) -> str:
        """Return what readers call it, and its kind."""
        number = _("Check %(n)s") % {"n": self.number} if self.number else _("Check")
        return f"{number} · {self.kind}"

    @property
    def state(self) -> Promise | str:
        """Return what is to be known about it, in a few words; empty if readers see it as it is."""
        if self.section is None:
            return _("Not in the text")
        if self.row.published_version is None:
            return _("New")
        return _("Changed") if self.row.published_version != self.row.version else ""


class ListedChecks(NamedTuple):
    """Those in the text in its order, those that are not, and those that were deleted, the last of them first."""

    placed: list[ListedCheck]
    unplaced: list[ListedCheck]
    deleted: list[ListedCheck]

    @property
    def kept(self) -> list[ListedCheck]:
        return self.placed + self.unplaced

    @property
    def summary(self) -> str:
        """Return how many there are, in words."""
        count = len(self.kept)
        return ngettext("%(n)s question", "%(n)s questions", count) % {"n": count} if count else gettext("None yet")


def listed_checks(lesson: Lesson) -> ListedChecks:
    """Return the checks of the lesson's draft. One query."""
    rows = {str(row.uid): row for row in lesson.checks.all()}
    places = section_of_checks(lesson.body) if rows else {}
    kept = {uid: row for uid, row in rows.items() if row.deleted_at is None}
    in_text = [(uid, section) for uid, section in places.items() if uid in kept]
    deleted = sorted((row.deleted_at, row.pk, row) for row in rows.values() if row.deleted_at)
    return ListedChecks(
        [ListedCheck(kept[uid], number, section) for number, (uid, section) in enumerate(in_text, 1)],
        [ListedCheck(row) for uid, row in kept.items() if uid not in places],
        [ListedCheck(row) for _deleted_at, _pk, row in reversed(deleted)],
    )


def checks_context(lesson: Lesson) -> dict:
    """Return the context of `_editor_checks.html`; the list is made when the page is rendered. One query, for the
    report as well.
    """
    prefetch_related_objects([lesson], "checks")
    return {"listed_checks": partial(listed_checks, lesson)}
