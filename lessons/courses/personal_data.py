"""Export and erase personal data in courses: memberships, and what the audit log says about a user."""

from collections.abc import Callable, Iterable, Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.accounts.personal_data import ExportSection, scrub_admin_log
from lessons.courses.models import AuditEntry, AuditText, Course, Membership, ReadingGroup
from lessons.courses.models.active_memberships import forget_memberships
from lessons.courses.redaction import Redactor


def export_sections(user: User) -> Iterable[ExportSection]:
    """Yield the sections of a data export about the user's courses."""
    yield ExportSection("memberships", _("Your courses"), _membership_rows(user))
    yield ExportSection("log", _("What the audit log says about you"), _audit_rows(user))


def _membership_rows(user: User) -> Iterator[dict]:
    for membership in user.memberships.select_related("course", "group").order_by("pk"):
        yield {
            "course": membership.course.title,
            "role": membership.role,
            "state": membership.state,
            "group": membership.group and membership.group.name,
            "handle": membership.handle,
            "since": membership.created_at,
        }


def _audit_rows(user: User) -> Iterator[dict]:
    """Yield what was done, and whether by or to the user; never who else was involved."""
    entries = (
        AuditEntry.objects.filter(Q(actor=user) | Q(affected_user=user))
        .select_related("course", "text")
        .order_by("pk")
    )
    for entry in entries.iterator(chunk_size=500):
        yield {
            "at": entry.created_at,
            "course": entry.course and entry.course.title,
            "what": entry.verb,
            "by_you": entry.actor_id == user.pk,
            "to_you": entry.affected_user_id == user.pk,
            "reason": entry.reason,
        }


def erase_memberships(user: User) -> None:
    """Delete the user's memberships of all courses, and what Django's admin log says about them."""
    scrub_admin_log(Membership, list(user.memberships.values_list("pk", flat=True)))
    user.memberships.all().delete()
    forget_memberships(user)


def erase_audit_texts(
    redactor: Redactor, is_about: Callable[[AuditEntry], bool], course: Course | None = None
) -> None:
    """Delete the reasons that staff gave for what they did to the people, and redact all other texts.

    `is_about` returns whether an entry is about them in another way, such as through one of their posts.
    """
    people = set(redactor.user_ids)
    texts = AuditText.objects.filter(entry__course=course) if course else AuditText.objects.all()
    for text in texts.select_related("entry").iterator(chunk_size=500):
        entry = text.entry
        where = {"course_id": entry.course_id, "author_id": entry.actor_id}
        target, reason = redactor.redact(text.target, **where)[:200], redactor.redact(text.reason, **where)
        if entry.affected_user_id in people or is_about(entry):
            reason = ""
        if not target and not reason:
            text.delete()
        elif (target, reason) != (text.target, text.reason):
            AuditText.objects.filter(pk=text.pk).update(target=target, reason=reason)


def redact_groups(redactor: Redactor) -> None:
    """Redact the names of groups that were called after one of the people."""
    for group in ReadingGroup.objects.filter(course__in=redactor.course_ids):
        name = redactor.redact(group.name, course_id=group.course_id)
        if name != group.name:
            group.name = f"{name[:60]} ({group.pk})"  # unique, whatever the other groups are called
            group.save()


def erase_course_memberships(user_ids: list[int], course: Course) -> None:
    """Delete the users' memberships of the course. Its audit log keeps what they did and no longer refers to them."""
    entries = AuditEntry.objects.filter(course=course)
    entries.filter(actor__in=user_ids).update(actor=None)
    entries.filter(affected_user__in=user_ids).update(affected_user=None)
    Membership.objects.filter(course=course, user__in=user_ids).delete()
