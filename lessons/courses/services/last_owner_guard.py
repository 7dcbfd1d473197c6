"""Nobody goes who alone holds a course or the site: by erasing, by a closed account, by any door."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership


class HandoverRequired(ValueError):
    """Courses would be left without an instructor, or the site without an administrator; the message says which."""


def lock_courses(user: User) -> list[Course]:
    """Until the transaction ends, nobody else writes seats there: two who teach a course must not both go at once."""
    return list(Course.objects.select_for_update(no_key=True).filter(memberships__user=user).order_by("pk"))


def require_handover(user: User) -> None:
    """Raises MustHandOver."""
    require_other_instructors(user)
    require_other_administrator(user)


def require_other_instructors(user: User) -> None:
    """Raises MustHandOver where the person is a course's only instructor."""
    courses = solely_taught_courses(user)
    if courses:
        words = ngettext(
            "%(courses)s would have no instructor. Make somebody else an instructor there, or close the course; then "
            "come back.",
            "%(courses)s would have no instructor. Make others instructors there, or close the courses; then come "
            "back.",
            len(courses),
        )
        raise HandoverRequired(words % {"courses": ", ".join(f"“{course}”" for course in courses)})


def require_other_administrator(user: User) -> None:
    """Raises MustHandOver where the person is the only administrator."""
    administrators = User.objects.filter(is_superuser=True, is_active=True)
    only = list(administrators.values_list("pk", flat=True)[:2]) == [user.pk]
    if only:
        raise HandoverRequired(_("This site would have no administrator. Make somebody else one; then come back."))


def solely_taught_courses(user: User) -> list[Course]:
    """Courses not closed whose only instructor the person is. One query."""
    teach = {"role": Membership.Role.INSTRUCTOR, "state": Membership.State.ACTIVE}
    mine = Membership.objects.filter(user=user, **teach).values("course")
    others = Membership.objects.filter(user__is_active=True, **teach).exclude(user=user).values("course")
    return list(Course.objects.filter(pk__in=mine, closed_at=None).exclude(pk__in=others))
