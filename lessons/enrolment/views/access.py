"""What a page about people begins with: the course, for those who may see who is in it, or a 404."""

from django.http import Http404

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.models.active_memberships import remember_membership
from lessons.db.compiled_queries import fetch_rows, int_param, str_param
from lessons.permissions import can_manage_members, can_view_members, require

COURSE_FIELDS = [field.attname for field in Course._meta.concrete_fields]


def get_course_as_staff(user, slug: str) -> Course:
    """The course, for its staff; for others the page does not exist. One query."""
    found = fetch_rows(_course_query, user.is_superuser, user.learner_view, slug=slug, user=user.pk)
    if not found:
        raise Http404
    *own, role, group = found[0]
    course = Course.from_db(None, COURSE_FIELDS, own)
    course.membership_role, course.membership_group_id = role, group
    remember_membership(user, course.pk, course)
    if not can_view_members(user, course):
        raise Http404
    return course


def _course_query(is_superuser: bool, viewing: tuple[int, int | None] | None):
    reader = User(pk=int_param("user"), is_superuser=is_superuser)
    reader.learner_view = viewing
    courses = Course.objects.visible_to(reader).filter(slug=str_param("slug")).order_by()
    return courses.values_list(*COURSE_FIELDS, "membership_role", "membership_group_id")


def get_course_to_manage(user, slug: str) -> Course:
    """The course, for those who give seats in it; others of its staff get a 403. One query."""
    course = get_course_as_staff(user, slug)
    require(can_manage_members(user, course))
    return course


def site_url(request) -> str:
    """The portal's address as the person sees it, for links in mail."""
    return request.build_absolute_uri("/")
