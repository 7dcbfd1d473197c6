"""Carry out a plan. Callers have checked that the user may edit the course's content."""

from django.db import transaction

from lessons.accounts.models import User
from lessons.courses.services import record
from lessons.importing.article_checks import place_checks, place_checks_of
from lessons.importing.builders import (
    MAX_TITLE,
    add_module_items,
    as_lesson,
    create_lesson,
    fingerprint,
    save_imported_lessons,
    with_lesson_urls,
    write_lesson_urls,
)
from lessons.importing.images import describe_assets
from lessons.importing.models import ArticleImport, ImportedLesson
from lessons.importing.reimport.plan import MISSING, LessonChange, ReimportPlan, module_to_update, plan_reimport
from lessons.importing.review.texts import require_complete
from lessons.importing.uploads import delete_upload
from lessons.memo import memoizing
from lessons.models import DraftVersion, Lesson, Module
from lessons.services import EditConflict, claim_version, record_draft_versions, reorder_lessons


class PlanOutdated(ValueError):
    """The update would now do something other than what the user was shown."""


def apply_reimport(
    *, by: User | None, article: ArticleImport, expected_digest: str | None = None, overwrite: bool = False
) -> ReimportPlan:
    """Bring the drafts of the module that the article made before up to date; return what was done.

    Lessons keep their ids and URLs; revisions and what belongs to them stay; nothing is published and nothing is
    deleted. expected_digest: `ReimportPlan.digest` as the user was shown it. overwrite: replace edited drafts too.
    Raise ReviewIncomplete and PlanOutdated.
    """
    with memoizing():
        if module := module_to_update(article):
            plan_reimport(article, module)  # slow, and memoized
        return _apply(by, article, expected_digest, overwrite)


@transaction.atomic
def _apply(by: User | None, article: ArticleImport, expected_digest: str | None, overwrite: bool) -> ReimportPlan:
    row = ArticleImport.objects.select_for_update().get(pk=article.pk)
    previous = module_to_update(row)
    if previous is None:
        raise PlanOutdated
    # While the module is locked, nobody else adds lessons to it or updates it.
    module = Module.objects.select_for_update().get(pk=previous.pk)
    require_complete(row.review, needs_title=False)
    plan = plan_reimport(row, module, overwrite=overwrite)
    if expected_digest is not None and expected_digest != plan.digest:
        raise PlanOutdated
    if not plan.is_empty:
        _write(plan, by)
        record(by=by, verb="import", course=row.course, target=module, **plan.counts)
    save_imported_lessons(row, [_imported_lesson(change) for change in plan.changes])
    row.module = module
    row.save(update_fields=["module", "updated_at"])
    describe_assets(row)
    delete_upload(row)
    return plan


def _write(plan: ReimportPlan, by: User | None) -> None:
    taken = set(plan.module.lessons.values_list("slug", flat=True))
    overwritten = [change for change in plan.changes if change.will_write and change.lesson]
    created = []
    for change in plan.changes:
        if change.will_write and change.text and not change.lesson:
            change.lesson = create_lesson(plan.module, change.text, position=0, taken=taken)
            created.append(change.lesson)
    lesson_of_section = {
        section: as_lesson(change.lesson)
        for change in plan.changes
        if change.text and change.lesson
        for section in change.text.sections
    }
    for change in plan.changes:
        if change.fields:
            change.fields = {**change.fields, "body": with_lesson_urls(change.fields["body"], lesson_of_section)}
    for change in overwritten:
        if change.lesson and change.fields:
            _overwrite(change.lesson, change.fields)
    write_lesson_urls(created, lesson_of_section)
    place_checks_of(created)
    written = [change.lesson for change in overwritten if change.lesson] + created
    record_draft_versions(lessons=written, by=by, origin=DraftVersion.Origin.IMPORT)
    is_missing = any(change.imported and change.imported.in_article for change in plan.with_status(MISSING))
    if created or plan.is_reordered or is_missing:
        reorder_lessons(module=plan.module, lesson_ids=[change.lesson.pk for change in plan.changes if change.lesson])
    add_module_items(plan.module, plan.new_items, lesson_of_section)


def _overwrite(lesson: Lesson, fields: dict[str, str]) -> None:
    try:
        claim_version(lesson=lesson, version=lesson.version)
    except EditConflict:
        raise PlanOutdated from None
    for name, value in fields.items():
        setattr(lesson, name, place_checks(lesson, value) if name == "body" else value)
    lesson.version += 1
    lesson.save(update_fields=[*fields, "updated_at"])


def _imported_lesson(change: LessonChange) -> ImportedLesson:
    """Return the record of a change. A lesson that the article no longer has keeps its fingerprint."""
    kept = change.imported.fingerprint if change.imported else {}
    return ImportedLesson(
        lesson_id=change.lesson.pk if change.lesson else None,
        heading=change.heading[:MAX_TITLE],
        fingerprint=fingerprint(change.fields) if change.fields else kept,
        in_article=bool(change.text),
    )
