"""What the pre-publish report says of a lesson's checks: what readers would miss, and what an edit does to answers."""

from collections import Counter
from collections.abc import Iterator, Mapping

from django.db.models import Count, F
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.authoring.publishing.pre_publish_report import Level, Place, ReportItem
from lessons.courses.models import Membership
from lessons.markup.sanitise import CHECK_PLACE
from lessons.models import Lesson
from lessons.practice.models import Answer, KnowledgeCheck
from lessons.progress.completion import rule_of
from lessons.progress.models import CompletionRule

CHECK, ADD_CHECK = "check", "add check"
"""The kinds of places: a check, whose uid is the text of the place, and the form of a new one."""
MIN_COUNT = 5
"""Fewer people than this are not counted exactly."""


def check_items(lesson: Lesson, html: str) -> tuple[list[ReportItem], list[str]]:
    """Return items about the checks of the draft, and a sentence if there is nothing to say. At most three queries.

    html: the text as it would be published. lesson: with its module.
    """
    rows = {str(row.uid): row for row in lesson.checks.all()}
    places = Counter(CHECK_PLACE.findall(html))
    items = [item for uid, count in places.items() for item in _placed(uid, rows.get(uid), count)]
    items += [_unplaced(row) for uid, row in rows.items() if row.deleted_at is None and uid not in places]
    kept = {uid: row for uid, row in rows.items() if row.deleted_at is None and uid in places}
    if not kept and rule_of(lesson) == CompletionRule.Rule.CHECKS:
        message = _("the lesson is completed by answering its checks, but it has none.")
        items.append(ReportItem(Level.CHECK, message, _("Add a check"), Place(ADD_CHECK)))
    items += _edited(lesson, kept)
    in_order = ngettext("%(n)s check is in order.", "%(n)s checks are in order.", len(kept)) % {"n": len(kept)}
    return items, [] if items or not kept else [in_order]


def _placed(uid: str, row: KnowledgeCheck | None, count: int) -> Iterator[ReportItem]:
    """Yield what is wrong with a check that stands in the text."""
    if row is None:
        message = _("a check in the text is not one of this lesson, so readers do not see it.")
        yield ReportItem(Level.FIX, message, _("Remove it"), Place("text"))
    elif row.deleted_at:
        message = _("the check “%(question)s” was deleted, so readers do not see it, but its place is in the text.")
        yield _item(message, row, _("Restore it, or remove its place"))
    elif count > 1:
        message = _("the check “%(question)s” is in the text more than once. Readers see it in the first place.")
        yield _item(message, row, _("Look at it"))


def _unplaced(row: KnowledgeCheck) -> ReportItem:
    return _item(_("the check “%(question)s” is not in the text, so readers do not see it."), row, _("Choose a place"))


def _edited(lesson: Lesson, rows: Mapping[str, KnowledgeCheck]) -> Iterator[ReportItem]:
    """Yield the checks that learners have answered, and that would ask them something else now."""
    changed = [row.pk for row in rows.values() if row.published_version not in (None, row.version)]
    counts = _answered(lesson, changed) if changed else {}
    for row in rows.values():
        if count := counts.get(row.pk):
            message = ngettext(
                "the check “%(question)s” was changed. %(people)s learner has answered it, and can answer it again.",
                "the check “%(question)s” was changed. %(people)s learners have answered it, and can answer it again.",
                max(count, 2),  # not to tell whether it is one
            )
            people = str(count) if count >= MIN_COUNT else f"1–{MIN_COUNT - 1}"
            yield _item(message, row, _("Look at it"), people=people)


def _answered(lesson: Lesson, checks: list[int]) -> dict[int, int]:
    """Return how many learners of the course have answered the published versions of these checks. One query."""
    learners = Membership.objects.active().filter(course=lesson.module.course_id, role=Membership.Role.LEARNER)
    answers = Answer.objects.filter(question__in=checks, version=F("question__published_version"))
    counted = answers.filter(user__in=learners.values("user")).order_by().values_list("question")
    return dict(counted.annotate(Count("pk")))


def _item(message: str, row: KnowledgeCheck, action: str, **values: str) -> ReportItem:
    question = Truncator(row.parsed.question).chars(60)
    return ReportItem(Level.CHECK, message % {"question": question, **values}, action, Place(CHECK, str(row.uid)))
