"""Parse a folder into plain objects, without the database. Every error names the file and the key."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import TypeVar

import yaml
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from lessons.dates import validate_edtf
from lessons.markup import lesson_markdown, sanitise
from lessons.markup.characters import clean_text, clean_values
from lessons.markup.decoding import decode

LESSON_KINDS = ("lesson", "case_study")
COURSE_KEYS = {"title", "slug", "language", "visibility", "join_policy", "time_zone"}
MODULE_KEYS = {"title", "slug", "summary", "licence", "credit", "source", "tags"}
CASE_KEYS = {"location", "began", "ended", "parties", "outcome", "questions"}
LESSON_KEYS = {"title", "slug", "kind", "summary", "tags", "due"} | CASE_KEYS
END_OF_DAY = time(23, 59)
LIST_KEYS = {"tags", "parties", "questions"}
DATE_KEYS = {"began", "ended", "date"}


T = TypeVar("T")


class InvalidFolder(ValueError):
    """A folder that cannot be loaded; the message names the file and says what to do."""


@dataclass(slots=True)
class LessonFile:
    """A lesson's file. facts: those of a case study, lists as lines. due_at: without a time zone, in the course's."""

    title: str
    slug: str
    kind: str
    summary: str
    tags: list[str]
    html: str
    facts: dict[str, str]
    due_at: datetime | None = None


@dataclass(slots=True)
class ModuleFolder:
    """A module's folder. fields: columns of the module. glossary, timeline, prompts: as in their files."""

    fields: dict[str, str]
    tags: list[str]
    lessons: list[LessonFile]
    glossary: list[dict] = field(default_factory=list)
    timeline: list[dict] = field(default_factory=list)
    prompts: list[dict] = field(default_factory=list)


@dataclass(slots=True)
class CourseFolder:
    """A course's folder. fields: columns of the course."""

    fields: dict[str, str]
    modules: list[ModuleFolder]


def is_module(folder: Path) -> bool:
    return (folder / "module.md").is_file()


def is_course(folder: Path) -> bool:
    return (folder / "course.md").is_file()


def read_course(folder: Path, only: Path | None = None) -> CourseFolder:
    """Read the course with all its modules, in the order of their folder names, or with `only` one.

    Raise InvalidFolder.
    """
    fields, body = _front_matter(folder / "course.md", COURSE_KEYS)
    _checked(folder / "course.md", "text", lambda: lesson_markdown.render_markdown(body.strip()))
    module_folders = [path for path in sorted(folder.iterdir()) if path.is_dir() and is_module(path)]
    modules = [read_module(path) for path in ([only] if only else module_folders)]
    return CourseFolder({**fields, "description": body.strip()}, modules)


def read_module(folder: Path) -> ModuleFolder:
    """Read a module with everything in its folder. Raise InvalidFolder."""
    fields, _body = _front_matter(folder / "module.md", MODULE_KEYS)
    files = [path for path in sorted(folder.glob("*.md")) if path.name not in ("module.md", "README.md")]
    lessons = [_lesson(path) for path in files]
    if not lessons:
        raise InvalidFolder(_("%(folder)s has no lessons: put Markdown files beside module.md.") % {"folder": folder})
    _reject_duplicate_slugs(folder, [lesson.slug for lesson in lessons])
    slugs = {lesson.slug for lesson in lessons}
    tags = fields.pop("tags", [])
    return ModuleFolder(
        fields,
        tags,
        lessons,
        glossary=_entries(folder / "glossary.yaml", ("term", "definition"), slugs),
        timeline=_entries(folder / "timeline.yaml", ("date", "event"), slugs, optional=frozenset({"detail"})),
        prompts=_entries(folder / "prompts.yaml", ("text",), slugs),
    )


def _lesson(path: Path) -> LessonFile:
    values, body = _front_matter(path, LESSON_KEYS)
    kind = values.get("kind", "lesson")
    if kind not in LESSON_KINDS:
        raise InvalidFolder(
            _("%(file)s: kind is “%(kind)s”; write lesson or case_study.") % {"file": path, "kind": kind}
        )
    facts = {key: values[key] for key in CASE_KEYS & values.keys()}
    if facts and kind == "lesson":
        raise InvalidFolder(
            _("%(file)s: only case studies have “%(key)s”; write “kind: case_study”, or remove it.")
            % {"file": path, "key": min(facts)}
        )
    facts = {key: "\n".join(value) if key in LIST_KEYS else value for key, value in facts.items()}
    html = _checked(path, "text", lambda: lesson_markdown.render_markdown(body, lesson_markdown.MAX_LESSON_OUTPUT))
    return LessonFile(
        title=values["title"],
        slug=values["slug"],
        kind=kind,
        summary=values.get("summary", ""),
        tags=values.get("tags", []),
        html=html,
        facts=facts,
        due_at=_due_at(path, values["due"]) if values.get("due") else None,
    )


