"""The context of a module's page: its lessons and items."""

from django.urls import reverse

from lessons.accounts.models import User
from lessons.authoring.publishing.schedule_notices import notices_by_lesson
from lessons.authoring.status import CHECK_VERSIONS, LessonStatus, as_subclass, lesson_status, word_count
from lessons.models import GlossaryTerm, Lesson, Module, Prompt, TimelineEvent

TABLE_PAGES: dict[type, str] = {
    GlossaryTerm: "admin:lessons_module_glossary",
    TimelineEvent: "admin:lessons_module_timeline",
}


def module_outline(module: Module, reader: User) -> dict:
    """Return template context.

    `lesson_rows`: one per lesson, in order. `draft_count`: lessons that readers do not see as they are now.
    `module_items`: one per kind of item.
    """
    lessons = module.lessons.select_related("casestudy", "current_revision").prefetch_related(CHECK_VERSIONS)
    lessons = lessons.order_by("position", "pk")
    schedules = notices_by_lesson(lessons, module.course, reader)
    rows = [_lesson_row(lesson, module) | {"schedules": schedules.get(lesson.pk, [])} for lesson in lessons]
    unpublished = (LessonStatus.DRAFT, LessonStatus.UNPUBLISHED_CHANGES)
    return {
        "lesson_rows": rows,
        "draft_count": sum(row["status"] in unpublished for row in rows),
        "module_items": [_module_items(module, model) for model in (GlossaryTerm, TimelineEvent, Prompt)],
    }


def _lesson_row(lesson: Lesson, module: Module) -> dict:
    opts = as_subclass(lesson)._meta
    return {
        "pk": lesson.pk,
        "title": lesson.title,
        "slug": lesson.slug or "lesson",
        "kind": opts.verbose_name,
        "status": lesson_status(lesson),
        "word_count": word_count(lesson),
        "url": reverse(f"admin:lessons_{opts.model_name}_change", args=[lesson.pk]),
        "is_visible": lesson.state == Lesson.State.PUBLISHED and module.state != Module.State.DRAFT,
    }


def _module_items(module: Module, model: type[GlossaryTerm | TimelineEvent | Prompt]) -> dict:
    """Return the count of one kind of item, and the URLs of its table or list and of its form. One query."""
    opts = model._meta
    count = model._default_manager.filter(module=module).count()
    table = TABLE_PAGES.get(model)
    changelist = f"{reverse(f'admin:lessons_{opts.model_name}_changelist')}?module__id__exact={module.pk}"
    return {
        "name": opts.verbose_name if count == 1 else opts.verbose_name_plural,
        "kind": opts.verbose_name,
        "count": count,
        "url": reverse(table, args=[module.pk]) if table else changelist,
        "add_url": f"{reverse(f'admin:lessons_{opts.model_name}_add')}?module={module.pk}",
    }
