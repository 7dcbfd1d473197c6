"""What a page about people begins with: the course, for those who may see who is in it, or a 404."""

from django.http import Http404

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.db.compiled_queries import number, rows, word
from lessons.permissions import can_seat, can_see_people, require, take_seat

OWN = [field.attname for field in Course._meta.concrete_fields]


def course_of_staff(user, slug: str) -> Course:
    """The course, for its staff; for others the page does not exist. One query."""
    found = rows(_course_query, user.is_superuser, user.learner_view, slug=slug, user=user.pk)
    if not found:
        raise Http404
    *own, role, group = found[0]
    course = Course.from_db(None, OWN, own)
    course.membership_role, course.membership_group_id = role, group
    take_seat(user, course, course)
    if not can_see_people(user, course):
        raise Http404
    return course


def _course_query(is_superuser: bool, viewing: tuple[int, int | None] | None):
    reader = User(pk=number("user"), is_superuser=is_superuser)
    reader.learner_view = viewing
    courses = Course.objects.visible_to(reader).filter(slug=word("slug")).order_by()
    return courses.values_list(*OWN, "membership_role", "membership_group_id")


def course_to_seat(user, slug: str) -> Course:
    """The course, for those who give seats in it; others of its staff get a 403. One query."""
    course = course_of_staff(user, slug)
    require(can_seat(user, course))
    return course


def site_of(request) -> str:
    """The portal's address as the person sees it, for links in mail."""
    return request.build_absolute_uri("/")
