"""Personal data of participation: exported to its owner, and erased with them."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.accounts.personal_data import ExportSection
from lessons.courses.models import Course
from lessons.courses.redaction import Redactor
from lessons.participation.models import ParticipationDecision


def export_sections(user: User) -> Iterable[ExportSection]:
    yield ExportSection("participation", _("What was decided about your participation"), _rows(user))


def _rows(user: User) -> Iterator[dict]:
    rows = ParticipationDecision.objects.filter(user=user).select_related("rule__course").order_by("pk")
    for row in rows.iterator(chunk_size=500):
        yield {
            "course": row.rule.course.title,
            "rule": row.rule.name,
            "participation": row.outcome,
            "reason": row.reason,
            "decided": row.decided_at,
            "withdrawn": row.withdrawn_at,
        }


def erase(redactor: Redactor, course: Course | None = None) -> None:
    """Delete the decisions about these users, in one course or in all, and redact their names in other reasons."""
    rows = ParticipationDecision.objects.filter(**{"rule__course": course} if course else {})
    rows.filter(user__in=redactor.user_ids).delete()
    for row in rows.exclude(reason="").select_related("rule").iterator(chunk_size=500):
        reason = redactor.redact(row.reason, course_id=row.rule.course_id, author_id=row.decided_by_id)[:300]
        if reason != row.reason:
            ParticipationDecision.objects.filter(pk=row.pk).update(reason=reason)


def participant_ids(course: Course) -> set[int]:
    """Return the ids of those about whom something was decided in the course."""
    rows = ParticipationDecision.objects.filter(rule__course=course).order_by()
    return set(rows.values_list("user", flat=True).distinct())
