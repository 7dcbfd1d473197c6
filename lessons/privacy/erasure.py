"""Taking somebody out of the portal for good."""

from django.db import transaction

from lessons.accounts.models import User
from lessons.accounts.personal_data import erase_account
from lessons.annotations import personal_data as notes
from lessons.courses.personal_data import erase_memberships
from lessons.courses.redaction import collect_names
from lessons.courses.services import record
from lessons.courses.services.last_owner_guard import lock_courses, require_handover
from lessons.db.models import SubmittedForm
from lessons.discussions.personal_data import erase as talk
from lessons.privacy.models import DataExport
from lessons.progress import personal_data as progress


@transaction.atomic
def erase_user(*, user: User, by: User | None, delete_posts: bool = False) -> None:
    """Name, address and everything of the person's own go; what they said stays as a former member's, or goes too.

    All or nothing; twice changes nothing. Raises MustHandOver.
    """
    row = User.objects.select_for_update().get(pk=user.pk)
    if row.erased_at:
        return
    courses = lock_courses(row)
    require_handover(row)
    names, people = collect_names([row]), [row.pk]
    progress.forget(people)
    notes.erase(people)
    files = talk.erase(names, texts_too=delete_posts)
    files += [(one.file.storage, one.file.name) for one in row.data_exports.exclude(file="")]
    DataExport.objects.filter(user=row).delete()
    SubmittedForm.objects.filter(user=row).delete()
    for course in courses or [None]:
        record(by=by, verb="erase user", course=course, target=row, texts_too=delete_posts)
    erase_memberships(row)
    erase_account(row)
    transaction.on_commit(lambda: delete_files(files))


def delete_files(files: list[talk.File]) -> None:
    """Only once the transaction stands: a file does not come back."""
    for storage, name in files:
        storage.delete(name)
