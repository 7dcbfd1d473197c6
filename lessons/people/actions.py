"""Writes about people that go beyond one row. Callers have checked who may."""

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from lessons.people.models import AuditEntry, Course, Membership, ReadingGroup, User

HANDLE_LENGTH = 40


class SeatRefused(ValueError):
    """Somebody whom staff removed wants to come back without being asked, or the course is closed."""


@transaction.atomic
def seat(
    *, user: User, course: Course, role: str = Membership.Role.LEARNER, group: ReadingGroup | None = None, by: User
) -> Membership:
    """Gives the person an active seat with this role; a former member gets the old seat back."""
    membership = _seat_of(user, course) or Membership(course=course, user=user)
    membership.role, membership.group, membership.state = role, group, Membership.State.ACTIVE
    membership.handle = membership.handle or unused_handle(course, user)
    membership.save()
    user.forget_seats()
    record(by=by, verb="seat", course=course, target=user, role=role)
    return membership


@transaction.atomic
def join(*, user: User, course: Course) -> Membership:
    """Joins an open course as a learner. A seat that is there keeps its role; pressing twice changes nothing.

    Raises SeatRefused for somebody whom staff removed, and where the course is closed.
    """
    membership = _seat_of(user, course)
    if membership and membership.state == Membership.State.ACTIVE:
        return membership
    if course.is_closed:
        raise SeatRefused(_("This course is closed: it can be read, but nobody joins it any more."))
    if membership and membership.state == Membership.State.REMOVED:
        raise SeatRefused(_("The course's staff removed you from it. Ask them to seat you again."))
    return seat(user=user, course=course, by=user)


@transaction.atomic
def leave(*, user: User, course: Course) -> None:
    """Gives up one's seat; it stays as that of a former member. Pressing twice changes nothing."""
    if Membership.objects.active().filter(course=course, user=user).update(state=Membership.State.LEFT):
        user.forget_seats()
        record(by=user, verb="leave", course=course, target=user)


def _seat_of(user: User, course: Course) -> Membership | None:
    """The person's seat, to be written. Seats of a course are taken one after the other: two new ones have no row to
    wait for, and may want the same handle."""
    Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    return Membership.objects.filter(course=course, user=user).first()


def unused_handle(course: Course, user: User) -> str:
    """A handle from the person's name that nobody in the course has. One query."""
    stem = slugify(user.display_name, allow_unicode=True)[: HANDLE_LENGTH - 6] or "reader"
    taken = set(course.memberships.filter(handle__startswith=stem).values_list("handle", flat=True))
    return next(h for h in (stem, *(f"{stem}-{n}" for n in range(2, 100_000))) if h not in taken)


def log_entry(
    *, by: User | None, verb: str, course: Course | None, target: object, detail: dict | None = None
) -> AuditEntry:
    """One line of the log, not saved. It stays as it is: `detail` holds ids and reasons, never a name or address."""
    return AuditEntry(
        actor=by,
        verb=verb,
        course=course,
        person=target if isinstance(target, User) else None,
        target=getattr(target, "log_name", None) or str(target)[:200],
        detail=detail or {},
    )


def record(*, by: User | None, verb: str, course: Course | None, target: object, **detail) -> AuditEntry:
    """Writes one line of the log."""
    entry = log_entry(by=by, verb=verb, course=course, target=target, detail=detail)
    entry.save(force_insert=True)
    return entry
