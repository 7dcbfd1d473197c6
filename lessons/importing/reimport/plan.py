"""Plan the update of a module by its article, lesson by lesson. Writes nothing."""

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Subquery

from lessons.importing.article_checks import with_checks_as_code
from lessons.importing.builders import (
    fingerprint,
    lesson_fields,
    module_item_keys,
    new_module_items,
    with_lesson_urls,
)
from lessons.importing.models import ArticleImport, ImportedLesson
from lessons.importing.reimport.matching import MatchCandidate, match
from lessons.importing.review.reimport_choice import chosen_sections, is_update
from lessons.importing.review.texts import ReviewedLesson, reviewed_lessons
from lessons.markup.plain_text import text_by_block, text_digest
from lessons.models import Lesson, Module
from lessons.practice.transfer import checks_of_drafts

UNCHANGED, CHANGED, NEW, MISSING, REMOVED = "unchanged", "changed", "new", "missing", "removed"


@dataclass(slots=True)
class LessonChange:
    """What happens to one lesson.

    status: unchanged, changed or new for a lesson of the article; missing for a lesson of the module that the article
    no longer has; removed for one of the article that was deleted here or moved away. lesson: a CaseStudy if it is
    one. body: its draft, with its checks as code. fields: those of the article. is_edited: the draft was edited here,
    and the article's text would replace the edits. takes_article: the article's text is to replace those edits, or to
    bring back what was removed.
    """

    status: str
    imported: ImportedLesson | None
    text: ReviewedLesson | None = None
    lesson: Lesson | None = None
    body: str = ""
    fields: dict[str, str] | None = None
    is_edited: bool = False
    takes_article: bool = False

    @property
    def section(self) -> str:
        return self.text.sections[0] if self.text else ""

    @property
    def heading(self) -> str:
        """Return the article's own heading."""
        if self.text:
            return self.text.heading
        return self.imported.heading if self.imported else ""

    @property
    def title(self) -> str:
        """Return the title in the article, or the lesson's own if it is no longer in the article."""
        if self.fields:
            return self.fields["title"]
        return self.lesson.title if self.lesson else ""

    @property
    def will_write(self) -> bool:
        if self.status in (NEW, REMOVED):
            return self.status == NEW or self.takes_article
        return self.takes_article if self.is_edited else self.status == CHANGED

    @property
    def keeps_draft(self) -> bool:
        """Return whether the draft was edited here and stays as it is."""
        return self.is_edited and not self.takes_article

    @property
    def keeps_kind(self) -> bool:
        """Return whether the article and the course disagree on whether the lesson is a case study."""
        return bool(self.lesson and self.text and self.lesson.kind != self.text.kind)


@dataclass(slots=True)
class ReimportPlan:
    """All changes: those of the article in its order, then the missing ones."""

    module: Module
    changes: list[LessonChange]
    new_items: dict[str, list[dict]]
    is_reordered: bool

    @property
    def is_empty(self) -> bool:
        """Return whether the article has not changed and the update would write nothing."""
        return not (self.is_reordered or any(self.new_items.values()) or any(map(_has_changes, self.changes)))

    def with_status(self, status: str) -> list[LessonChange]:
        return [change for change in self.changes if change.status == status]

    @property
    def counts(self) -> dict[str, Any]:
        """Count the lessons: changed, unchanged (with edited drafts that stay as they are), new, missing."""
        created = sum(change.will_write for change in self.with_status(NEW) + self.with_status(REMOVED))
        existing = self.with_status(UNCHANGED) + self.with_status(CHANGED)
        changed = sum(change.will_write for change in existing)
        return {
            "changed": changed,
            "unchanged": len(existing) - changed,
            "new": created,
            "missing": len(self.with_status(MISSING)),
        }

    @property
    def digest(self) -> str:
        """Return a digest of what the plan shows of the lessons, including their current versions."""
        rows = [(c.status, c.section, c.lesson and (c.lesson.pk, c.lesson.version), c.fields) for c in self.changes]
        return text_digest(json.dumps(rows, sort_keys=True))


def previous_module(article: ArticleImport) -> Module | None:
    """Return the module that the article made before; None if it was deleted or is in another course now."""
    module = article.previous and article.previous.module
    if module and module.course_id == article.course_id and module.bin_entry_id is None:
        return module
    return None


def module_to_update(article: ArticleImport) -> Module | None:
    """Return the module to update; None if a new one is made, by choice or because there is none to update."""
    return previous_module(article) if is_update(article.review) else None