def _due_at(path: Path, value: str) -> datetime:
    """Return when a lesson is due; a day alone means its end."""
    try:
        if len(value) == len("2026-12-03"):
            return datetime.combine(date.fromisoformat(value), END_OF_DAY)
        return datetime.fromisoformat(value)
    except ValueError:
        message = _("%(file)s: due is “%(value)s”; write 2026-12-03 or 2026-12-03 18:00, in the course’s time zone.")
        raise InvalidFolder(message % {"file": path, "value": value}) from None


def _front_matter(path: Path, known: set[str]) -> tuple[dict, str]:
    """Return the values between the two `---` lines, as text or lists of text, and the text after them."""
    source = _source(path)
    start, _line, rest = source.partition("\n")
    head, line, body = ("\n" + rest).partition("\n---\n")
    if start.strip() != "---" or not line:
        raise InvalidFolder(
            _("%(file)s does not start with front matter: keys between two lines of “---”.") % {"file": path}
        )
    values = _yaml(path, head)
    if not isinstance(values, dict):
        raise InvalidFolder(_("%(file)s: the front matter is not a list of “key: value” lines.") % {"file": path})
    for key, value in values.items():
        _check_key(path, key, value, known)
    for key in ("title", "slug"):
        if not values.get(key):
            raise InvalidFolder(_("%(file)s: %(key)s is missing.") % {"file": path, "key": key})
    return values, body


def _check_key(source: Path | str, key: str, value: object, known: set[str]) -> None:
    """Raise InvalidFolder for an unknown key or a value of the wrong type. source: what the message names."""
    if key not in known:
        choices = ", ".join(sorted(known))
        raise InvalidFolder(
            _("%(file)s: unknown key “%(key)s”. You can use: %(known)s.")
            % {"file": source, "key": key, "known": choices}
        )
    if key in LIST_KEYS:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise InvalidFolder(
                _("%(file)s: %(key)s must be a list, one “- …” per line.") % {"file": source, "key": key}
            )
    elif not isinstance(value, str):
        raise InvalidFolder(_("%(file)s: %(key)s must be text; put it in quotes.") % {"file": source, "key": key})
    elif key in DATE_KEYS and value:
        _checked(source, key, lambda: validate_edtf(value))


def _entries(
    path: Path, required: tuple[str, ...], slugs: set[str], optional: frozenset[str] = frozenset()
) -> list[dict]:
    """Return the entries of a YAML list; a missing file counts as empty. slugs: those of the module's lessons."""
    if not path.is_file():
        return []
    entries = _yaml(path, _source(path)) or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InvalidFolder(_("%(file)s must be a list of entries, each starting with “- ”.") % {"file": path})
    for number, entry in enumerate(entries, 1):
        source = f"{path}, {number}"
        for key in required:
            if not str(entry.get(key) or "").strip():
                raise InvalidFolder(_("%(file)s: %(key)s is missing.") % {"file": source, "key": key})
        for key, value in entry.items():
            _check_key(source, key, value, {*required, *optional, "lesson"})
        if entry.get("lesson") and entry["lesson"] not in slugs:
            raise InvalidFolder(
                _("%(file)s: no lesson here has the slug “%(slug)s”.") % {"file": source, "slug": entry["lesson"]}
            )
    return entries


def _reject_duplicate_slugs(folder: Path, slugs: list[str]) -> None:
    duplicates = {slug for slug in slugs if slugs.count(slug) > 1}
    if duplicates:
        raise InvalidFolder(
            _("%(folder)s: two lessons have the slug “%(slug)s”.") % {"folder": folder, "slug": min(duplicates)}
        )


def _source(path: Path) -> str:
    try:
        return _checked(path, "text", lambda: clean_text(decode(path.read_bytes()).text)).replace("\r\n", "\n")
    except OSError as error:
        raise InvalidFolder(f"{path}: {error.strerror}") from None


def _yaml(path: Path, source: str) -> object:
    """Parse YAML with every value as text: nothing becomes a date, a number or a Boolean."""
    try:
        data = yaml.load(source, Loader=yaml.BaseLoader)  # noqa: S506, makes nothing but text, lists and dicts
    except yaml.YAMLError as error:
        raise InvalidFolder(_("%(file)s is not valid YAML: %(error)s") % {"file": path, "error": error}) from None
    return clean_values(data)  # Its escapes, such as "\f", are not in the file that was decoded.


def _checked(source: Path | str, key: str, check: Callable[[], T]) -> T:
    """Return what `check` returns; its errors become InvalidFolder, with the source and the key in front."""
    try:
        return check()
    except ValidationError as error:
        raise InvalidFolder(f"{source}: {key}: {' '.join(error.messages)}") from None
    except sanitise.InvalidText as error:
        raise InvalidFolder(f"{source}: {key}: {error}") from None
