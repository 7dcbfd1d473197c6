"""The library, a course, and the seat one takes in it."""

from functools import lru_cache

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, FilteredRelation, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.courses.models import Course, Membership
from lessons.courses.models.active_memberships import pending_course_titles, remember_membership
from lessons.courses.services import EnrolmentRefused, join, leave
from lessons.courses.services.memberships import request_to_join
from lessons.discussions.selectors.thread_list import unread_thread_count
from lessons.markup import lesson_markdown, plain_text
from lessons.models import Lesson
from lessons.permissions import (
    can_close_course,
    can_discuss,
    can_edit_course,
    can_join,
    can_leave,
    can_request_to_join,
    can_view_audit_log,
    can_view_members,
    is_member,
    require,
)
from lessons.reading import structured_data
from lessons.reading.selectors.outline import outline_of_course


@login_not_required
def library(request):
    courses = list(Course.objects.listed_for(request.user))
    counts = _lessons_and_done(request.user)
    for course in courses:
        course.words = description_html(course.description)
        course.lessons, course.done = counts.get(course.pk, (0, 0))
    page = {
        "mine": [c for c in courses if c.membership_role],
        "others": [c for c in courses if not c.membership_role],
        "asked": pending_course_titles(request.user) if request.user.is_authenticated else [],
        "canonical": structured_data.site_root(request) + reverse("reading:library"),
    }
    return render(request, "reading/library.html", page)


@login_not_required
def course(request, slug):
    course = get_course(request.user, slug)
    modules = list(course.modules.visible_to(request.user))
    outline = outline_of_course(course.pk, request.user)
    for module in modules:
        module.outline = outline.for_module(module.pk)
    standfirst = description_text(course.description)
    page = {
        "course": course,
        "words": description_html(course.description),
        "standfirst": standfirst,
        "modules": modules,
        "outline": outline,
        "can_edit": can_edit_course(request.user, course),
        "waiting": _pending_count(request.user, course),
        "unread": unread_thread_count(course, request.user) if can_discuss(request.user, course) else 0,
        "can_close": can_close_course(request.user, course),
        "can_read_log": can_view_audit_log(request.user, course),
        **_join_state(request.user, course),
        "can_leave": can_leave(request.user, course),
        "canonical": structured_data.site_root(request) + course.get_absolute_url(),
        "json_ld": structured_data.course_json_ld(structured_data.site_root(request), course, standfirst, modules),
    }
    return render(request, "reading/course.html", page)


@require_POST
@login_not_required
def join_or_leave(request, slug):
    """Joining or asking to; with `leave` leaving, or withdrawing one's request. Pressing twice changes nothing."""
    course = get_course(request.user, slug)
    require(request.user.is_authenticated)
    may_ask = can_request_to_join(request.user, course)
    try:
        if "leave" in request.POST:
            return _left(request, course)
        require(course.is_closed or can_join(request.user, course) or is_member(request.user, course) or may_ask)
        messages.success(request, _asked(request.user, course) if may_ask else _joined(request.user, course))
    except EnrolmentRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(course)


def _joined(user, course: Course) -> str:
    join(user=user, course=course)
    return _("You are in. What you read here is kept for you.")


def _asked(user, course: Course) -> str:
    request_to_join(user=user, course=course)
    return _("You have asked to join. The course's staff answer by mail.")


def _left(request, course: Course):
    """Raises SeatRefused."""
    leave(user=request.user, course=course)
    messages.success(request, _("You have left “%(course)s”. What you wrote stays yours.") % {"course": course})
    return redirect("reading:library")


def _join_state(user, course: Course) -> dict:
    """`asking` is `ask` for who may ask to join; `pending`, `rejected` or `removed` for whom nothing else is offered;
    empty for others. One query at most."""
    may_join, may_ask = can_join(user, course), can_request_to_join(user, course)
    if not (may_join or may_ask):
        return {"can_join": False, "asking": ""}
    states = Membership.State
    state = Membership.objects.filter(course=course, user=user).values_list("state", flat=True).first()
    if state == states.REMOVED or (may_ask and state in (states.PENDING, states.REJECTED)):
        return {"can_join": False, "asking": state}
    return {"can_join": may_join, "asking": "ask" if may_ask else ""}


def _pending_count(user, course: Course) -> int:
    """How many ask to join, for its staff. One query, from an index; none for others."""
    if not can_view_members(user, course):
        return 0
    return Membership.objects.filter(course=course, state=Membership.State.PENDING).count()


def get_course(user, slug: str) -> Course:
    """The course with this address; raises Http404 where the person may not read it."""
    course = get_object_or_404(Course.objects.visible_to(user), slug=slug)
    remember_membership(user, course.pk, course)
    return course


@lru_cache(maxsize=512)
def description_html(source: str) -> SafeString:
    """A description's Markdown as HTML."""
    return mark_safe(lesson_markdown.render_markdown(source))


def description_text(source: str) -> str:
    """A description's Markdown as plain text on one line."""
    return " ".join(plain_text.plain_text(description_html(source)).split())


def _lessons_and_done(user) -> dict[int, tuple[int, int]]:
    """Course id to how many lessons it shows and how many of them the person has read. One query."""
    shown = Lesson.objects.visible_to(user).order_by().values("module__course")
    if not user.is_authenticated:
        rows = shown.annotate(n=Count("pk")).values_list("module__course", "n")
        return {course: (n, 0) for course, n in rows}
    mine = FilteredRelation("progress", condition=Q(progress__user=user))
    rows = shown.annotate(mine=mine).annotate(n=Count("pk"), done=Count("mine__completed_at"))
    return {course: (n, done) for course, n, done in rows.values_list("module__course", "n", "done")}
