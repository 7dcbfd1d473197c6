"""Checks written without the editor are put into the text of the draft as well."""

from uuid import UUID

from django.db import transaction

from lessons.accounts.models import User
from lessons.authoring.checks.places import insert_place
from lessons.authoring.lessons.drafts import save_draft
from lessons.markup.sanitise import sanitise
from lessons.models import Lesson
from lessons.practice.checks import Check
from lessons.practice.models import KnowledgeCheck
from lessons.practice.publishing import check_uids
from lessons.practice.writing import add_check, save_check
from lessons.services import resolve_subclass


@transaction.atomic
def add_to_lesson(*, lesson: Lesson, check: Check, uid: UUID, place: str, by: User) -> KnowledgeCheck:
    """Add a check, and put it into the draft at `place` (a key of `places`); nowhere if that is empty."""
    row = add_check(lesson=lesson, check=check, uid=uid)
    if place:
        put_into_text(row=row, place=place, by=by)
    return row


@transaction.atomic
def edit_check(*, row: KnowledgeCheck, check: Check, place: str, by: User) -> KnowledgeCheck:
    """Save an edit of a check, and put it into the draft if a place is given. row: locked, as it is now."""
    row = save_check(row=row, check=check, version=row.version)
    if place:
        put_into_text(row=row, place=place, by=by)
    return row


@transaction.atomic
def put_into_text(*, row: KnowledgeCheck, place: str, by: User) -> None:
    """Put the check at the end of a section of the draft, unless it stands in the text."""
    Lesson.objects.select_for_update(no_key=True).filter(pk=row.lesson_id).values_list("pk").first()
    lesson = resolve_subclass(Lesson.objects.get(pk=row.lesson_id))
    if str(row.uid) in check_uids(lesson.body):
        return
    lesson.body = insert_place(lesson.body, str(row.uid), place)
    save_draft(lesson=lesson, version=lesson.version, fields=["body"], by=by)


def prepare_text(lesson: Lesson, uid: UUID, place: str) -> None:
    """Do the slow part of `put_into_text` within `memoizing`, before the transaction."""
    if place:
        sanitise(insert_place(lesson.body, str(uid), place))
