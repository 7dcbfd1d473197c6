"""Fetch the course of a page about members, for users who may see its members; others get a 404."""

from django.http import Http404

from lessons.courses.course_by_slug import get_readable_course
from lessons.courses.models import Course
from lessons.permissions import can_manage_members, can_view_members, require


def get_course_as_staff(user, slug: str) -> Course:
    """Return the course if the user is on its staff; else raise Http404. One query."""
    course = get_readable_course(user, slug)
    if not can_view_members(user, course):
        raise Http404
    return course


def get_course_to_manage(user, slug: str) -> Course:
    """Return the course if the user manages its members; other staff get a 403. One query."""
    course = get_course_as_staff(user, slug)
    require(can_manage_members(user, course))
    return course
