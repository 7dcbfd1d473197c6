"""Closing a course, opening it again, and emptying it of people when its time is over."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from lessons.accounts.models import User
from lessons.annotations import personal_data as notes
from lessons.courses.models import Course, Membership
from lessons.courses.models.courses import PURGE_NOTICE, add_months
from lessons.courses.personal_data import erase_course_memberships
from lessons.courses.redaction import collect_names
from lessons.courses.services import record
from lessons.discussions.personal_data import erase as talk
from lessons.emails import build_email, send_email
from lessons.privacy.erasure import delete_files
from lessons.progress import personal_data as progress

MAX_MONTHS = 120


def _locked(course: Course) -> Course:
    return Course.objects.select_for_update(no_key=True).get(pk=course.pk)


@transaction.atomic
def close_course(*, course: Course, by: User) -> Course:
    """Twice changes nothing."""
    course = _locked(course)
    if not course.is_closed:
        course.closed_at = timezone.now()
        course.save(update_fields=["closed_at"])
        record(by=by, verb="close course", course=course, target=course)
    return course


@transaction.atomic
def reopen_course(*, course: Course, by: User) -> Course:
    """The months before it is emptied begin again with the next closing. Who was taken out does not come back."""
    course = _locked(course)
    if course.is_closed:
        course.closed_at = course.purge_announced_at = course.purged_at = None
        course.save(update_fields=["closed_at", "purge_announced_at", "purged_at"])
        record(by=by, verb="reopen course", course=course, target=course)
    return course


@transaction.atomic
def set_retention(*, course: Course, by: User, months: int | None) -> Course:
    """Says how many months after closing the course is emptied; None for never. Staff are warned anew."""
    course = _locked(course)
    if course.purge_after_months != months:
        course.purge_after_months, course.purge_announced_at = months, None
        course.save(update_fields=["purge_after_months", "purge_announced_at"])
        record(by=by, verb="set retention", course=course, target=course, months=months)
    return course


def _awaiting_purge():
    return Course.objects.filter(closed_at__isnull=False, purge_after_months__isnull=False, purged_at=None).order_by(
        "pk"
    )


def send_notices(site_url: str, connection, now: datetime) -> int:
    """Warns the staff of courses that will be emptied in WARNED_BEFORE; returns how many courses. Courses whose staff
    could not be told stay due."""
    count = 0
    for course in _awaiting_purge().filter(purge_announced_at=None):
        due = add_months(course.closed_at, course.purge_after_months)
        if due - PURGE_NOTICE > now:
            continue
        context = {"course": course, "purge_date": max(due, now + PURGE_NOTICE)}
        for user in _staff(course):
            email = build_email(
                "course_purge_notice", to=user.email, language=user.language, site_url=site_url, context=context
            )
            send_email(email, connection)
        Course.objects.filter(pk=course.pk, purge_announced_at=None).update(purge_announced_at=now)
        count += 1
    return count


def _staff(course: Course):
    seats = course.memberships.active().exclude(role=Membership.Role.LEARNER)
    return User.objects.filter(memberships__in=seats, is_active=True, email__isnull=False).order_by("pk")


def purge_due(now: datetime) -> int:
    """Empties the courses whose staff were warned long enough ago; returns how many."""
    count = 0
    for course in _awaiting_purge().filter(purge_announced_at__lte=now - PURGE_NOTICE):
        if course.purge_date <= now:
            count += purge(course=course, now=now)
    return count


@transaction.atomic
def purge(*, course: Course, now: datetime) -> bool:
    """Takes everybody but the instructors out of the course, as erasing does, and leaves their texts. All or nothing;
    False where it was opened again or given more time meanwhile."""
    course = _locked(course)
    due = course.purge_date
    if due is None or due > now or course.purge_announced_at is None:
        return False
    teach = course.memberships.active().filter(role=Membership.Role.INSTRUCTOR).values("user")
    gone = User.objects.exclude(pk__in=teach)
    people = list(gone.filter(pk__in=_participant_ids(course)).order_by("pk"))
    keys = [person.pk for person in people]
    progress.forget(keys, course)
    notes.erase(keys, course)
    files = talk.erase(collect_names(people, course), course)
    erase_course_memberships(keys, course)
    course.purged_at = now
    course.save(update_fields=["purged_at"])
    record(by=None, verb="purge course", course=course, target=course, people=len(people))
    transaction.on_commit(lambda: delete_files(files))
    return True


def _participant_ids(course: Course) -> set[int]:
    """Ids of everybody who left a trace in the course, seat or not: who only read an open course has progress."""
    return (
        set(course.memberships.values_list("user", flat=True))
        | talk.participant_ids(course)
        | notes.participant_ids(course)
        | progress.present(course)
        | set(course.audit_entries.exclude(affected_user=None).values_list("affected_user", flat=True))
    )
