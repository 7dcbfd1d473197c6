"""The context of a course's page: its modules."""

from typing import NamedTuple

from django.db.models import Count, Q

from lessons.courses.models import Course
from lessons.models import GlossaryTerm, Module, TimelineEvent


class ModuleRow(NamedTuple):
    """A module with the numbers of its lessons, glossary terms and timeline events."""

    module: Module
    lessons: int
    terms: int
    events: int

    @property
    def pk(self) -> int:
        return self.module.pk


def course_outline(course: Course) -> dict:
    """Return template context: `module_rows`, one for each module of the course, in order. Three queries."""
    lesson_count = Count("lessons", filter=Q(lessons__bin_entry=None))
    modules = Module.objects.filter(course=course).annotate(n=lesson_count).order_by("position", "pk")
    terms, events = (
        dict(
            model._default_manager.filter(module__course=course).order_by().values_list("module").annotate(Count("pk"))
        )
        for model in (GlossaryTerm, TimelineEvent)
    )
    rows = [ModuleRow(module, module.n, terms.get(module.pk, 0), events.get(module.pk, 0)) for module in modules]
    return {"module_rows": rows}
