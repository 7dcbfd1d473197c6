"""The calendar of a course's due dates, at a secret address of each person, for their calendar program."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event, vDuration, vText

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.moments import course_moment
from lessons.discussions.models import NotificationPreference
from lessons.markup.characters import clean_text
from lessons.models import Lesson, Module

CANCELLATIONS_KEPT_FOR = timedelta(days=30)
"""How long after its due date a withdrawn lesson stays in the calendar, as cancelled."""

REFRESH_INTERVAL = timedelta(hours=6)


@login_not_required
def due_dates(request, token, slug):
    """Return the due dates of a course that the owner of the secret address may read."""
    preferences = NotificationPreference.objects.select_related("user")
    owner = get_object_or_404(preferences, calendar_token=token, user__is_active=True).user
    course = get_object_or_404(Course.objects.visible_to(owner), slug=slug)
    with override(owner.language or settings.LANGUAGE_CODE):
        name = _("Due dates: %(course)s") % {"course": course.title}
        calendar = _new_calendar(name)
        for event in _events(course, owner, request):
            calendar.add_component(event)
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="due-dates.ics"'
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _new_calendar(name: str) -> Calendar:
    calendar, text = Calendar(), vText(_line(name))
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Commonplace//Due dates//EN")
    calendar.add("method", "PUBLISH")
    # What RFC 7986 calls the name and the interval, and what programs from before it look for.
    calendar.add("name", text)
    calendar.add("x-wr-calname", text)
    calendar.add("refresh-interval", REFRESH_INTERVAL, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH_INTERVAL))
    return calendar


def _events(course: Course, owner: User, request) -> Iterator[Event]:
    """Yield the events, the earliest first. One query."""
    states = (Lesson.State.PUBLISHED, Lesson.State.WITHDRAWN)
    lessons = Lesson.objects.filter(module__course=course, due_at__isnull=False, state__in=states)
    lessons = lessons.exclude(module__state=Module.State.DRAFT).select_related("current_revision")
    fields = ("slug", "state", "due_at", "version", "updated_at", "current_revision__title")
    earliest = timezone.now() - CANCELLATIONS_KEPT_FOR
    for lesson in lessons.only(*fields).order_by("due_at", "pk"):
        if lesson.due_at is None or lesson.current_revision is None:
            continue
        if lesson.state == Lesson.State.PUBLISHED or lesson.due_at >= earliest:
            yield _event(lesson, lesson.due_at, lesson.current_revision.title, course, owner, request)


def _event(lesson: Lesson, due_at: datetime, title: str, course: Course, owner: User, request) -> Event:
    """Return the event. A withdrawn lesson is cancelled without its title, which readers no longer see."""
    event = Event()
    event.add("uid", f"lesson-{lesson.pk}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", lesson.version)
    event.add("dtstamp", lesson.updated_at)
    event.add("last-modified", lesson.updated_at)
    event.add("dtstart", due_at)
    event.add("transp", "TRANSPARENT")
    if lesson.state == Lesson.State.WITHDRAWN:
        event.add("summary", _("Withdrawn lesson"))
        event.add("status", "CANCELLED")
        return event
    event.add("summary", _("Due: %(title)s") % {"title": _line(title)})
    event.add("description", f"{_line(course.title)}\n{course_moment(due_at, course, owner).text}")
    event.add("url", request.build_absolute_uri(lesson.get_absolute_url()))
    event.add("status", "CONFIRMED")
    return event


def _line(text: str) -> str:
    """Return the text in one line: the library escapes no carriage return."""
    return " ".join(clean_text(text).split())
