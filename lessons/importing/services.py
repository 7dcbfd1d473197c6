"""Writes of the importer. Callers have checked that the user may edit the course's content."""

from copy import copy
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max

from lessons.accounts.models import User
from lessons.annotations.services import prepare_publication, publish
from lessons.courses.models import Course
from lessons.courses.services import record
from lessons.importing.analysis import analyse
from lessons.importing.article_checks import check_notices, place_checks_of
from lessons.importing.builders import (
    MAX_TITLE,
    add_module_items,
    create_lesson,
    fingerprint,
    lesson_fields,
    module_item_keys,
    new_module_items,
    save_imported_lessons,
    write_lesson_urls,
)
from lessons.importing.document import ParsedArticle
from lessons.importing.images import PreparedImages, describe_assets, prepare_images, store_images, written_files
from lessons.importing.models import ArticleImport, ArticleText, ImportedLesson
from lessons.importing.reimport.find_previous import find_previous_import
from lessons.importing.reimport.plan import ReimportPlan, module_to_update, plan_reimport
from lessons.importing.review.blocks import word_counts
from lessons.importing.review.carry_over import SUGGESTION_FIELD, carry_over, carry_over_blocks, suggestion_key
from lessons.importing.review.reimport_choice import add_reimport_choice
from lessons.importing.review.state import initial_review
from lessons.importing.review.suggestions import accept_everything
from lessons.importing.review.texts import ReviewedLesson, require_complete, reviewed_lessons
from lessons.importing.uploads import delete_upload
from lessons.indexed_texts import indexing_together
from lessons.markup.characters import clean_text
from lessons.markup.plain_text import plain_text, text_digest
from lessons.markup.sanitise import sanitise
from lessons.memo import memoizing
from lessons.models import DraftVersion, Lesson, Module
from lessons.services import prepare_html, record_draft_versions, set_module_state, unique_slug


class PreparedImport(NamedTuple):
    """An article with its outline for review, nothing of which is saved yet. `article.text` is its text."""

    article: ArticleImport
    images: PreparedImages


def prepare_import(
    *,
    by: User | None,
    course: Course,
    name: str,
    parsed: ParsedArticle,
    accept_all: bool = False,
    as_new: bool = False,
) -> PreparedImport:
    """Return the article with its outline for review: analysing it is slow, so call this before a transaction.

    `parsed` comes from `readers.read_upload` or `read_paste`; its images are encoded here. If the course has a
    module made of the same article, the review starts with the decisions of that import, unless `as_new` is set.
    accept_all: accept every suggestion about which nothing was decided before.
    """
    name = clean_text(name)  # the name of a file on disk may contain bytes that are not UTF-8
    images = prepare_images(parsed, course)
    review, blocks = initial_review(analyse(parsed), parsed)
    review = accept_everything(review) if accept_all else review
    notices = images.notices + check_notices(block.html for block in parsed.blocks)
    review |= {"notices": notices, "encoding": parsed.encoding, "images": _images(images)}
    digest = text_digest(parsed.original)
    previous = (
        None if as_new else find_previous_import(course=course, sha256=digest, name=name, titles=[review["title"]])
    )
    if previous and previous.module:
        is_same = previous.sha256 == digest and set(images.alts) == set(previous.review["images"])
        review, blocks = _with_decisions(review, blocks, previous, is_same=is_same)
        review = add_reimport_choice(carry_over(review, previous.review, module_item_keys(previous.module)))
    article = ArticleImport(
        course=course, author=by, previous=previous, source_name=name[-200:], sha256=digest, review=review
    )
    ArticleText(article=article, original=parsed.original, blocks=blocks, word_counts=word_counts(blocks))
    return PreparedImport(article, images)


def _images(images: PreparedImages) -> dict[str, dict]:
    return {uid: {"alt": alt, "is_decorative": False} for uid, alt in images.alts.items()}


def _with_decisions(review: dict, blocks: dict, previous: ArticleImport, *, is_same: bool) -> tuple[dict, dict]:
    """Return the review with the earlier decisions about its blocks.

    A source with the same text and images starts from the last review, with its order and splits.
    """
    if is_same:
        return {**previous.review}, previous.text.blocks
    return carry_over_blocks(review, blocks, previous.review, previous.text.blocks), blocks


def keep_decisions(prepared: PreparedImport, article: ArticleImport) -> None:
    """Carry over the decisions of the review to an article that was read again, where they concern the same text."""
    new, before = prepared.article, article.review
    everything = {kind: {suggestion_key(kind, item) for item in before[kind]} for kind in SUGGESTION_FIELD}
    review = carry_over(new.review, before, everything)
    review = carry_over_blocks(review, new.text.blocks, before, article.text.blocks)
    new.review = review | ({"reimport": before["reimport"]} if "reimport" in before else {})


def save_import(prepared: PreparedImport) -> ArticleImport:
    """Store a prepared import with its text and its images."""
    with written_files(*prepared):
        return store_import(prepared)


