"""Fetch the course and the rule of a page, for those who may see it; others get a 404."""

from django.http import Http404

from lessons.accounts.models import User
from lessons.courses.course_by_slug import get_readable_course
from lessons.courses.models import Course
from lessons.participation.models import ParticipationRule, in_order_of_ends
from lessons.permissions import can_discuss, can_view_participation


def get_course(user: User, slug: str) -> Course:
    """Return the course if the user takes part in it; else raise Http404. One query."""
    course = get_readable_course(user, slug)
    if not can_discuss(user, course):
        raise Http404
    return course


def get_course_as_staff(user: User, slug: str) -> Course:
    """Return the course if the user may see everybody's participation; else raise Http404. One query."""
    course = get_course(user, slug)
    if not can_view_participation(user, course):
        raise Http404
    return course


def rules_of(course: Course) -> list[ParticipationRule]:
    """Return the course's rules with what they are about, in the order of their ends. One query."""
    rules = ParticipationRule.objects.current().filter(course=course)
    texts = ("lesson__body", "lesson__current_revision__html", "lesson__current_revision__text")
    rows = list(rules.select_related("module", "lesson__current_revision").defer(*texts))
    for rule in rows:
        rule.course = course
    return in_order_of_ends(rows)


def get_rule(course: Course, pk: int) -> ParticipationRule:
    """Return a rule of the course; raise Http404. One query."""
    rule = next((rule for rule in rules_of(course) if rule.pk == pk), None)
    if rule is None:
        raise Http404
    return rule
