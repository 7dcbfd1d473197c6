"""The home of a course, its lessons, and joining and leaving it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.courses.course_by_slug import get_readable_course
from lessons.courses.descriptions import description_html, description_text
from lessons.courses.due_dates import DueDates
from lessons.courses.models import Course, Membership
from lessons.courses.services import EnrolmentRefused, join, leave
from lessons.courses.services.memberships import request_to_join
from lessons.courses.weeks import course_week
from lessons.discussions.rendering.posts import time_tag
from lessons.markup.row_templates import render_rows
from lessons.participation.home import own_participation
from lessons.permissions import (
    can_discuss,
    can_edit_course,
    can_join,
    can_leave,
    can_moderate,
    can_request_to_join,
    is_member,
    require,
)
from lessons.practice.queue import due_count
from lessons.reading import structured_data
from lessons.reading.lesson_lists import continue_reading, due_list, module_sections
from lessons.reading.selectors.course_activity import course_activity
from lessons.reading.selectors.outline import modules_of_course, outline_of_course
from lessons.reading.selectors.resume import resume_heading
from lessons.reading.views.staff_home import render_staff_home


@login_not_required
def course(request, slug):
    """Show the home of the course to its learners, another to its staff, and what it is about to visitors."""
    user, course = request.user, get_readable_course(request.user, slug)
    if can_moderate(user, course):
        return render_staff_home(request, course)
    context = _course_context(request, course, short=True) | {"description": description_html(course.description)}
    if not can_discuss(user, course):
        context["continue_reading"] = continue_reading(context["outline"], course, context["dates"])
        return render(request, "reading/course.html", context | _join_state(user, course))
    activity, now = course_activity(course, user), timezone.now()
    outline, dates = context["outline"], context["dates"]
    stopped_at = resume_heading(outline.next)
    context |= {
        "activity": activity,
        "course_counts": activity.counts,
        "continue_reading": continue_reading(outline, course, dates, heading=stopped_at.text if stopped_at else ""),
        "due": due_list(outline, dates),
        "aside": render_rows(
            "reading/home_aside.html",
            course=course,
            activity=activity,
            participation=own_participation(activity.participation_rules, course, user, now),
            review_count=due_count(user, now),
            relative_time=time_tag,
        ),
        "can_leave": can_leave(user, course),
    }
    return render(request, "reading/home.html", context)


@login_not_required
def lessons(request, slug):
    """Show all lessons of the course, module by module, with the reader's progress and due dates."""
    return render(request, "reading/lessons.html", _course_context(request, get_readable_course(request.user, slug)))


def _course_context(request, course: Course, *, short: bool = False) -> dict:
    """Return the course with its modules and lessons, a few of each if `short`. Two queries."""
    user, root = request.user, structured_data.site_root(request)
    modules, outline = modules_of_course(course), outline_of_course(course.pk, user)
    dates, summary = DueDates(course, user, timezone.now()), description_text(course.description)
    return {
        "course": course,
        "summary": summary,
        "outline": outline,
        "dates": dates,
        "week": course_week(course, dates.now),
        "sections": module_sections(
            course, modules, outline, dates, short=short, shows_progress=user.is_authenticated
        ),
        "can_edit": can_edit_course(user, course),
        "canonical": root + request.path,
        "json_ld": structured_data.course_json_ld(root, course, summary, modules),
    }


@require_POST
@login_not_required
def join_or_leave(request, slug):
    """Join or ask to join; with `leave` in the form leave, or withdraw a request. Doing so twice changes nothing."""
    course = get_readable_course(request.user, slug)
    require(request.user.is_authenticated)
    may_request = can_request_to_join(request.user, course)
    try:
        if "leave" in request.POST:
            return _leave(request, course)
        require(course.is_closed or can_join(request.user, course) or is_member(request.user, course) or may_request)
        messages.success(
            request, _request_to_join(request.user, course) if may_request else _join(request.user, course)
        )
    except EnrolmentRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(course)


def _join(user, course: Course) -> str:
    join(user=user, course=course)
    return _("You have joined this course. Your reading progress is saved from now on.")


def _request_to_join(user, course: Course) -> str:
    request_to_join(user=user, course=course)
    return _("You have asked to join. The course staff will answer by e-mail.")


def _leave(request, course: Course):
    """Leave the course; raise EnrolmentRefused."""
    leave(user=request.user, course=course)
    messages.success(request, _("You have left “%(course)s”. What you wrote is still yours.") % {"course": course})
    return redirect("reading:library")


def _join_state(user, course: Course) -> dict:
    """Return whether the user `can_join`, and as `join_state` what else the page offers or says.

    That is `ask` if they may ask to join, and `pending`, `rejected` or `removed` if they have no other option. One
    query at most.
    """
    may_join, may_request = can_join(user, course), can_request_to_join(user, course)
    if not (may_join or may_request):
        return {"can_join": False, "join_state": ""}
    states = Membership.State
    state = Membership.objects.filter(course=course, user=user).values_list("state", flat=True).first()
    if state == states.REMOVED or (may_request and state in (states.PENDING, states.REJECTED)):
        return {"can_join": False, "join_state": state}
    return {"can_join": may_join, "join_state": "ask" if may_request else ""}
