"""What a page about people begins with: the course, for those who may see who is in it, or a 404."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from lessons.people.models import Course
from lessons.permissions import can_seat, can_see_people, require, take_seat


def course_of_staff(user, slug: str) -> Course:
    """The course, for its staff; for others the page does not exist. One query."""
    course = get_object_or_404(Course.objects.visible_to(user), slug=slug)
    take_seat(user, course, course)
    if not can_see_people(user, course):
        raise Http404
    return course


def course_to_seat(user, slug: str) -> Course:
    """The course, for those who give seats in it; others of its staff get a 403. One query."""
    course = course_of_staff(user, slug)
    require(can_seat(user, course))
    return course


def site_of(request) -> str:
    """The portal's address as the person sees it, for links in mail."""
    return request.build_absolute_uri("/")
