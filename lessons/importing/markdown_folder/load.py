"""Writes what `contents` has read: rows are found by slug or words, changed where files differ, never doubled."""

from collections import Counter
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.services import record
from lessons.importing.markdown_folder.parse import CourseFolder, InvalidFolder, LessonFile, ModuleFolder
from lessons.models import CaseStudy, GlossaryTerm, Lesson, Module, Prompt, TimelineEvent
from lessons.tagging.models import normalise_tag


@transaction.atomic
def load_course(folder: CourseFolder, *, by: User | None, counts: Counter) -> tuple[Course, list[Module]]:
    """The course, made when it is absent; one that is there keeps its own facts. `changes` counts rows."""
    course = Course.objects.filter(slug=folder.fields["slug"]).first()
    if course is None:
        course = Course(**folder.fields)
        _validate(course, "course.md")
        course.save()
        counts["made"] += 1
    return course, [load_module(course, module, by=by, counts=counts) for module in folder.modules]


@transaction.atomic
def load_module(course: Course, folder: ModuleFolder, *, by: User | None, counts: Counter) -> Module:
    """The module with everything in its folder. What stands in the database and not in the folder stays."""
    before = counts.total()
    module = Module.objects.select_for_update().filter(course=course, slug=folder.fields["slug"]).first()
    module = module or Module(course=course, position=_next_position(course))
    _save(module, folder.fields, counts, "module.md")
    _tag(module, folder.tags, counts)
    lesson_of = {}
    for position, file in enumerate(folder.lessons):
        lesson_of[file.slug] = _lesson(module, file, position, counts)
    _glossary(module, folder.glossary, lesson_of, counts)
    _timeline(module, folder.timeline, lesson_of, counts)
    _prompts(module, folder.prompts, lesson_of, counts)
    if counts.total() > before:
        record(by=by, verb="import", course=course, target=module)
    return module


def _next_position(course: Course) -> int:
    last = course.modules.aggregate(last=models.Max("position"))["last"]
    return 0 if last is None else last + 1


def _lesson(module: Module, file: LessonFile, position: int, counts: Counter) -> Lesson:
    """The lesson itself also where it is a case study, so that foreign keys to Lesson take it."""
    kind = CaseStudy if file.kind == "case_study" else Lesson
    there = Lesson.objects.filter(module=module, slug=file.slug).select_related("casestudy").first()
    if there and hasattr(there, "casestudy") != (kind is CaseStudy):
        raise InvalidFolder(
            _("The lesson “%(slug)s” is of another kind in the course. Delete it there, or rename the file.")
            % {"slug": file.slug}
        )
    row = (there.casestudy if kind is CaseStudy else there) if there else kind(module=module)
    fields = {"title": file.title, "slug": file.slug, "summary": file.summary, "position": position, "body": file.html}
    _save(row, fields | file.facts, counts, file.slug, counted="version")
    lesson = row.lesson_ptr if kind is CaseStudy else row
    _tag(lesson, file.tags, counts)
    return lesson


def _glossary(module: Module, entries: list[dict], lesson_of: dict, counts: Counter) -> None:
    there = {row.key: row for row in module.glossaryterms.all()}
    for entry in entries:
        row = there.get(normalise_tag(entry["term"])) or GlossaryTerm(module=module)
        _save(row, entry | {"lesson": lesson_of.get(entry.get("lesson"))}, counts, "glossary.yaml")
        there[row.key] = row


def _timeline(module: Module, entries: list[dict], lesson_of: dict, counts: Counter) -> None:
    """An event is the one with the same words, or else the one of the same day in the same lesson."""
    rows = list(module.timelineevents.all())
    words = {entry["event"] for entry in entries}
    by_words = {row.event: row for row in rows}
    by_day = {(row.date, row.lesson_id): row for row in rows if row.event not in words}
    for entry in entries:
        lesson = lesson_of.get(entry.get("lesson"))
        row = by_words.get(entry["event"]) or by_day.pop((entry["date"], lesson and lesson.pk), None)
        _save(row or TimelineEvent(module=module), entry | {"lesson": lesson}, counts, "timeline.yaml")


def _prompts(module: Module, entries: list[dict], lesson_of: dict, counts: Counter) -> None:
    there = {row.text: row for row in module.prompts.all()}
    for position, entry in enumerate(entries):
        row = there.get(entry["text"]) or Prompt(module=module)
        _save(
            row, entry | {"lesson": lesson_of.get(entry.get("lesson")), "position": position}, counts, "prompts.yaml"
        )


def _save(row: models.Model, fields: dict, counts: Counter, file: str, counted: str = "") -> None:
    """Saves a row that is new or differs from `fields`. `counted` is a field that counts the changes of an old row."""
    is_new = row.pk is None
    if not is_new and all(getattr(row, name) == value for name, value in fields.items()):
        return
    for name, value in fields.items():
        setattr(row, name, value)
    if counted and not is_new:
        setattr(row, counted, getattr(row, counted) + 1)
    _validate(row, file)
    row.save()
    counts["made" if is_new else "changed"] += 1


def _validate(row: models.Model, file: str) -> None:
    try:
        row.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        said = "; ".join(f"{name}: {' '.join(words)}" for name, words in error.message_dict.items())
        raise InvalidFolder(f"{file}: {said}") from None


def _tag(row: Module | Lesson, names: Iterable[str], counts: Counter) -> None:
    """Adds to the tags what the file names and takes away what it does not."""
    if {normalise_tag(name) for name in names} != {tag.key for tag in row.tags.all()}:
        row.tags.set(list(names))
        counts["changed"] += 1
