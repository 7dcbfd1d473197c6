"""The log of what staff did."""

from lessons.people.models import AuditEntry, Course, User


def record(*, by: User | None, verb: str, course: Course | None, target: object, **detail) -> AuditEntry:
    """Writes one line of the log."""
    return AuditEntry.objects.create(actor=by, verb=verb, course=course, target=str(target)[:200], detail=detail)
