"""Erasing a user from the site for good."""

from django.db import transaction

from lessons.accounts.models import User
from lessons.accounts.personal_data import erase_account
from lessons.annotations import personal_data as annotations
from lessons.courses.models import Course
from lessons.courses.personal_data import erase_memberships
from lessons.courses.redaction import collect_names
from lessons.courses.services import record
from lessons.courses.services.last_owner_guard import lock_courses, require_handover
from lessons.db.models import SubmittedForm
from lessons.discussions.personal_data import erase as discussions
from lessons.privacy.models import DataExport
from lessons.progress import personal_data as progress
from lessons.unsent import personal_data as unsent


@transaction.atomic
def erase_user(*, user: User, by: User | None, delete_posts: bool = False) -> None:
    """Erase name, address and everything private; posts become a former member's, or are deleted with `delete_posts`.

    All or nothing; a second call changes nothing. Raise HandoverRequired.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.erased_at:
        return
    courses = lock_courses(user)
    require_handover(user)
    names = collect_names([user])
    progress.erase([user.pk])
    annotations.erase([user.pk])
    files = discussions.erase(names, delete_posts=delete_posts)
    unsent.erase(names)
    files += [(export.file.storage, export.file.name or "") for export in user.data_exports.exclude(file="")]
    DataExport.objects.filter(user=user).delete()
    SubmittedForm.objects.filter(user=user).delete()
    _record(user, by, courses, delete_posts)
    erase_memberships(user)
    erase_account(user)
    transaction.on_commit(lambda: delete_files(files))


def _record(user: User, by: User | None, courses: list[Course], delete_posts: bool) -> None:
    """Write an entry to the audit log of each course, or one without a course."""
    for course in courses:
        record(by=by, verb="erase user", course=course, target=user, delete_posts=delete_posts)
    if not courses:
        record(by=by, verb="erase user", course=None, target=user, delete_posts=delete_posts)


def delete_files(files: list[discussions.File]) -> None:
    """Delete the files. Call it once the transaction is committed: a file does not come back."""
    for storage, name in files:
        storage.delete(name)
