"""Taking somebody out of the portal for good."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.annotations import own as notes
from lessons.discussions.own import forgetting as talk
from lessons.people.actions import record
from lessons.people.models import Course, Membership, User
from lessons.people.own.forgetting import forget_person
from lessons.people.own.names import names_of
from lessons.privacy.models import Archive
from lessons.reading import own as reading


class MustHandOver(ValueError):
    """Courses would be left without an instructor, or the site without an administrator; the message says which."""


def taught_alone(user: User) -> list[Course]:
    """Courses not closed whose only instructor the person is. One query."""
    teach = {"role": Membership.Role.INSTRUCTOR, "state": Membership.State.ACTIVE}
    mine = Membership.objects.filter(user=user, **teach).values("course")
    others = Membership.objects.filter(user__is_active=True, **teach).exclude(user=user).values("course")
    return list(Course.objects.filter(pk__in=mine, closed_at=None).exclude(pk__in=others))


def check(user: User) -> None:
    """Raises MustHandOver."""
    courses = taught_alone(user)
    if courses:
        words = ngettext(
            "You are the only instructor of %(courses)s. Make somebody else an instructor there, or close the course; "
            "then come back.",
            "You are the only instructor of %(courses)s. Make others instructors there, or close the courses; then "
            "come back.",
            len(courses),
        )
        raise MustHandOver(words % {"courses": ", ".join(f"“{course}”" for course in courses)})
    administrators = User.objects.filter(is_superuser=True, is_active=True)
    if user.is_superuser and user.is_active and not administrators.exclude(pk=user.pk).exists():
        raise MustHandOver(_("You are the only administrator of this site. Make somebody else one; then come back."))


@transaction.atomic
def erase(*, user: User, by: User | None, texts_too: bool = False) -> None:
    """Name, address and everything of the person's own go; what they said stays as a former member's, or goes too.

    All or nothing; twice changes nothing. Raises MustHandOver.
    """
    row = User.objects.select_for_update().get(pk=user.pk)
    if row.erased_at:
        return
    # Seats of its courses are taken one after the other: two who teach one must not both go at once.
    courses = list(Course.objects.select_for_update(no_key=True).filter(memberships__user=row).order_by("pk"))
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
