"""Fetch the course in the address of a page, or those that the library lists.

Nearly every page does, so that the queries are compiled once.
"""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.models.active_memberships import remember_membership
from lessons.db.compiled_queries import fetch_rows, int_param, str_param

COURSE_FIELDS = [field.attname for field in Course._meta.concrete_fields]
SLUG = Course._meta.get_field("slug")


def get_readable_course(user: User | AnonymousUser, slug: str) -> Course:
    """Return the course with what `readable_by` annotates; raise Http404 if the user may not read it. One query, which
    loads their membership of it, too.
    """
    rows = fetch_rows(_readable, *reader_variant(user), slug=SLUG.get_prep_value(slug), user=user.pk)
    if not rows:
        raise Http404
    course = read_course(rows[0])
    remember_membership(user, course.pk, course)
    return course


def listed_courses(user: User | AnonymousUser) -> list[Course]:
    """Return the courses that the library lists, with what `readable_by` annotates. One query."""
    return list(map(read_course, fetch_rows(_listed, *reader_variant(user), user=user.pk)))


def reader_variant(user: User | AnonymousUser) -> tuple:
    """Return the properties of the user that change which courses they may read, for `reader_placeholder`."""
    return () if isinstance(user, AnonymousUser) else (True, user.is_superuser, user.learner_view)


def read_course(row: tuple) -> Course:
    """Return the course from its COURSE_FIELDS and what `readable_by` annotates."""
    *values, role, group_id = row
    course = Course.from_db("default", COURSE_FIELDS, values)
    course.membership_role, course.membership_group_id = role, group_id
    return course


def get_any_course(slug: str) -> Course:
    """Return the course, whoever asks; raise Http404 if there is none. One query."""
    rows = fetch_rows(_any, slug=SLUG.get_prep_value(slug))
    if not rows:
        raise Http404
    return Course.from_db("default", COURSE_FIELDS, rows[0])


def _any() -> QuerySet:
    return Course.objects.filter(slug=str_param("slug")).order_by().values_list(*COURSE_FIELDS)


def _readable(*variant) -> QuerySet:
    courses = Course.objects.visible_to(reader_placeholder(*variant)).filter(slug=str_param("slug")).order_by()
    return courses.values_list(*COURSE_FIELDS, "membership_role", "membership_group_id")


def _listed(*variant) -> QuerySet:
    courses = Course.objects.listed_for(reader_placeholder(*variant))
    return courses.values_list(*COURSE_FIELDS, "membership_role", "membership_group_id")


def reader_placeholder(
    is_user: bool = False, is_superuser: bool = False, learner_view: tuple[int, int | None] | None = None
) -> User | AnonymousUser:
    """Return a user whose id is a placeholder."""
    if not is_user:
        return AnonymousUser()
    viewer = User(pk=int_param("user"), is_superuser=is_superuser)
    viewer.learner_view = learner_view
    return viewer
