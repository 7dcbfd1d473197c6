"""Checks of texts that are read from files, or written into them. Callers check permissions."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from lessons.models import Lesson
from lessons.practice.check_text import write_check
from lessons.practice.checks import Check, normalised
from lessons.practice.models import KnowledgeCheck, PublishedChecks
from lessons.practice.publishing import check_uids

ChecksByUid = dict[str, Check]


def is_same(checks: Mapping[str, Check], others: Mapping[str, Check]) -> bool:
    """Return whether the checks of two texts are the same, and say the same."""
    return checks.keys() == others.keys() and all(
        write_check(check) == write_check(others[uid]) for uid, check in checks.items()
    )


def checks_of_drafts(lessons: Iterable[Lesson]) -> dict[int, ChecksByUid]:
    """Return the checks that stand in each lesson's draft, by its id. One query, none without checks."""
    placed = {lesson.pk: set(check_uids(lesson.body)) for lesson in lessons}
    found: dict[int, ChecksByUid] = {pk: {} for pk in placed}
    with_checks = [pk for pk, uids in placed.items() if uids]
    rows = KnowledgeCheck.objects.filter(lesson__in=with_checks, deleted_at=None).order_by("pk")
    for row in rows if with_checks else ():
        if str(row.uid) in placed[row.lesson_id]:
            found[row.lesson_id][str(row.uid)] = row.parsed
    return found


def checks_outside_drafts(lessons: Iterable[Lesson]) -> dict[int, list[Check]]:
    """Return the checks that stand in no draft, by the ids of the lessons that have any. One query."""
    placed = {lesson.pk: set(check_uids(lesson.body)) for lesson in lessons}
    found: defaultdict[int, list[Check]] = defaultdict(list)
    for row in KnowledgeCheck.objects.filter(lesson__in=placed, deleted_at=None).order_by("pk"):
        if str(row.uid) not in placed[row.lesson_id]:
            found[row.lesson_id].append(row.parsed)
    return dict(found)


def checks_in(html: str, lesson_id: int) -> ChecksByUid:
    """Return those of the lesson's checks that stand in a text, deleted ones too, as its authors have them now.

    One query, none without checks.
    """
    uids = check_uids(html)
    rows = KnowledgeCheck.objects.filter(lesson=lesson_id, uid__in=uids).order_by("pk") if uids else ()
    return {str(row.uid): row.parsed for row in rows}


def checks_of_revisions(revisions: Iterable[int]) -> dict[int, ChecksByUid]:
    """Return the checks of revisions, by the ids of those that have any. One query."""
    rows = PublishedChecks.objects.filter(revision__in=list(revisions)).values_list("revision", "checks")
    return {pk: {check["uid"]: Check.from_json(check) for check in checks} for pk, checks in rows}


class LoadedChecks(NamedTuple):
    """Checks of a file in a lesson. uids: of their rows, by the uids that stand for them in the text of the file."""

    uids: dict[str, str]
    is_changed: bool = False


def matching_uids(lesson: Lesson, checks: Mapping[str, Check]) -> dict[str, str]:
    """Return the uids of the lesson's checks that those of a file are, by the uids there. One query, none without
    checks.
    """
    rows = list(KnowledgeCheck.objects.filter(lesson=lesson.pk).order_by("pk")) if checks else []
    return {uid: str(row.uid) for uid, row in _matches(lesson, rows, checks).items()}


@transaction.atomic
def load_checks(*, lesson: Lesson, checks: Mapping[str, Check]) -> LoadedChecks:
    """Write the checks of a file into the lesson: those that it has are changed where they differ, others are added.

    No check is deleted. A query, and one for each change; none without checks.
    """
    if not checks:
        return LoadedChecks({})
    rows = _locked_rows(lesson)
    loaded = _load(lesson, checks, _matches(lesson, rows, checks))
    if loaded.is_changed:
        Lesson.objects.filter(pk=lesson.pk).update(updated_at=timezone.now())
    return loaded


@transaction.atomic
def load_checks_outside(*, lesson: Lesson, checks: Sequence[Check]) -> bool:
    """Write checks that stand in no text into the lesson, as `load_checks` does, but none in place of one that asks
    another question. Return whether that changed any. Readers see none of them, so the lesson's draft is not changed.
    """
    if not checks:
        return False
    by_number = {str(number): check for number, check in enumerate(checks)}
    return _load(lesson, by_number, _same_questions(_locked_rows(lesson), by_number)).is_changed


def _locked_rows(lesson: Lesson) -> list[KnowledgeCheck]:
    return list(KnowledgeCheck.objects.select_for_update().filter(lesson=lesson.pk).order_by("pk"))


def _load(lesson: Lesson, checks: Mapping[str, Check], found: Mapping[str, KnowledgeCheck]) -> LoadedChecks:
    """Write the checks into the rows that were found for them, and the others into new ones."""
    uids, is_changed = {}, False
    for uid, check in checks.items():
        row = found.get(uid) or KnowledgeCheck(lesson_id=lesson.pk, definition={}, version=0)
        is_changed |= _write(row, check)
        uids[uid] = str(row.uid)
    return LoadedChecks(uids, is_changed)


def _write(row: KnowledgeCheck, check: Check) -> bool:
    """Save a row that is new, deleted or says something else; return whether it was."""
    is_same_check = row.pk is not None and write_check(row.parsed) == write_check(check)
    if is_same_check and row.deleted_at is None:
        return False
    if not is_same_check:
        row.definition, row.version = check.to_json(), row.version + 1
    row.deleted_at = None
    row.save()
    return True


Likeness = Callable[[Check], Hashable]
SAME_QUESTION: tuple[Likeness, ...] = (
    write_check,
    lambda check: (check.kind, normalised(check.question)),
    lambda check: normalised(check.question),
)


def _matches(lesson: Lesson, rows: list[KnowledgeCheck], checks: Mapping[str, Check]) -> dict[str, KnowledgeCheck]:
    """Return the row of each check of a file that has one: it asks the same question; or else it is of the same kind,
    and stands in the lesson's draft, as no other check of the file does.
    """
    found = _same_questions(rows, checks)
    placed = check_uids(lesson.body)
    by_place = {str(row.uid): row for row in rows if row.deleted_at is None}
    _match(found, [by_place[uid] for uid in placed if uid in by_place], checks, lambda check: check.kind)
    return found


def _same_questions(rows: list[KnowledgeCheck], checks: Mapping[str, Check]) -> dict[str, KnowledgeCheck]:
    """Return the row of each check that asks the same question as one, rather one that was not deleted."""
    found: dict[str, KnowledgeCheck] = {}
    rows = sorted(rows, key=lambda row: row.deleted_at is not None)
    for likeness in SAME_QUESTION:
        _match(found, rows, checks, likeness)
    return found


def _match(
    found: dict[str, KnowledgeCheck], rows: list[KnowledgeCheck], checks: Mapping[str, Check], likeness: Likeness
) -> None:
    """Add to `found` those of the other rows and checks that are alike, in order."""
    taken = {row.pk for row in found.values()}
    free: defaultdict[Hashable, list[KnowledgeCheck]] = defaultdict(list)
    for row in reversed(rows):
        if row.pk not in taken:
            free[likeness(row.parsed)].append(row)
    for uid, check in checks.items():
        if uid not in found and free[likeness(check)]:
            found[uid] = free[likeness(check)].pop()
