"""Closing and reopening a course, and removing personal data from it (the purge) some months after it was closed."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from lessons.accounts.models import User
from lessons.annotations import personal_data as annotations
from lessons.courses.models import Course, Membership
from lessons.courses.models.courses import PURGE_NOTICE
from lessons.courses.personal_data import erase_course_memberships
from lessons.courses.redaction import collect_names
from lessons.courses.services import record
from lessons.discussions.personal_data import erase as discussions
from lessons.emails import build_email, send_email
from lessons.privacy.erasure import delete_files
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


def send_notices(site_url: str, connection, now: datetime) -> int:
    """E-mail the staff of courses that will be purged within PURGE_NOTICE; return the number of courses.

    Courses whose staff could not be e-mailed are tried again later.
    """
    count = 0
    for course in _awaiting_purge().filter(purge_announced_at=None):
        if course.purge_date is None or course.purge_date - PURGE_NOTICE > now:
            continue
        context = {"course": course, "purge_date": max(course.purge_date, now + PURGE_NOTICE)}
        for user in _staff(course):
            email = build_email(
                "course_purge_notice", to=user.email or "", language=user.language, site_url=site_url, context=context
            )
            send_email(email, connection)
        Course.objects.filter(pk=course.pk, purge_announced_at=None).update(purge_announced_at=now)
        count += 1
    return count


def _staff(course: Course):
    memberships = course.memberships.active().exclude(role=Membership.Role.LEARNER)
    return User.objects.filter(memberships__in=memberships, is_active=True, email__isnull=False).order_by("pk")


def purge_due(now: datetime) -> int:
    """Purge the courses whose staff were warned PURGE_NOTICE ago; return how many."""
    count = 0
    for course in _awaiting_purge().filter(purge_announced_at__lte=now - PURGE_NOTICE):
        if course.purge_date and course.purge_date <= now:
            count += purge(course=course, now=now)
    return count


@transaction.atomic
def purge(*, course: Course, now: datetime) -> bool:
    """Remove the data of everybody but the instructors from the course, and leave their posts without names.

    All or nothing. Return False if the course was reopened or given more time in the meantime.
    """
    course = _locked(course)
    due = course.purge_date
    if due is None or due > now or course.purge_announced_at is None:
        return False
    instructors = course.memberships.active().filter(role=Membership.Role.INSTRUCTOR).values("user")
    others = User.objects.exclude(pk__in=instructors)
    users = list(others.filter(pk__in=_participant_ids(course)).order_by("pk"))
    user_ids = [user.pk for user in users]
    progress.erase(user_ids, course)
    annotations.erase(user_ids, course)
    names = collect_names(users, course)
    files = discussions.erase(names, course)
    unsent.erase(names, course)
    erase_course_memberships(user_ids, course)
    course.purged_at = now
    course.save(update_fields=["purged_at"])
    record(by=None, verb="purge course", course=course, target=course, people=len(users))
    transaction.on_commit(lambda: delete_files(files))
    return True


def _participant_ids(course: Course) -> set[int]:
    """Return the ids of all who left data in the course, members or not: readers of an open course have progress."""
    return (
        set(course.memberships.values_list("user", flat=True))
        | discussions.participant_ids(course)
        | annotations.participant_ids(course)
        | progress.participant_ids(course)
        | set(course.audit_entries.exclude(affected_user=None).values_list("affected_user_id", flat=True))
    )
