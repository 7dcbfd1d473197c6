"""Write what `parse` has read: rows are found by slug or text, changed where the files differ, never duplicated."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.timezone import is_aware
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.services import record
from lessons.importing.builders import as_lesson
from lessons.importing.markdown_folder.parse import CourseFolder, InvalidFolder, LessonFile, ModuleFolder
from lessons.markup.sanitise import sanitise
from lessons.models import CaseStudy, DraftVersion, GlossaryTerm, Lesson, Module, Prompt, TimelineEvent
from lessons.services import prepare_html, record_draft_versions, record_unrecorded_draft
from lessons.tagging.models import normalise_tag, without_blank
from lessons.time_zones import NonexistentTime, moment_at

LessonBySlug = dict[str | None, Lesson]


def prepare_lessons(folder: ModuleFolder) -> None:
    """Do the slow part of loading and publishing lessons within `memoizing`, before the transaction."""
    for lesson in folder.lessons:
        prepare_html(sanitise(lesson.html))


@transaction.atomic
def load_course(folder: CourseFolder, *, by: User | None, counts: Counter) -> tuple[Course, list[Module]]:
    """Load a course; one that exists keeps its own fields. `counts` counts the rows that are created and changed."""
    course = Course.objects.filter(slug=folder.fields["slug"]).first()
    if course is None:
        course = Course(**folder.fields)
        _validate(course, "course.md")
        course.save()
        counts["created"] += 1
    return course, [load_module(course, module, by=by, counts=counts) for module in folder.modules]


@transaction.atomic
def load_module(course: Course, folder: ModuleFolder, *, by: User | None, counts: Counter) -> Module:
    """Load a module with everything in its folder. Rows that are not in the folder stay as they are."""
    before = counts.total()
    module = Module.objects.select_for_update().filter(course=course, slug=folder.fields["slug"]).first()
    module = module or Module(course=course, position=_next_position(course))
    _save(module, folder.fields, counts, "module.md")
    _tag(module, folder.tags, counts)
    lesson_of: LessonBySlug = {}
    for position, file in enumerate(folder.lessons):
        lesson_of[file.slug] = _lesson(module, file, position, counts)
    record_draft_versions(lessons=lesson_of.values(), by=by, origin=DraftVersion.Origin.IMPORT)
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
    """Save a lesson or case study; return it as a Lesson, so that foreign keys to Lesson accept it."""
    is_case_study = file.kind == "case_study"
    lessons = Lesson.objects.filter(module=module, slug=file.slug).select_related("casestudy")
    existing = lessons.select_for_update(of=["self"], no_key=True).first()
    if existing and hasattr(existing, "casestudy") != is_case_study:
        raise InvalidFolder(
            _("The lesson “%(slug)s” is of another kind in the course. Delete it there, or rename the file.")
            % {"slug": file.slug}
        )
    if existing:
        record_unrecorded_draft(lesson=existing, version=existing.version)
        row = existing.casestudy if is_case_study else existing
    else:
        row = CaseStudy(module=module) if is_case_study else Lesson(module=module)
    fields = {"title": file.title, "slug": file.slug, "summary": file.summary, "position": position, "body": file.html}
    if file.due_at:
        fields["due_at"] = _moment(file.due_at, module.course, file.slug)
    _save(row, fields | file.facts, counts, file.slug, version_field="version")
    lesson = as_lesson(row)
    _tag(lesson, file.tags, counts)
    return lesson


def _moment(due_at: datetime, course: Course, file: str) -> datetime:
    """Return a due date that may have no time zone of its own. Raise InvalidFolder for a time that clocks skip."""
    try:
        return due_at if is_aware(due_at) else moment_at(due_at, course.zone)
    except NonexistentTime as error:
        raise InvalidFolder(f"{file}: due: {error}") from None


def _glossary(module: Module, entries: list[dict], lesson_of: LessonBySlug, counts: Counter) -> None:
    existing = {row.key: row for row in module.glossaryterms.all()}
    for entry in entries:
        row = existing.get(normalise_tag(entry["term"])) or GlossaryTerm(module=module)
        _save(row, entry | {"lesson": lesson_of.get(entry.get("lesson"))}, counts, "glossary.yaml")
        existing[row.key] = row


def _timeline(module: Module, entries: list[dict], lesson_of: LessonBySlug, counts: Counter) -> None:
    """Save the events. An entry is the event with the same text, or else one of the same date in the same lesson."""
    rows = list(module.timelineevents.all())
    texts = {entry["event"] for entry in entries}
    by_text = {row.event: row for row in rows}
    by_date = {(row.date, row.lesson_id): row for row in rows if row.event not in texts}
    for entry in entries:
        lesson = lesson_of.get(entry.get("lesson"))
        row = by_text.get(entry["event"]) or by_date.pop((entry["date"], lesson.pk if lesson else None), None)
        _save(row or TimelineEvent(module=module), entry | {"lesson": lesson}, counts, "timeline.yaml")


def _prompts(module: Module, entries: list[dict], lesson_of: LessonBySlug, counts: Counter) -> None:
    existing = {row.text: row for row in module.prompts.all()}
    for position, entry in enumerate(entries):
        row = existing.get(entry["text"]) or Prompt(module=module)
        fields = entry | {"lesson": lesson_of.get(entry.get("lesson")), "position": position}
        _save(row, fields, counts, "prompts.yaml")


def _save(row: models.Model, fields: dict, counts: Counter, file: str, version_field: str = "") -> None:
    """Save a row that is new or differs from `fields`. An old row's `version_field` is raised by one."""
    is_new = row.pk is None
    if not is_new and all(getattr(row, name) == value for name, value in fields.items()):
        return
    for name, value in fields.items():
        setattr(row, name, value)
    if version_field and not is_new:
        setattr(row, version_field, getattr(row, version_field) + 1)
    _validate(row, file)
    row.save()
    counts["created" if is_new else "changed"] += 1


def _validate(row: models.Model, file: str) -> None:
    """Raise InvalidFolder, with the name of the file in front, if a field of the row is not valid."""
    try:
        row.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        errors = "; ".join(f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())
        raise InvalidFolder(f"{file}: {errors}") from None


def _tag(row: Module | Lesson, names: Iterable[str], counts: Counter) -> None:
    """Give the row exactly the tags that the file names."""
    if {normalise_tag(name) for name in names} != {tag.key for tag in row.tags.all()}:
        row.tags.set(without_blank(names))
        counts["changed"] += 1
