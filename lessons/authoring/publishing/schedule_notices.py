"""What pages say about what is scheduled for a lesson: when it is published or withdrawn, or why it was not."""

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.authoring.publishing.scheduling import schedule_version
from lessons.courses.models import Course
from lessons.courses.moments import CourseMoment, course_moment
from lessons.models import Lesson, Module, PublicationSchedule
from lessons.time_zones import zone_label

Action = PublicationSchedule.Action
# By action, and whether it has failed.
MESSAGES = {
    (Action.PUBLISH, False): _("Will be published at %(time)s"),
    (Action.PUBLISH, True): _("Not published at %(time)s."),
    (Action.WITHDRAW, False): _("Will be withdrawn at %(time)s"),
    (Action.WITHDRAW, True): _("Not withdrawn at %(time)s."),
}


class ScheduleNotice(NamedTuple):
    """One time, in the course's time zone and the reader's.

    failure: why nothing was done then, once it was due. version: see `schedule_version`.
    """

    action: str
    moment: CourseMoment
    failure: str
    by: str
    publishes_module: bool
    change_summary: str
    version: str

    @property
    def text(self) -> str:
        """Return what will happen, or did not, in a sentence or two."""
        message = MESSAGES[Action(self.action), bool(self.failure)] % {"time": self.moment.text}
        return f"{message} {self.failure}".strip()


def schedule_notices(lesson: Lesson, reader: User | AnonymousUser) -> list[ScheduleNotice]:
    """Return what is scheduled for a lesson whose module and course are loaded. One query."""
    return [schedule_notice(row, lesson.module.course, reader) for row in _schedules().filter(lesson=lesson.pk)]


def notices_by_lesson(
    lessons: Iterable[Lesson], course: Course, reader: User | AnonymousUser
) -> dict[int, list[ScheduleNotice]]:
    """Return what is scheduled for lessons of one course, by their ids. One query."""
    notices = defaultdict(list)
    for row in _schedules().filter(lesson__in=[lesson.pk for lesson in lessons]):
        notices[row.lesson_id].append(schedule_notice(row, course, reader))
    return dict(notices)


def schedule_context(lesson: Lesson, request: HttpRequest) -> dict:
    """Return the context of `_editor_schedule.html`; it is read when the page is rendered."""
    return {
        "schedules": partial(schedule_notices, lesson, request.user),
        "is_module_draft": lesson.module.state == Module.State.DRAFT,
        "zone": zone_label(lesson.module.course.zone),
    }


def _schedules():
    return PublicationSchedule.objects.select_related("scheduled_by").defer("placements")


def schedule_notice(row: PublicationSchedule, course: Course, reader: User | AnonymousUser) -> ScheduleNotice:
    """Return the notice of one schedule, whose `scheduled_by` is loaded."""
    moment = course_moment(row.due_at, course, reader)
    failure = str(row.get_failure_display()) if row.failure else ""
    by = row.scheduled_by.get_short_name() if row.scheduled_by else ""
    return ScheduleNotice(
        row.action, moment, failure, by, row.publishes_module, row.change_summary, schedule_version(row)
    )
