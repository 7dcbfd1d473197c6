"""Taking somebody out of the portal for good."""

from django.db import transaction

from lessons.accounts.models import User
from lessons.accounts.personal_data import erase_account
from lessons.annotations import personal_data as notes
from lessons.courses.personal_data import erase_memberships
from lessons.courses.redaction import names_of
from lessons.courses.services import record
from lessons.courses.services.last_owner_guard import check, lock_courses_of
from lessons.discussions.personal_data import erase as talk
from lessons.privacy.models import Archive
from lessons.progress import personal_data as progress


@transaction.atomic
def erase(*, user: User, by: User | None, texts_too: bool = False) -> None:
    """Name, address and everything of the person's own go; what they said stays as a former member's, or goes too.

    All or nothing; twice changes nothing. Raises MustHandOver.
    """
    row = User.objects.select_for_update().get(pk=user.pk)
    if row.erased_at:
        return
    courses = lock_courses_of(row)
    check(row)
    names, people = names_of([row]), [row.pk]
    progress.forget(people)
    notes.forget(people)
    files = talk.forget(names, texts_too=texts_too)
    files += [(one.file.storage, one.file.name) for one in row.archives.exclude(file="")]
    Archive.objects.filter(user=row).delete()
    for course in courses or [None]:
        record(by=by, verb="erase person", course=course, target=row, texts_too=texts_too)
    erase_memberships(row)
    erase_account(row)
    transaction.on_commit(lambda: delete(files))


def delete(files: list[talk.File]) -> None:
    """Only once the transaction stands: a file does not come back."""
    for storage, name in files:
        storage.delete(name)
