"""Fetch the course and the rule of a page, for those who may see it; others get a 404."""

from django.db.models import QuerySet
from django.http import Http404

from lessons.accounts.models import User
from lessons.courses.course_by_slug import get_readable_course
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.models import Lesson, Module, Revision
from lessons.participation.models import ParticipationRule, in_order_of_ends
from lessons.permissions import can_discuss, can_view_participation

RULE_FIELDS = [field.attname for field in ParticipationRule._meta.concrete_fields]
MODULE_COLUMNS = ("module__title", "module__state")
LESSON_COLUMNS = ("lesson__title", "lesson__current_revision", "lesson__current_revision__title")


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
    return in_order_of_ends(_rule(course, row) for row in fetch_rows(_rules_query, course=course.pk))


def _rules_query() -> QuerySet:
    rules = ParticipationRule.objects.current().filter(course=int_param("course")).order_by("pk")
    return rules.values_list(*RULE_FIELDS, *MODULE_COLUMNS, *LESSON_COLUMNS)


def _rule(course: Course, row: tuple) -> ParticipationRule:
    n, m = len(RULE_FIELDS), len(RULE_FIELDS) + len(MODULE_COLUMNS)
    rule = ParticipationRule.from_db("default", RULE_FIELDS, row[:n])
    rule.course = course
    if rule.module_id:
        rule.module = Module.from_db("default", ["id", "title", "state"], [rule.module_id, *row[n:m]])
    if rule.lesson_id:
        title, revision, published_title = row[m:]
        lesson = Lesson.from_db("default", ["id", "title", "current_revision_id"], [rule.lesson_id, title, revision])
        rule.lesson = lesson
        if revision:
            lesson.current_revision = Revision.from_db("default", ["id", "title"], [revision, published_title])
    return rule


def get_rule(course: Course, pk: int) -> ParticipationRule:
    """Return a rule of the course; raise Http404. One query."""
    rule = next((rule for rule in rules_of(course) if rule.pk == pk), None)
    if rule is None:
        raise Http404
    return rule