@transaction.atomic
def store_import(prepared: PreparedImport) -> ArticleImport:
    """Store a prepared import within `written_files`, for callers with a transaction of their own."""
    article = prepared.article
    article.save()
    text = article.text
    text.article = article
    text.save(force_insert=True)
    store_images(article, prepared.images)
    return article


def prepare_module(article: ArticleImport, review: dict) -> None:
    """Do the slow part of making or updating a module from `review` within `memoizing`, before the transaction."""
    for reviewed in reviewed_lessons(review, article.text.blocks):
        prepare_html(sanitise(lesson_fields(reviewed)["body"]))
    changed = copy(article)
    changed.review = review
    if module := module_to_update(changed):
        plan_reimport(changed, module)


def create_module_from_review(*, by: User | None, article: ArticleImport) -> Module:
    """Create the module as a draft; a second call returns the same module. Raise ReviewIncomplete."""
    with memoizing():
        prepare_module(article, article.review)
        return _create_module_from_review(by, article)


@transaction.atomic
def _create_module_from_review(by: User | None, article: ArticleImport) -> Module:
    row = ArticleImport.objects.select_for_update().get(pk=article.pk)
    if row.module_id:
        return Module.all_objects.get(pk=row.module_id)
    require_complete(row.review)
    module = _create_module(row)
    lessons = _create_lessons(module, reviewed_lessons(row.review, article.text.blocks))
    lesson_of_section = {section: lesson for reviewed, lesson in lessons for section in reviewed.sections}
    write_lesson_urls([lesson for _reviewed, lesson in lessons], lesson_of_section)
    created = [lesson for _reviewed, lesson in lessons]
    imported = [_imported_lesson(reviewed, lesson) for reviewed, lesson in lessons]
    place_checks_of(created)
    record_draft_versions(lessons=created, by=by, origin=DraftVersion.Origin.IMPORT)
    no_keys: dict[str, set[str]] = dict.fromkeys(SUGGESTION_FIELD, set())
    add_module_items(module, new_module_items(row.review, no_keys), lesson_of_section)
    save_imported_lessons(row, imported)
    row.module = module
    row.save(update_fields=["module", "updated_at"])
    describe_assets(row)
    delete_upload(row)
    record(by=by, verb="import", course=row.course, target=module)
    return module


def publish_module(*, by: User | None, module: Module) -> int:
    """Publish every lesson that has text, then the module. Return how many lessons have a new revision."""
    return _publish(by, module, list(module.lessons.select_related("module__course")))


def publish_reimport(*, by: User | None, plan: ReimportPlan) -> int:
    """Publish what an update took from the article, then the module. Return how many lessons have a new revision.

    Drafts that keep edits made here are left to their authors, and withdrawn lessons stay withdrawn.
    """
    lessons = [change.lesson for change in plan.changes if change.lesson and change.text and not change.keeps_draft]
    return _publish(by, plan.module, [lesson for lesson in lessons if lesson.state != Lesson.State.WITHDRAWN])


def _publish(by: User | None, module: Module, lessons: list[Lesson]) -> int:
    with memoizing():
        lessons = [lesson for lesson in lessons if plain_text(lesson.body).strip()]
        for lesson in lessons:
            prepare_publication(lesson)
        return _publish_prepared(by, module, lessons)


@transaction.atomic
def _publish_prepared(by: User | None, module: Module, lessons: list[Lesson]) -> int:
    count = 0
    with indexing_together():
        for lesson in lessons:
            previous_id = lesson.current_revision_id
            count += publish(lesson=lesson, by=by).pk != previous_id
        if module.state != Module.State.PUBLISHED:
            set_module_state(module=module, state=Module.State.PUBLISHED, by=by)
    return count


def _create_module(article: ArticleImport) -> Module:
    # Without the lock two articles of the same title, made into modules at the same time, would get the same slug.
    course = Course.objects.select_for_update(no_key=True).get(pk=article.course_id)
    taken = set(course.modules.values_list("slug", flat=True))
    last = course.modules.aggregate(last=Max("position"))["last"]
    title = article.review["title"][:MAX_TITLE]
    return Module.objects.create(
        course=article.course,
        title=title,
        slug=unique_slug(title, taken),
        summary=article.review["summary"],
        position=0 if last is None else last + 1,
    )


def _create_lessons(module: Module, lessons: list[ReviewedLesson]) -> list[tuple[ReviewedLesson, Lesson]]:
    taken: set[str] = set()
    return [
        (reviewed, create_lesson(module, reviewed, position=position, taken=taken))
        for position, reviewed in enumerate(lessons)
    ]


def _imported_lesson(reviewed: ReviewedLesson, lesson: Lesson) -> ImportedLesson:
    """Return the record of a lesson that was made, before its checks are placed."""
    return ImportedLesson(
        lesson=lesson,
        heading=reviewed.heading[:MAX_TITLE],
        fingerprint=fingerprint(lesson_fields(reviewed) | {"body": lesson.body}),
    )
