"""Write a module's glossary, timeline and prompts, and a course's labels. What is not in the files stays."""

from lessons.annotations.models import CourseLabel
from lessons.courses.models import Course
from lessons.importing.markdown_folder import names
from lessons.importing.markdown_folder.parse import ModuleFolder
from lessons.importing.markdown_folder.rows import RowWriter
from lessons.models import GlossaryTerm, Lesson, Module, Prompt, TimelineEvent
from lessons.tagging.models import normalise_tag

LessonBySlug = dict[str | None, Lesson]


def load_items(rows: RowWriter, module: Module, folder: ModuleFolder, lesson_of: LessonBySlug) -> None:
    """Write the items of a module. lesson_of: its lessons by the slugs that the files have for them."""
    _load_glossary(rows, module, folder.glossary, lesson_of)
    _load_timeline(rows, module, folder.timeline, lesson_of)
    _load_prompts(rows, module, folder.prompts, lesson_of)


def _load_glossary(rows: RowWriter, module: Module, entries: list[dict], lesson_of: LessonBySlug) -> None:
    existing = {row.key: row for row in module.glossaryterms.all()}
    for entry in entries:
        row = existing.get(normalise_tag(entry["term"])) or GlossaryTerm(module=module)
        rows.save(row, entry | {"lesson": lesson_of.get(entry.get("lesson"))}, names.GLOSSARY)
        existing[row.key] = row


def _load_timeline(rows: RowWriter, module: Module, entries: list[dict], lesson_of: LessonBySlug) -> None:
    """Save the events. An entry is the event with the same text, or else one of the same date and lesson."""
    events = list(module.timelineevents.all())
    texts = {entry["event"] for entry in entries}
    by_text = {row.event: row for row in events}
    by_date = {(row.date, row.lesson_id): row for row in events if row.event not in texts}
    for entry in entries:
        lesson = lesson_of.get(entry.get("lesson"))
        row = by_text.pop(entry["event"], None) or by_date.pop((entry["date"], lesson.pk if lesson else None), None)
        fields = {"detail": ""} | entry | {"lesson": lesson}
        rows.save(row or TimelineEvent(module=module), fields, names.TIMELINE)


def _load_prompts(rows: RowWriter, module: Module, entries: list[dict], lesson_of: LessonBySlug) -> None:
    prompts = list(module.prompts.order_by("position", "pk"))
    existing = {row.text: row for row in prompts}
    is_in_order = [row.text for row in prompts] == [entry["text"] for entry in entries]
    for position, entry in enumerate(entries):
        row = existing.pop(entry["text"], None) or Prompt(module=module)
        fields = entry | {"lesson": lesson_of.get(entry.get("lesson"))}
        fields |= {} if is_in_order else {"position": position}
        rows.save(row, fields, names.PROMPTS)


def load_labels(rows: RowWriter, course: Course, labels: list[dict]) -> None:
    """Add the labels that the course does not have: notes refer to those that it has."""
    keys = set(course.labels.values_list("key", flat=True))
    for fields in labels:
        if fields["key"] not in keys:
            rows.save(CourseLabel(course=course), fields, names.LABELS)
