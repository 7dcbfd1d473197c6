"""Write the audit log."""

from lessons.accounts.models import User
from lessons.courses.models import AuditEntry, Course


def build_entry(
    *, by: User | None, verb: str, course: Course | None, target: object, detail: dict | None = None
) -> AuditEntry:
    """Return an unsaved entry. Entries are immutable, so `detail` holds ids and reasons, never a name or address."""
    return AuditEntry(
        actor=by,
        verb=verb,
        course=course,
        affected_user=target if isinstance(target, User) else None,
        target=getattr(target, "audit_name", None) or str(target)[:200],
        detail=detail or {},
    )


def record(*, by: User | None, verb: str, course: Course | None, target: object, **detail) -> AuditEntry:
    """Write one entry. See `build_entry` for `detail`."""
    entry = build_entry(by=by, verb=verb, course=course, target=target, detail=detail)
    entry.save(force_insert=True)
    return entry
