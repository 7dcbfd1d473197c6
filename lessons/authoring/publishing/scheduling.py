"""Publish or withdraw lessons at times that instructors have chosen. Each is done once, or fails with a reason.

The row of a schedule is deleted in the transaction that publishes: whoever deletes it has published, however many
schedulers run, wherever one is killed, and whatever the clock shows afterwards. What is published is the draft as it
is then.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.annotations.services import prepare_publication, publish
from lessons.authoring.emails import publication_failed_email
from lessons.authoring.publishing.placement_session import spans_in_text
from lessons.courses.models import Course
from lessons.courses.services import record
from lessons.db.edit_conflicts import version_of
from lessons.indexed_texts import indexing_together
from lessons.mail.services import Recipient, queue_emails
from lessons.markup.plain_text import plain_text
from lessons.memo import memoizing
from lessons.models import Lesson, Module, PublicationSchedule
from lessons.permissions import can_edit_course
from lessons.services import NothingToPublish, prepare_html, set_module_state, withdraw

log = logging.getLogger(__name__)
Action, Failure = PublicationSchedule.Action, PublicationSchedule.Failure
SHOWN_FIELDS = ("due_at", "change_summary", "publishes_module", "failure")
MAX_ATTEMPTS = 5
"""How many times a publication is tried if its process is killed each time."""


class CannotSchedule(ValueError):
    """The lesson cannot be published or withdrawn at this time; the message says why and what to do."""


class ScheduleChanged(ValueError):
    """Somebody else has scheduled or cancelled it since the page was opened; `saved` is what is scheduled now."""

    def __init__(self, saved: PublicationSchedule | None):
        super().__init__(
            _("Somebody else has changed this since you opened the page. Save again to replace what they chose.")
        )
        self.saved = saved


@transaction.atomic
def schedule(
    *,
    lesson: Lesson,
    action: str,
    due_at: datetime,
    by: User,
    now: datetime,
    change_summary: str = "",
    publishes_module: bool = False,
    placements: Mapping[str, Any] | None = None,
    expected: str | None = None,
) -> PublicationSchedule:
    """Publish or withdraw the lesson at a time, instead of the one chosen before. Raise CannotSchedule.

    publishes_module: if it is a draft then. placements: those chosen by hand, as `placement_session` stores them.
    expected: the `schedule_version` that `by` has seen; if it is another now, raise ScheduleChanged.
    """
    Lesson.objects.select_for_update(no_key=True).get(pk=lesson.pk)
    others = {row.action: row for row in lesson.schedules.all()}
    _require_possible(lesson, action, due_at, now, others)
    before = others.get(action)
    values = {
        "due_at": due_at,
        "change_summary": change_summary,
        "publishes_module": publishes_module and action == Action.PUBLISH,
        "placements": dict(placements or {}),
        "failure": "",
    }
    if before and all(getattr(before, name) == value for name, value in values.items()):
        return before
    if expected is not None and expected != schedule_version(before):
        raise ScheduleChanged(before)
    row, _is_new = PublicationSchedule.objects.update_or_create(
        lesson=lesson, action=action, defaults={**values, "attempts": 0, "scheduled_by": by}
    )
    _record(row, f"schedule {action}", by)
    return row


def schedule_version(row: PublicationSchedule | None) -> str:
    """Return a token that changes whenever somebody chooses another time, or none, or changes its options."""
    return version_of({name: getattr(row, name) for name in SHOWN_FIELDS}) if row else ""


def combined_version(lessons: Sequence[Lesson], action: str) -> str:
    """Return a token that changes whenever the `schedule_version` of one of these lessons does. One query."""
    rows = PublicationSchedule.objects.filter(lesson__in=[lesson.pk for lesson in lessons], action=action)
    versions = {str(row.lesson_id): schedule_version(row) for row in rows.defer("placements")}
    return version_of(versions) if versions else ""


@transaction.atomic
def schedule_together(
    *, lessons: Sequence[Lesson], action: str, by: User, now: datetime, expected: str | None, **values: Any
) -> None:
    """Do for each of the lessons what `schedule` does, or for none. expected: the `combined_version` `by` has seen."""
    ids = [lesson.pk for lesson in lessons]
    list(Lesson.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))
    if expected is not None and expected != combined_version(lessons, action):
        raise ScheduleChanged(None)
    for lesson in lessons:
        schedule(lesson=lesson, action=action, by=by, now=now, **values)


def _require_possible(
    lesson: Lesson, action: str, due_at: datetime, now: datetime, others: dict[str, PublicationSchedule]
) -> None:
    if lesson.module.course.is_closed:
        raise CannotSchedule(_("This course is closed. Reopen it before you schedule anything."))
    if due_at <= now:
        raise CannotSchedule(_("This time has passed. Choose a later one."))
    other = others.get(Action.WITHDRAW if action == Action.PUBLISH else Action.PUBLISH)
    other_time = other.due_at if other and not other.failure else None
    if other_time == due_at:
        raise CannotSchedule(_("“%s” cannot be published and withdrawn at the same time. Choose another.") % lesson)
    is_published_before = lesson.state == Lesson.State.PUBLISHED or (other_time is not None and other_time < due_at)
    if action == Action.WITHDRAW and not is_published_before:
        raise CannotSchedule(_("“%s” is not published by then, so it cannot be withdrawn.") % lesson)


@transaction.atomic
def cancel(*, lesson: Lesson, action: str, by: User, expected: str | None = None) -> bool:
    """Cancel what is scheduled, or dismiss what could not be done; return whether there was any.

    expected: the `schedule_version` that `by` has seen; if another time is chosen now, raise ScheduleChanged.
    """
    Lesson.objects.select_for_update(no_key=True).get(pk=lesson.pk)
    row = lesson.schedules.filter(action=action).first()
    if row is None:
        return False
    if expected is not None and expected != schedule_version(row):
        raise ScheduleChanged(row)
    if not row.failure:
        _record(row, f"cancel scheduled {action}", by)
    row.delete()
    return True


@transaction.atomic
def withdraw_now(*, lesson: Lesson, by: User, reason: str = "") -> None:
    """Withdraw the lesson, and cancel its withdrawal at a later time, which is done by this."""
    Lesson.objects.select_for_update().get(pk=lesson.pk)
    withdraw(lesson=lesson, by=by, reason=reason)
    cancel(lesson=lesson, action=Action.WITHDRAW, by=by)


def run_due(now: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Publish and withdraw what is due, each in a transaction of its own; return how many lessons."""
    due = _waiting(now).order_by("due_at", "pk")
    count = 0
    for schedule_id in list(due.values_list("pk", flat=True)):
        if is_stopping():
            break
        count += _run(schedule_id, now)
    return count


