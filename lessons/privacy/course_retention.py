"""Closing and reopening a course, and removing personal data from it (the purge) some months after it was closed."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from lessons.accounts.models import User
from lessons.annotations import personal_data as annotations
from lessons.authoring import personal_data as authoring
from lessons.courses.models import Course, Membership
from lessons.courses.models.courses import PURGE_NOTICE
from lessons.courses.personal_data import erase_course_memberships
from lessons.courses.services import record
from lessons.db.sqlite import truncate_wal
from lessons.discussions.personal_data import erase as discussions
from lessons.discussions.personal_data.redact import PreparedRedaction
from lessons.importing import personal_data as importing
from lessons.jobs.entries import do_each
from lessons.mail.services import Recipient, queue_emails
from lessons.participation import personal_data as participation
from lessons.practice import personal_data as practice
from lessons.privacy.emails import purge_notice_email
from lessons.privacy.erasure import delete_files, erase_audit_log, prepare_erasure, redact_schedules
from lessons.progress import personal_data as progress
from lessons.unsent import personal_data as unsent

MAX_MONTHS = 120


def _locked(course: Course) -> Course:
    return Course.objects.select_for_update(no_key=True).get(pk=course.pk)


@transaction.atomic
def close_course(*, course: Course, by: User) -> Course:
    """Make the course read-only. A second call changes nothing."""
    course = _locked(course)
    if not course.is_closed:
        course.closed_at = timezone.now()
        course.save(update_fields=["closed_at"])
        record(by=by, verb="close course", course=course, target=course)
    return course


@transaction.atomic
def reopen_course(*, course: Course, by: User) -> Course:
    """Make the course writable again. The time to its purge starts over; purged members do not return."""
    course = _locked(course)
    if course.is_closed:
        course.closed_at = course.purge_announced_at = course.purged_at = None
        course.save(update_fields=["closed_at", "purge_announced_at", "purged_at"])
        record(by=by, verb="reopen course", course=course, target=course)
    return course


@transaction.atomic
def set_retention(*, course: Course, by: User, months: int | None) -> Course:
    """Set how many months after closing the course is purged; None for never. Staff are warned again before it."""
    course = _locked(course)
    if course.purge_after_months != months:
        course.purge_after_months, course.purge_announced_at = months, None
        course.save(update_fields=["purge_after_months", "purge_announced_at"])
        record(by=by, verb="set retention", course=course, target=course, months=months)
    return course


def _awaiting_purge():
    courses = Course.objects.filter(closed_at__isnull=False, purge_after_months__isnull=False, purged_at=None)
    return courses.order_by("pk")


@transaction.atomic
def announce_purges(now: datetime) -> int:
    """Queue e-mails to the staff of courses that will be purged within PURGE_NOTICE; return the number of courses.

    A course counts as announced once one was sent or given up, see `emails`; at once if there is nobody to e-mail.
    """
    count = 0
    for course in _awaiting_purge().filter(purge_announced_at=None):
        if course.purge_date is None or course.purge_date - PURGE_NOTICE > now:
            continue
        count += 1
        staff = list(_staff(course))
        queue_emails(purge_notice_email, [Recipient(row.user.email or "", row.user_id, row.pk) for row in staff])
        if not staff:
            Course.objects.filter(pk=course.pk).update(purge_announced_at=now)
    return count


def _staff(course: Course):
    memberships = course.memberships.active().exclude(role=Membership.Role.LEARNER)
    return memberships.filter(user__is_active=True, user__email__isnull=False).select_related("user").order_by("pk")


def purge_due(now: datetime) -> int:
    """Purge the courses whose staff were warned PURGE_NOTICE ago; return how many."""
    courses = _awaiting_purge().filter(purge_announced_at__lte=now - PURGE_NOTICE)
    due = [course for course in courses if course.purge_date and course.purge_date <= now]
    return do_each(due, lambda course: purge(course=course, now=now))


def purge(*, course: Course, now: datetime) -> bool:
    """Remove the data of everybody but the instructors from the course, and leave their posts without names.

    All or nothing. Return False if the course was reopened or given more time in the meantime.
    """
    prepared = prepare_erasure(_users_to_purge(course), course)
    with transaction.atomic():
        return _purge(course, now, prepared)


def _purge(course: Course, now: datetime, prepared: PreparedRedaction) -> bool:
    course = _locked(course)
    due = course.purge_date
    if due is None or due > now or course.purge_announced_at is None:
        return False
    if {user.pk for user in _users_to_purge(course)} != set(prepared.redactor.user_ids):
        return False  # somebody joined or left meanwhile; the next run tries again
    user_ids = prepared.redactor.user_ids
    erase_audit_log(prepared.redactor, course)
    progress.erase(user_ids, course)
    practice.erase(user_ids, course)
    participation.erase(prepared.redactor, course)
    annotations.erase(user_ids, course)
    authoring.erase(user_ids, course)
    files = discussions.erase(prepared) + importing.erase(user_ids, course)
    unsent.erase(prepared.redactor, course)
    redact_schedules(prepared.redactor)
    erase_course_memberships(user_ids, course)
    course.purged_at = now
    course.save(update_fields=["purged_at"])
    record(by=None, verb="purge course", course=course, target=course, people=len(user_ids))
    transaction.on_commit(lambda: delete_files(files))
    transaction.on_commit(truncate_wal)
    return True


def _users_to_purge(course: Course) -> list[User]:
    """Return everybody who left data in the course, except its instructors."""
    instructors = course.memberships.active().filter(role=Membership.Role.INSTRUCTOR).values("user")
    return list(User.objects.exclude(pk__in=instructors).filter(pk__in=_participant_ids(course)).order_by("pk"))


def _participant_ids(course: Course) -> set[int]:
    """Return the ids of all who left data in the course, members or not: readers of an open course have progress."""
    return (
        set(course.memberships.values_list("user", flat=True))
        | discussions.participant_ids(course)
        | annotations.participant_ids(course)
        | progress.participant_ids(course)
        | practice.participant_ids(course)
        | participation.participant_ids(course)
        | set(course.audit_entries.exclude(affected_user=None).values_list("affected_user_id", flat=True))
    )