def plan_reimport(article: ArticleImport, module: Module, *, overwrite: bool = False) -> ReimportPlan:
    """Plan an update of `module`. overwrite: the article’s text replaces every edited draft. Seven queries, and
    one if lessons have checks.
    """
    lessons = {lesson.pk: lesson for lesson in module.lessons.select_related("casestudy")}
    checks = checks_of_drafts(lessons.values())
    bodies = {pk: with_checks_as_code(lesson.body, checks[pk]) for pk, lesson in lessons.items()}
    imported = _imported_versions(module, lessons)
    reviewed = [(text, lesson_fields(text)) for text in reviewed_lessons(article.review, article.text.blocks)]
    old_index = match(
        tuple(_new_candidate(*pair) for pair in reviewed), tuple(_old_candidate(row, lessons) for row in imported)
    )
    chosen = {text.sections[0] for text, _fields in reviewed} if overwrite else chosen_sections(article.review)
    versions = [imported[old_index[n]] if n in old_index else None for n in range(len(reviewed))]
    _set_addresses(reviewed, versions, lessons, chosen)
    changes = [
        _change(text, fields, version, lessons, bodies)
        for (text, fields), version in zip(reviewed, versions, strict=True)
    ]
    for change in changes:
        change.takes_article = change.section in chosen
    matched = set(old_index.values())
    for m, version in enumerate(imported):
        if m not in matched and version.lesson_id in lessons:
            changes.append(LessonChange(MISSING, version, lesson=_as_subclass(lessons[version.lesson_id])))
    new_items = new_module_items(article.review, module_item_keys(module))
    return ReimportPlan(module, changes, new_items, _is_reordered(changes))


def _set_addresses(
    reviewed: list[tuple[ReviewedLesson, dict[str, str]]],
    versions: list[ImportedLesson | None],
    lessons: dict[int, Lesson],
    chosen: set[str],
) -> None:
    """Set the URLs of existing lessons in the bodies; those of lessons to be created are set later."""
    known: dict[str, Lesson] = {}
    coming: set[str] = set()
    for (text, _fields), version in zip(reviewed, versions, strict=True):
        lesson = lessons.get(version.lesson_id) if version and version.lesson_id else None
        if lesson:
            known |= dict.fromkeys(text.sections, lesson)
        elif version is None or text.sections[0] in chosen:
            coming |= set(text.sections)
    for _text, fields in reviewed:
        fields["body"] = with_lesson_urls(fields["body"], known, coming)


def _imported_versions(module: Module, lessons: dict[int, Lesson]) -> list[ImportedLesson]:
    """Return what the latest import made, lessons that are still in the article first.

    For an import older than this table, all that is known are the titles of the lessons.
    """
    latest = ImportedLesson.objects.filter(article__module=module).order_by("-pk").values("article")[:1]
    versions = ImportedLesson.objects.filter(article=Subquery(latest)).order_by("-in_article", "position")
    return list(versions) or [ImportedLesson(lesson_id=pk, heading=lesson.title) for pk, lesson in lessons.items()]


def _change(
    text: ReviewedLesson,
    fields: dict[str, str],
    imported: ImportedLesson | None,
    lessons: dict[int, Lesson],
    bodies: dict[int, str],
) -> LessonChange:
    """Return what happens to a lesson of the article. bodies: the drafts of the lessons, with their checks as code."""
    if imported is None:
        return LessonChange(NEW, None, text, fields=fields)
    if imported.lesson_id not in lessons:
        return LessonChange(REMOVED, imported, text, fields=fields)
    lesson = _as_subclass(lessons[imported.lesson_id])
    if lesson.kind != text.kind:
        fields = {name: fields[name] for name in ("title", "body")}
    current = {name: getattr(lesson, name) for name in fields} | {"body": bodies[lesson.pk]}
    previous = {name: imported.fingerprint.get(name, "") for name in fields}
    is_edited = current != fields and fingerprint(current) != previous
    status = UNCHANGED if current == fields or fingerprint(fields) == previous else CHANGED
    return LessonChange(status, imported, text, lesson, bodies[lesson.pk], fields, is_edited)


def _as_subclass(lesson: Lesson) -> Lesson:
    return getattr(lesson, "casestudy", lesson)


def _new_candidate(text: ReviewedLesson, fields: dict[str, str]) -> MatchCandidate:
    return MatchCandidate((text.heading, text.title), text_by_block(fields["body"]))


def _old_candidate(imported: ImportedLesson, lessons: dict[int, Lesson]) -> MatchCandidate:
    lesson = lessons.get(imported.lesson_id) if imported.lesson_id else None
    title = imported.fingerprint.get("title", "")
    if lesson is None:
        return MatchCandidate((imported.heading, title), "")
    return MatchCandidate((imported.heading, title, lesson.title, lesson.slug), text_by_block(lesson.body))


def _has_changes(change: LessonChange) -> bool:
    if change.status == MISSING:
        return bool(change.imported and change.imported.in_article)
    return change.will_write or change.status in (NEW, CHANGED)


def _is_reordered(changes: list[LessonChange]) -> bool:
    """Return whether the order of the article's lessons has changed."""
    old = [change.imported.position for change in changes if change.text and change.imported and change.imported.pk]
    return old != sorted(old)
