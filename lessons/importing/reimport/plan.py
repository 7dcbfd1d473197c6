"""What an update of a module by its article would do, lesson by lesson. Reads, and writes nothing."""

import json
from dataclasses import dataclass

from django.db.models import Subquery

from lessons.importing.builders import fingerprint, lesson_fields, module_item_keys, new_module_items
from lessons.importing.models import ArticleImport, ImportedLesson
from lessons.importing.reimport.matching import MatchCandidate, match
from lessons.importing.review.reimport_choice import chosen_sections, is_update
from lessons.importing.review.texts import ReviewedLesson, reviewed_lessons
from lessons.markup.plain_text import text_by_block, text_digest
from lessons.models import CaseStudy, Lesson, Module

UNCHANGED, CHANGED, NEW, MISSING, REMOVED = "unchanged", "changed", "new", "missing", "removed"


@dataclass(slots=True)
class LessonChange:
    """What happens to one lesson.

    status: unchanged, changed or new of a text in the article; missing of a lesson whose text the article has no
    longer; removed of a text whose lesson was deleted or moved away here. lesson: in its own kind. fields: what the
    article says. is_edited: the draft holds words of somebody here that the article's would replace. takes: whether
    the article's words are to win over those, or bring back what was removed.
    """

    status: str
    imported: ImportedLesson | None
    text: ReviewedLesson | None = None
    lesson: Lesson | None = None
    fields: dict[str, str] | None = None
    is_edited: bool = False
    takes_article: bool = False

    @property
    def section(self) -> str:
        return self.text.sections[0] if self.text else ""

    @property
    def heading(self) -> str:
        """The article's own."""
        return self.text.heading if self.text else self.imported.heading

    @property
    def title(self) -> str:
        return self.fields["title"] if self.fields else self.lesson.title

    @property
    def will_write(self) -> bool:
        if self.status in (NEW, REMOVED):
            return self.status == NEW or self.takes_article
        return self.takes_article if self.is_edited else self.status == CHANGED

    @property
    def keeps_draft(self) -> bool:
        """Somebody here has edited the draft, and it stays so."""
        return self.is_edited and not self.takes_article

    @property
    def keeps_kind(self) -> bool:
        """The article has it as a case study and the course as a lesson, or the reverse."""
        return bool(self.lesson and self.text) and self.lesson.kind != self.text.kind


@dataclass(slots=True)
class ReimportPlan:
    """changes: in the order of the article, missing ones last. order: the ids of lessons as they are to stand."""

    module: Module
    changes: list[LessonChange]
    new_items: dict[str, list[dict]]
    is_reordered: bool

    @property
    def is_empty(self) -> bool:
        """The article is as it was, and so is all that the update would write."""
        return not (self.is_reordered or any(self.new_items.values()) or any(map(_has_changes, self.changes)))

    def with_status(self, status: str) -> list[LessonChange]:
        return [change for change in self.changes if change.status == status]

    @property
    def counts(self) -> dict[str, int]:
        """changed, unchanged (with drafts that stay as they were edited here), new, missing."""
        made = sum(change.will_write for change in self.with_status(NEW) + self.with_status(REMOVED))
        here = self.with_status(UNCHANGED) + self.with_status(CHANGED)
        changed = sum(change.will_write for change in here)
        return {
            "changed": changed,
            "unchanged": len(here) - changed,
            "new": made,
            "missing": len(self.with_status(MISSING)),
        }

    @property
    def digest(self) -> str:
        """A checksum of what a person who looks at the plan sees of the lessons, their present versions included."""
        rows = [(c.status, c.section, c.lesson and (c.lesson.pk, c.lesson.version), c.fields) for c in self.changes]
        return text_digest(json.dumps(rows, sort_keys=True))


def previous_module(article: ArticleImport) -> Module | None:
    """The one the article made before; None where it is gone, or stands in another course now."""
    module = article.previous and article.previous.module
    return module if module and module.course_id == article.course_id else None


def module_to_update(article: ArticleImport) -> Module | None:
    """None where a new one is made: by choice, or because there is none to update."""
    return previous_module(article) if is_update(article.review) else None


def plan_reimport(article: ArticleImport, module: Module, *, overwrite: bool = False) -> ReimportPlan:
    """overwrite: the article's words win everywhere. Six queries."""
    lessons = {one.pk: one for one in module.lessons.select_related("casestudy")}
    bases = _imported_versions(module, lessons)
    texts = [(text, lesson_fields(text)) for text in reviewed_lessons(article.review)]
    pairs = match([_new(*one) for one in texts], [_old(base, lessons) for base in bases])
    wanted = {text.sections[0] for text, _fields in texts} if overwrite else chosen_sections(article.review)
    changes = [_change(*one, bases[pairs[n]] if n in pairs else None, lessons) for n, one in enumerate(texts)]
    for change in changes:
        change.takes_article = change.section in wanted
    missing = [base for m, base in enumerate(bases) if m not in pairs.values() and base.lesson_id in lessons]
    changes += [LessonChange(MISSING, base, lesson=_whole(lessons[base.lesson_id])) for base in missing]
    added = new_module_items(article.review, module_item_keys(module))
    return ReimportPlan(module, changes, added, _is_reordered(changes))


def _imported_versions(module: Module, lessons: dict[int, Lesson]) -> list[ImportedLesson]:
    """What the latest import made, texts still in the article first. An import that remembers nothing, older than
    this table, counts as one that knows the lessons' names and nothing more."""
    latest = ImportedLesson.objects.filter(article__module=module).order_by("-pk").values("article")[:1]
    found = ImportedLesson.objects.filter(article=Subquery(latest)).order_by("-in_article", "position")
    return list(found) or [ImportedLesson(lesson_id=pk, heading=one.title) for pk, one in lessons.items()]


def _change(
    text: ReviewedLesson, fields: dict[str, str], base: ImportedLesson | None, lessons: dict[int, Lesson]
) -> LessonChange:
    if base is None:
        return LessonChange(NEW, None, text, fields=fields)
    if base.lesson_id not in lessons:
        return LessonChange(REMOVED, base, text, fields=fields)
    lesson = _whole(lessons[base.lesson_id])
    if lesson.kind != text.kind:
        fields = {name: fields[name] for name in ("title", "body")}
    now = {name: getattr(lesson, name) for name in fields}
    was = {name: base.fingerprint.get(name, "") for name in fields}
    is_edited = now != fields and fingerprint(now) != was
    status = UNCHANGED if now == fields or fingerprint(fields) == was else CHANGED
    return LessonChange(status, base, text, lesson, fields, is_edited)


def _whole(lesson: Lesson) -> Lesson | CaseStudy:
    return getattr(lesson, "casestudy", lesson)


def _new(text: ReviewedLesson, fields: dict[str, str]) -> MatchCandidate:
    return MatchCandidate((text.heading, text.title), text_by_block(fields["body"]))


def _old(base: ImportedLesson, lessons: dict[int, Lesson]) -> MatchCandidate:
    lesson = lessons.get(base.lesson_id)
    made = base.fingerprint.get("title", "")
    if lesson is None:
        return MatchCandidate((base.heading, made), "")
    return MatchCandidate((base.heading, made, lesson.title, lesson.slug), text_by_block(lesson.body))


def _has_changes(change: LessonChange) -> bool:
    if change.status == MISSING:
        return change.imported.in_article
    return change.will_write or change.status in (NEW, CHANGED)


def _is_reordered(changes: list[LessonChange]) -> bool:
    """Whether the article has its texts in another order than before."""
    places = [change.imported.position for change in changes if change.text and change.imported and change.imported.pk]
    return places != sorted(places)
