"""Fetch the course of a page about members, for users who may see its members; others get a 404."""

from django.http import Http404

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.models.active_memberships import remember_membership
from lessons.db.compiled_queries import fetch_rows, int_param, str_param
from lessons.permissions import can_manage_members, can_view_members, require

COURSE_FIELDS = [field.attname for field in Course._meta.concrete_fields]


def get_course_as_staff(user, slug: str) -> Course:
    """Return the course if the user is on its staff; else raise Http404. One query."""
    rows = fetch_rows(_course_query, user.is_superuser, user.learner_view, slug=slug, user=user.pk)
    if not rows:
        raise Http404
    *values, role, group_id = rows[0]
    course = Course.from_db(None, COURSE_FIELDS, values)
    course.membership_role, course.membership_group_id = role, group_id
    remember_membership(user, course.pk, course)
    if not can_view_members(user, course):
        raise Http404
    return course


def _course_query(is_superuser: bool, learner_view: tuple[int, int | None] | None):
    viewer = User(pk=int_param("user"), is_superuser=is_superuser)
    viewer.learner_view = learner_view
    courses = Course.objects.visible_to(viewer).filter(slug=str_param("slug")).order_by()
    return courses.values_list(*COURSE_FIELDS, "membership_role", "membership_group_id")


def get_course_to_manage(user, slug: str) -> Course:
    """Return the course if the user manages its members; other staff get a 403. One query."""
    course = get_course_as_staff(user, slug)
    require(can_manage_members(user, course))
    return course
