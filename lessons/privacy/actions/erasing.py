"""Taking somebody out of the portal for good."""

from django.db import transaction

from lessons.annotations import own as notes
from lessons.discussions.own import forgetting as talk
from lessons.people.actions import record
from lessons.people.actions.handing_over import check, lock_courses_of
from lessons.people.models import User
from lessons.people.own.forgetting import forget_person
from lessons.people.own.names import names_of
from lessons.privacy.models import Archive
from lessons.reading import own as reading


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
    reading.forget(people)
    notes.forget(people)
    files = talk.forget(names, texts_too=texts_too)
    files += [(one.file.storage, one.file.name) for one in row.archives.exclude(file="")]
    Archive.objects.filter(user=row).delete()
    for course in courses or [None]:
        record(by=by, verb="erase person", course=course, target=row, texts_too=texts_too)
    forget_person(row)
    transaction.on_commit(lambda: delete(files))


def delete(files: list[talk.File]) -> None:
    """Only once the transaction stands: a file does not come back."""
    for storage, name in files:
        storage.delete(name)
