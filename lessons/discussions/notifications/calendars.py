"""The calendar of a course's due dates, at a secret address of each person, for their calendar program."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.moments import course_moment
from lessons.discussions.models import NotificationPreference
from lessons.markup import icalendar
from lessons.models import Lesson, Module

CANCELLATIONS_KEPT_FOR = timedelta(days=30)
"""How long after its due date a withdrawn lesson stays in the calendar, as cancelled."""


@login_not_required
def calendar(request, token, slug):
    """Return the due dates of a course that the owner of the secret address may read."""
    preferences = NotificationPreference.objects.select_related("user")
    owner = get_object_or_404(preferences, calendar_token=token, user__is_active=True).user
    course = get_object_or_404(Course.objects.visible_to(owner), slug=slug)
    with override(owner.language or settings.LANGUAGE_CODE):
        name = _("Due dates: %(course)s") % {"course": course.title}
        content = icalendar.calendar(name, _events(course, owner, request))
    response = HttpResponse(content, content_type=icalendar.CONTENT_TYPE)
    response.headers["Content-Disposition"] = 'inline; filename="due-dates.ics"'
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _events(course: Course, owner: User, request) -> Iterator[icalendar.Event]:
    """Yield the events, the earliest first. One query.

    A withdrawn lesson is cancelled without its title, which readers no longer see.
    """
    host = urlsplit(settings.SITE_URL).hostname
    states = (Lesson.State.PUBLISHED, Lesson.State.WITHDRAWN)
    lessons = Lesson.objects.filter(module__course=course, due_at__isnull=False, state__in=states)
    lessons = lessons.exclude(module__state=Module.State.DRAFT).select_related("current_revision")
    fields = ("slug", "state", "due_at", "version", "updated_at", "current_revision__title")
    earliest = timezone.now() - CANCELLATIONS_KEPT_FOR
    for lesson in lessons.only(*fields).order_by("due_at", "pk"):
        if lesson.due_at is None or lesson.current_revision is None:
            continue
        is_cancelled = lesson.state == Lesson.State.WITHDRAWN
        if is_cancelled and lesson.due_at < earliest:
            continue
        title = lesson.current_revision.title
        moment = course_moment(lesson.due_at, course, owner)
        yield icalendar.Event(
            uid=f"lesson-{lesson.pk}@{host}",
            sequence=lesson.version,
            changed_at=lesson.updated_at,
            moment=lesson.due_at,
            summary=_("Withdrawn lesson") if is_cancelled else _("Due: %(title)s") % {"title": title},
            description="" if is_cancelled else f"{course.title}\n{moment.text}",
            url="" if is_cancelled else request.build_absolute_uri(lesson.get_absolute_url()),
            is_cancelled=is_cancelled,
        )
