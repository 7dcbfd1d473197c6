"""E-mails to instructors about what the scheduler could not do."""

from lessons.mail.builder import build_email
from lessons.mail.kinds import BuiltEmail, email_kind
from lessons.models import PublicationSchedule
from lessons.permissions import can_edit_course


@email_kind("publication_failed")
def publication_failed_email(schedule_id: int, site_url: str) -> BuiltEmail | None:
    """Tell the person who scheduled a publication or withdrawal that it was not done, unless it was scheduled again.

    Somebody who may no longer edit the course is not told how its lesson is called now.
    """
    failed = PublicationSchedule.objects.exclude(failure="").select_related("lesson__module__course", "scheduled_by")
    able = {"scheduled_by__is_active": True, "scheduled_by__email__isnull": False}
    schedule = failed.filter(pk=schedule_id, **able).first()
    if schedule is None or schedule.scheduled_by is None:
        return None
    user, course = schedule.scheduled_by, schedule.lesson.module.course
    context = {"schedule": schedule, "course": course, "user": user, "can_edit": can_edit_course(user, course)}
    return BuiltEmail(
        build_email(
            "emails/publication_failed.html",
            to=user.email or "",
            language=user.language,
            site_url=site_url,
            context=context,
        )
    )
