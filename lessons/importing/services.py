"""Writes of the importer. Callers have checked that the person may author the course."""

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.annotations.services import publish
from lessons.courses.models import Course
from lessons.courses.services import record
from lessons.importing.analysis import analyse
from lessons.importing.builders import (
    MAX_TITLE,
    add_module_items,
    create_lesson,
    fingerprint,
    lesson_fields,
    module_item_keys,
    new_module_items,
    save_imported_lessons,
)
from lessons.importing.document import ParsedArticle
from lessons.importing.models import ArticleImport, ImportedLesson
from lessons.importing.reimport.find_previous import find_previous_import
from lessons.importing.reimport.plan import ReimportPlan
from lessons.importing.review.carry_over import SUGGESTION_FIELD, carry_over
from lessons.importing.review.reimport_choice import add_reimport_choice
from lessons.importing.review.state import initial_review
from lessons.importing.review.suggestions import accept_everything
from lessons.importing.review.texts import ReviewedLesson, require_complete, reviewed_lessons
from lessons.markup.plain_text import text_digest
from lessons.models import Lesson, Module
from lessons.services import set_module_state, unique_slug


class ReviewConflict(ValueError):
    """The review was saved elsewhere since it was opened; `theirs` is what stands there now."""

    def __init__(self, theirs: ArticleImport):
        super().__init__(_("This review was saved in another window meanwhile. Look at what stands here now."))
        self.theirs = theirs


def start_import(
    *, by: User, course: Course, name: str, parsed: ParsedArticle, accept_all: bool = False, as_new: bool = False
) -> ArticleImport:
    """Keeps the article and its outline for review. `reading` comes from `readers.read_upload` or `read_paste`.

    Of an article that the course has a module of already, the review begins with what was decided then, unless it
    comes `as_new`. accept_all: every suggestion that was not decided before.
    """
    state = initial_review(analyse(parsed), parsed)
    state = accept_everything(state) if accept_all else state
    digest = text_digest(parsed.original)
    earlier = (
        None if as_new else find_previous_import(course=course, sha256=digest, name=name, titles=[state["title"]])
    )
    if earlier:
        state = add_reimport_choice(_with_earlier_decisions(state, earlier, is_same=earlier.sha256 == digest))
    return ArticleImport.objects.create(
        course=course,
        author=by,
        previous=earlier,
        source_name=name[-200:],
        source=parsed.original,
        sha256=digest,
        review=state,
    )


def _with_earlier_decisions(state: dict, earlier: ArticleImport, *, is_same: bool) -> dict:
    """The review that has just begun, or of the very same article the one of the time before, all decided alike."""
    begun = {**earlier.review} if is_same else state
    return carry_over(begun, earlier.review, module_item_keys(earlier.module))


@transaction.atomic
def save_review(*, article: ArticleImport, state: dict, version: int) -> ArticleImport:
    """Saves over `version`. Raises ReviewChanged when another window was faster."""
    saved = ArticleImport.objects.filter(pk=article.pk, version=version).update(state=state, version=F("version") + 1)
    article.refresh_from_db()
    if not saved:
        raise ReviewConflict(article)
    return article


@transaction.atomic
def create_module_from_review(*, by: User, article: ArticleImport) -> Module:
    """The module, as a draft, out of the review: once. A second call returns the same module. Raises NotReady."""
    row = ArticleImport.objects.select_for_update().get(pk=article.pk)
    if row.module_id:
        return Module.objects.get(pk=row.module_id)
    require_complete(row.review)
    module = _module(row)
    lessons = _lessons(module, row.review)
    lesson_of = {section: lesson for text, lesson in lessons for section in text.sections}
    add_module_items(module, new_module_items(row.review, dict.fromkeys(SUGGESTION_FIELD, set())), lesson_of)
    save_imported_lessons(row, [_text_of(text, lesson) for text, lesson in lessons])
    row.module = module
    row.save(update_fields=["module", "updated_at"])
    record(by=by, verb="import", course=row.course, target=module, source=row.source_name)
    return module


@transaction.atomic
def publish_module(*, by: User, module: Module) -> int:
    """Publishes every lesson that has words, then the module. Returns how many have a new revision."""
    return _publish(by, module, list(module.lessons.select_related("module__course")))


@transaction.atomic
def publish_reimport(*, by: User, plan: ReimportPlan) -> int:
    """The same for what the article of an update holds. Drafts that stay as they were edited here are for their
    authors to publish; what was withdrawn stays so."""
    lessons = [change.lesson for change in plan.changes if change.lesson and change.text and not change.keeps_draft]
    return _publish(by, plan.module, [one for one in lessons if one.state != Lesson.State.WITHDRAWN])


def _publish(by: User, module: Module, lessons: list[Lesson]) -> int:
    made = 0
    for lesson in lessons:
        if lesson.body.strip():
            before = lesson.current_revision_id
            made += publish(lesson=lesson, by=by).pk != before
    if module.state != Module.State.PUBLISHED:
        set_module_state(module=module, state=Module.State.PUBLISHED, by=by)
    return made


def _module(row: ArticleImport) -> Module:
    # Two articles of one title that are made modules at once would take the same address.
    Course.objects.select_for_update(no_key=True).get(pk=row.course_id)
    taken = set(row.course.modules.values_list("slug", flat=True))
    last = row.course.modules.aggregate(last=Max("position"))["last"]
    title = row.review["title"][:MAX_TITLE]
    return Module.objects.create(
        course=row.course,
        title=title,
        slug=unique_slug(title, taken),
        summary=row.review["summary"],
        position=0 if last is None else last + 1,
    )


def _lessons(module: Module, state: dict) -> list[tuple[ReviewedLesson, Lesson]]:
    taken: set[str] = set()
    texts = enumerate(reviewed_lessons(state))
    return [(text, create_lesson(module, text, position=position, taken=taken)) for position, text in texts]


def _text_of(text: ReviewedLesson, lesson: Lesson) -> ImportedLesson:
    return ImportedLesson(
        lesson=lesson, heading=text.heading[:MAX_TITLE], fingerprint=fingerprint(lesson_fields(text))
    )
