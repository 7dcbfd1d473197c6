"""E-mails about personal data: a data export is ready, a course will be purged."""

from django.utils import timezone

from lessons.courses.models import Course, Membership
from lessons.courses.models.courses import PURGE_NOTICE
from lessons.mail.builder import build_email
from lessons.mail.kinds import BuiltEmail, email_kind
from lessons.privacy.models import DataExport


@email_kind("data_export_ready")
def export_ready_email(export_id: int, site_url: str) -> BuiltEmail | None:
    """Build the e-mail that says that an export is ready, unless it has expired meanwhile."""
    ready = DataExport.objects.filter(pk=export_id, expires_at__gt=timezone.now()).exclude(file="")
    export = ready.filter(user__email__isnull=False).select_related("user").first()
    if export is None:
        return None
    message = build_email(
        "emails/data_export_ready.html",
        to=export.user.email or "",
        language=export.user.language,
        site_url=site_url,
        context={"expires_at": export.expires_at},
    )
    return BuiltEmail(message, on_sent=lambda: _set_notified(export))


def _set_notified(export: DataExport) -> None:
    DataExport.objects.filter(pk=export.pk).update(notified_at=timezone.now())


@email_kind("course_purge_notice")
def purge_notice_email(membership_id: int, site_url: str) -> BuiltEmail | None:
    """Build the e-mail that warns one of the staff, unless the course was reopened or is kept after all.

    The time to the purge begins once the first of the staff was warned, or cannot be.
    """
    staff = Membership.objects.active().exclude(role=Membership.Role.LEARNER)
    staff = staff.filter(user__is_active=True, user__email__isnull=False).select_related("user", "course")
    membership = staff.filter(pk=membership_id).first()
    if membership is None:
        return None
    user, course, now = membership.user, membership.course, timezone.now()
    if course.purge_date is None or course.purge_date - PURGE_NOTICE > now:
        return None

    def set_announced() -> None:
        Course.objects.filter(pk=course.pk, purge_announced_at=None).update(purge_announced_at=timezone.now())

    message = build_email(
        "emails/course_purge_notice.html",
        to=user.email or "",
        language=user.language,
        site_url=site_url,
        context={"course": course, "purge_date": max(course.purge_date, now + PURGE_NOTICE)},
    )
    return BuiltEmail(message, on_sent=set_announced, on_given_up=set_announced)
