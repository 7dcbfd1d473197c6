"""Write the audit log."""

from typing import Any

from lessons.accounts.models import User
from lessons.courses.models import AuditEntry, AuditText, Course


def build_entry(
    *, by: User | None, verb: str, course: Course | None, target: object, detail: dict | None = None
) -> AuditEntry:
    """Return an unsaved entry. Entries are immutable, so `detail` holds ids and counts, never what people wrote."""
    return AuditEntry(
        actor=by,
        verb=verb,
        course=course,
        affected_user=target if isinstance(target, User) else None,
        target=getattr(target, "audit_name", ""),
        detail=detail or {},
    )


def record(
    *, by: User | None, verb: str, course: Course | None, target: object, reason: str = "", **detail: Any
) -> AuditEntry:
    """Write one entry, and what people wrote, if anything: the reason, and the target's name unless it is looked up.

    See `build_entry` for `detail`.
    """
    entry = build_entry(by=by, verb=verb, course=course, target=target, detail=detail)
    entry.save(force_insert=True)
    name = "" if entry.target else str(target)[:200]
    if name or reason:
        AuditText.objects.create(entry=entry, target=name, reason=reason)
    return entry
