"""What the module's page shows of its lessons and of what belongs to it."""

from django.urls import reverse

from lessons.authoring.status import LessonStatus, as_subclass, lesson_status, word_count
from lessons.models import Lesson, Module


def module_outline(module: Module) -> dict:
    """Template context: `rows`, one a lesson in order, `drafts`, how many readers do not see so; `belongings`."""
    lessons = module.lessons.select_related("casestudy", "current_revision").order_by("position", "pk")
    rows = [_row(lesson, module) for lesson in lessons]
    drafts = sum(row["stage"] in (LessonStatus.DRAFT, LessonStatus.UNPUBLISHED_CHANGES) for row in rows)
    return {"rows": rows, "drafts": drafts, "belongings": _belongings(module)}


def _row(lesson: Lesson, module: Module) -> dict:
    whole = as_subclass(lesson)
    return {
        "pk": lesson.pk,
        "title": lesson.title,
        "slug": lesson.slug or "lesson",
        "kind": whole._meta.verbose_name,
        "stage": lesson_status(lesson),
        "words": word_count(lesson),
        "url": reverse(f"admin:lessons_{whole._meta.model_name}_change", args=[lesson.pk]),
        "on_site": lesson.state == Lesson.State.PUBLISHED and module.state != Module.State.DRAFT,
    }


def _belongings(module: Module) -> list[dict]:
    """The terms, events and prompts: a count and two addresses each. One query each."""
    return [_belonging(module, name) for name in ("glossaryterm", "timelineevent", "prompt")]


def _belonging(module: Module, name: str) -> dict:
    rows, place = getattr(module, f"{name}s"), f"admin:lessons_{name}"
    return {
        "name": rows.model._meta.verbose_name_plural,
        "count": rows.count(),
        "url": f"{reverse(f'{place}_changelist')}?module__id__exact={module.pk}",
        "add_url": f"{reverse(f'{place}_add')}?module={module.pk}",
    }