def _waiting(now: datetime) -> QuerySet[PublicationSchedule]:
    return PublicationSchedule.objects.filter(failure="", due_at__lte=now)


def _run(schedule_id: int, now: datetime) -> bool:
    """Do what is scheduled, once; return whether it was done now. An error of one lesson does not stop the others."""
    due = _waiting(now).filter(pk=schedule_id)
    try:
        if not due.filter(attempts__lt=MAX_ATTEMPTS).update(attempts=F("attempts") + 1):
            _fail(due, Failure.ERROR)
            return False
        with memoizing():
            for lesson in Lesson.objects.filter(schedules__in=due):
                prepare_publication(lesson)
            return _do(due)
    except OperationalError:  # the database is away or busy: the job is run again
        raise
    except Exception:
        log.exception("The scheduled publication %s failed.", schedule_id)
        _fail(due, Failure.ERROR)
        return False


@transaction.atomic
def _do(due: QuerySet[PublicationSchedule]) -> bool:
    """Publish or withdraw, and delete the row that says so. While it is locked nobody else does or changes it."""
    # The lesson first, as everybody does who writes to it.
    lesson = Lesson.objects.select_for_update(of=["self"]).filter(schedules__in=due).first()
    row = due.select_for_update(of=["self"]).select_related("lesson__module__course", "scheduled_by").first()
    if row is None:
        return False
    if lesson is None:
        return _fail(due, Failure.DELETED)
    by = row.scheduled_by
    if by is None or not (by.is_active and can_edit_course(by, row.lesson.module.course)):
        return _fail(due, Failure.NOT_ALLOWED)
    if row.lesson.module.course.is_closed:
        return _fail(due, Failure.COURSE_CLOSED)
    try:
        _publish(row, by) if row.action == Action.PUBLISH else _withdraw(row, by)
    except NothingToPublish:
        return _fail(due, Failure.NO_TEXT)
    row.delete()
    return True


def _publish(row: PublicationSchedule, by: User) -> None:
    text = plain_text(prepare_html(row.lesson.body))
    spans = {pk: span for pk, span in spans_in_text(row.placements, text)[0].items() if span}
    with indexing_together():
        publish(lesson=row.lesson, by=by, change_summary=row.change_summary, manual_spans=spans)
        if row.publishes_module and row.lesson.module.state == Module.State.DRAFT:
            set_module_state(module=row.lesson.module, state=Module.State.PUBLISHED, by=by)


def _withdraw(row: PublicationSchedule, by: User) -> None:
    if row.lesson.state == Lesson.State.PUBLISHED:
        withdraw(lesson=row.lesson, by=by, reason=row.change_summary)


@transaction.atomic
def _fail(due: QuerySet[PublicationSchedule], failure: str) -> bool:
    """Store why nothing was done, which is not tried again, and e-mail the person who scheduled it. Return False."""
    row = due.select_for_update(of=["self"]).select_related("lesson__module__course", "scheduled_by").first()
    if row is not None:
        row.failure = failure
        row.save(update_fields=["failure"])
        _record(row, f"fail scheduled {row.action}", None)
        if row.scheduled_by:
            user = row.scheduled_by
            queue_emails(publication_failed_email, [Recipient(user.email or "", user.pk, row.pk)])
    return False


def _record(row: PublicationSchedule, verb: str, by: User | None) -> None:
    course: Course = row.lesson.module.course
    record(by=by, verb=verb, course=course, target=row.lesson, at=row.due_at.isoformat(timespec="minutes"))
