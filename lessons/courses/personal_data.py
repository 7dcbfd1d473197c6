"""What courses keep of a user: memberships, and what the audit log says of them."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.accounts.personal_data import ExportSection, scrub_admin_log
from lessons.courses.models import AuditEntry, Course, Membership
from lessons.courses.models.active_memberships import forget_memberships


def export_sections(user: User) -> Iterable[ExportSection]:
    yield ExportSection("memberships", _("Your courses"), _seats(user))
    yield ExportSection("log", _("What the log says of you"), _log(user))


def _seats(user: User):
    for seat in user.memberships.select_related("course", "group").order_by("pk"):
        yield {
            "course": seat.course.title,
            "role": seat.role,
            "state": seat.state,
            "group": seat.group and seat.group.name,
            "handle": seat.handle,
            "since": seat.created_at,
        }


def _log(user: User):
    """What was done, and whether by oneself or to oneself; never who else was in it."""
    entries = AuditEntry.objects.filter(Q(actor=user) | Q(affected_user=user)).select_related("course").order_by("pk")
    for entry in entries.iterator(chunk_size=500):
        yield {
            "at": entry.created_at,
            "course": entry.course and entry.course.title,
            "what": entry.verb,
            "by_you": entry.actor_id == user.pk,
            "to_you": entry.affected_user_id == user.pk,
        }


def erase_memberships(user: User) -> None:
    """Delete the user's memberships of all courses, and what the admin log wrote down of them."""
    scrub_admin_log(Membership, list(user.memberships.values_list("pk", flat=True)))
    user.memberships.all().delete()
    forget_memberships(user)


def erase_course_memberships(people: list[int], course: Course) -> None:
    """Their seats in the course go; its log keeps what they did, and no longer leads to them."""
    log = AuditEntry.objects.filter(course=course)
    log.filter(actor__in=people).update(actor=None)
    log.filter(affected_user__in=people).update(affected_user=None)
    Membership.objects.filter(course=course, user__in=people).delete()
