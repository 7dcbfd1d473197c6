"""Writes what a plan says. Callers have checked that the person may author the course."""

from django.db import transaction

from lessons.accounts.models import User
from lessons.courses.services import record
from lessons.importing.builders import add_module_items, create_lesson, fingerprint, save_imported_lessons
from lessons.importing.models import ArticleImport, ImportedLesson
from lessons.importing.reimport.plan import MISSING, LessonChange, ReimportPlan, module_to_update, plan_reimport
from lessons.importing.review.texts import require_complete
from lessons.models import Lesson, Module
from lessons.services import EditConflict, claim_version, reorder_lessons


class PlanOutdated(ValueError):
    """The update would do something else than the person has seen."""


@transaction.atomic
def apply_reimport(
    *, by: User, article: ArticleImport, expected_digest: str | None = None, overwrite: bool = False
) -> ReimportPlan:
    """Brings the drafts of the module that the article made before up to the article; gives what was done.

    Lessons keep their ids and addresses, revisions and what hangs on them stay, nothing is published and nothing
    deleted. seen: `Plan.seen` as the person saw it. Raises NotReady and PlanChanged.
    """
    row = ArticleImport.objects.select_for_update().get(pk=article.pk)
    # Nobody adds lessons to it, or updates it too, meanwhile.
    module = Module.objects.select_for_update().get(pk=module_to_update(row).pk)
    require_complete(row.review, needs_title=False)
    plan = plan_reimport(row, module, overwrite=overwrite)
    if expected_digest is not None and expected_digest != plan.digest:
        raise PlanOutdated
    if not plan.is_empty:
        _write(plan)
        record(by=by, verb="import", course=row.course, target=module, source=row.source_name, **plan.counts)
    save_imported_lessons(row, [_text_of(change) for change in plan.changes])
    row.module = module
    row.save(update_fields=["module", "updated_at"])
    return plan


def _write(plan: ReimportPlan) -> None:
    taken = set(plan.module.lessons.values_list("slug", flat=True))
    made = False
    for change in plan.changes:
        if change.will_write and change.lesson:
            _overwrite(change)
        elif change.will_write:
            change.lesson = create_lesson(plan.module, change.text, position=0, taken=taken)
            made = True
    if made or plan.is_reordered or any(change.imported.in_article for change in plan.with_status(MISSING)):
        reorder_lessons(module=plan.module, lesson_ids=[change.lesson.pk for change in plan.changes if change.lesson])
    sections = [(section, c.lesson) for c in plan.changes if c.text for section in c.text.sections]
    add_module_items(plan.module, plan.new_items, {section: _plain(lesson) for section, lesson in sections if lesson})


def _overwrite(change: LessonChange) -> None:
    try:
        claim_version(lesson=change.lesson, version=change.lesson.version)
    except EditConflict:
        raise PlanOutdated from None
    for name, value in change.fields.items():
        setattr(change.lesson, name, value)
    change.lesson.version += 1
    change.lesson.save(update_fields=[*change.fields, "updated_at"])


def _plain(lesson: Lesson) -> Lesson:
    """The lesson itself, so that foreign keys to Lesson take it."""
    return getattr(lesson, "lesson_ptr", lesson)


def _text_of(change: LessonChange) -> ImportedLesson:
    """A lesson that was deleted here is remembered as such. What is missing keeps what was known of it."""
    made = fingerprint(change.fields) if change.fields else change.imported.fingerprint
    lesson_id = change.lesson.pk if change.lesson else None
    return ImportedLesson(
        lesson_id=lesson_id, heading=change.heading[:200], fingerprint=made, in_article=bool(change.text)
    )
