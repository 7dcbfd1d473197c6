"""Remind learners of lessons that are due: three days before, one day before, and once they are overdue."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from lessons.accounts.models import User
from lessons.courses.due_dates import DueDate, DueDates
from lessons.courses.models import Course, Membership
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.discussions.models import DueReminder
from lessons.markup.row_templates import url
from lessons.markup.translations import gettext as _
from lessons.markup.translations import ngettext
from lessons.models import Lesson, Module
from lessons.models.texts import lesson_url_slug
from lessons.progress.models import Progress

FIRST_REMINDER = timedelta(days=3)
OVERDUE_REMINDED_FOR = timedelta(days=7)
"""How long after its due date people are still told that a lesson is overdue, if they were not told before."""
BATCH_SIZE = 500
MAX_REMINDERS = 100


class DueLesson(NamedTuple):
    """A lesson that somebody has been reminded of, by the id of the reminder. `is_unseen` on the site."""

    reminder: int
    title: str
    url: str
    due_at: datetime
    course: Course
    is_unseen: bool

    def is_overdue(self, now: datetime) -> bool:
        return self.due_at <= now

    def date(self, reader: User, now: datetime) -> DueDate:
        return DueDates(self.course, reader, now).show(self.due_at)

    def when(self, now: datetime) -> str:
        """Return “due on Wed 2 Dec at 18:00” or “3 days overdue”, for the middle of a sentence."""
        local = self.due_at.astimezone(self.course.zone)
        days = (local.date() - now.astimezone(self.course.zone).date()).days
        if self.is_overdue(now):
            return ngettext("%(n)d day overdue", "%(n)d days overdue", -days) % {"n": -days} if days else _("overdue")
        values = {"day": date_format(local, "D j M"), "time": f"{local:%H:%M}"}
        if days > 1:
            return _("due on %(day)s at %(time)s") % values
        return (_("due tomorrow at %(time)s") if days else _("due today at %(time)s")) % values


COURSE_FIELDS = ("id", "title", "slug", "time_zone")


def due_lessons(reader: User, *, only: str = "") -> list[DueLesson]:
    """Return the lessons of which the user has been reminded and that are still to be read, the earliest first.

    `only` is the name of a field that is to be empty: `mailed_at` or `seen_at`. One query.
    """
    courses: dict[int, Course] = {}
    lessons = []
    for pk, seen_at, due_at, lesson, slug, title, *course in fetch_rows(_due_query, only, user=reader.pk):
        known = courses.setdefault(course[0], Course(**dict(zip(COURSE_FIELDS, course, strict=True))))
        address = url("reading:lesson", lesson, lesson_url_slug(slug))
        lessons.append(DueLesson(pk, title, address, due_at, known, seen_at is None))
    return lessons


def _due_query(only: str) -> QuerySet:
    reminders = DueReminder.objects.current().filter(user=int_param("user")).order_by("due_at", "pk")
    if only:
        reminders = reminders.filter(**{only: None})
    fields = ["pk", "seen_at", "due_at", "lesson_id", "lesson__slug", "lesson__current_revision__title"]
    course_fields = [f"lesson__module__course__{name}" for name in COURSE_FIELDS]
    return reminders.values_list(*fields, *course_fields)[:MAX_REMINDERS]


MARK_MAILED = """
UPDATE discussions_duereminder SET stage = %s, mailed_at = %s WHERE id = %s AND due_at = %s AND stage <= %s
"""


def mark_mailed(lessons: Iterable[DueLesson], now: datetime) -> None:
    """Record that an e-mail built at `now` has told of the lessons, so that it counts for every stage until then."""
    adapted, params = connection.ops.adapt_datetimefield_value, []
    for lesson in lessons:
        stage = DueReminder.stage_of(lesson.due_at, now)
        params.append((stage, adapted(now), lesson.reminder, adapted(lesson.due_at), stage))
    with connection.cursor() as cursor:
        cursor.executemany(MARK_MAILED, params)


def mark_seen(reader: User) -> None:
    """Record that the user has seen all their reminders on the site."""
    DueReminder.objects.filter(user=reader, seen_at=None).update(seen_at=timezone.now())


def remind(now: datetime, is_stopping: Callable[[], bool]) -> int:
    """Remind those who have not read what is due; return how many reminders there were. Each is given once.

    One query, and for each lesson that is due a query and a few inserts.
    """
    count = 0
    for pk, course, due_at in _lessons_due(now).values_list("pk", "module__course", "due_at"):
        if is_stopping():
            break
        assert due_at is not None
        stage = DueReminder.stage_of(due_at, now)
        with transaction.atomic():
            learners = list(_learners_to_remind(pk, course, due_at, stage).values_list("user", flat=True))
            _save(learners, pk, due_at, stage, now)
        count += len(learners)
    return count


def _lessons_due(now: datetime) -> QuerySet[Lesson]:
    due = Lesson.objects.published().filter(due_at__gt=now - OVERDUE_REMINDED_FOR, due_at__lte=now + FIRST_REMINDER)
    return due.filter(module__state=Module.State.PUBLISHED, module__course__closed_at=None).order_by("due_at", "pk")


def _learners_to_remind(lesson: int, course: int, due_at: datetime, stage: int) -> QuerySet[Membership]:
    """Return the memberships of learners who have not read the lesson and were not reminded at this stage or later.

    Somebody who joined after the due date is not told that they are late.
    """
    learners = Membership.objects.active().filter(course=course, role=Membership.Role.LEARNER, user__is_active=True)
    if stage == DueReminder.Stage.OVERDUE:
        learners = learners.filter(created_at__lt=due_at)
    read = Progress.objects.filter(lesson=lesson, user=OuterRef("user"), completed_at__isnull=False)
    reminded = DueReminder.objects.filter(lesson=lesson, user=OuterRef("user"), due_at=due_at, stage__gte=stage)
    return learners.filter(~Exists(read), ~Exists(reminded)).order_by("user")


def _save(users: Iterable[int], lesson: int, due_at: datetime, stage: int, now: datetime) -> None:
    fields = {"lesson_id": lesson, "due_at": due_at, "stage": stage, "created_at": now}
    DueReminder.objects.bulk_create(
        [DueReminder(user_id=user, **fields) for user in users],
        batch_size=BATCH_SIZE,
        update_conflicts=True,
        unique_fields=["user", "lesson"],
        update_fields=["due_at", "stage", "created_at", "seen_at", "mailed_at"],
    )
