"""Prevent erasing or closing the account of a course's last instructor or of the site's last administrator."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership


class HandoverRequired(ValueError):
    """Courses would be left without an instructor, or the site without an administrator; the message says which."""


def lock_courses(user: User) -> list[Course]:
    """Lock and return the user's courses, so that two instructors of a course cannot be erased at the same time."""
    return list(Course.objects.select_for_update(no_key=True).filter(memberships__user=user).order_by("pk"))


def require_handover(user: User) -> None:
    """Raise HandoverRequired if a course would have no instructor or the site no administrator."""
    require_other_instructors(user)
    require_other_administrator(user)


def require_other_instructors(user: User) -> None:
    """Raise HandoverRequired if the user is a course's only instructor."""
    courses = solely_taught_courses(user)
    if courses:
        message = ngettext(
            "%(courses)s would have no instructor. Make somebody else an instructor there or close the course, then "
            "try again.",
            "%(courses)s would have no instructor. Make others instructors there or close the courses, then try "
            "again.",
            len(courses),
        )
        raise HandoverRequired(message % {"courses": ", ".join(f"“{course}”" for course in courses)})


def require_other_administrator(user: User) -> None:
    """Raise HandoverRequired if the user is the only administrator."""
    administrators = User.objects.filter(is_superuser=True, is_active=True)
    is_only = list(administrators.values_list("pk", flat=True)[:2]) == [user.pk]
    if is_only:
        raise HandoverRequired(
            _("This site would have no administrator. Make somebody else an administrator, then try again.")
        )


def solely_taught_courses(user: User) -> list[Course]:
    """Return the open courses of which the user is the only instructor. One query."""
    instructors = Membership.objects.active().filter(role=Membership.Role.INSTRUCTOR)
    own = instructors.filter(user=user).values("course")
    others = instructors.filter(user__is_active=True).exclude(user=user).values("course")
    return list(Course.objects.filter(pk__in=own, closed_at=None).exclude(pk__in=others))
