"""Reads a folder into plain objects, without the database. Every error names the file and the key."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from lessons.dates import validate_edtf
from lessons.markup import lesson_markdown, sanitise
from lessons.markup.decoding import decode

LESSON_KINDS = ("lesson", "case_study")
COURSE_KEYS = {"title", "slug", "language", "visibility", "join_policy", "time_zone"}
MODULE_KEYS = {"title", "slug", "summary", "licence", "credit", "source", "tags"}
CASE_KEYS = {"location", "began", "ended", "parties", "outcome", "questions"}
LESSON_KEYS = {"title", "slug", "kind", "summary", "tags"} | CASE_KEYS
LIST_KEYS = {"tags", "parties", "questions"}
DATE_KEYS = {"began", "ended", "date"}


class InvalidFolder(ValueError):
    """A folder that cannot be loaded; the message names the file and what to do."""


@dataclass(slots=True)
class LessonFile:
    """facts: those of a case study, lists as lines."""

    title: str
    slug: str
    kind: str
    summary: str
    tags: list[str]
    html: str
    facts: dict[str, str]


@dataclass(slots=True)
class ModuleFolder:
    """fields: those of the module's row. glossary, timeline, prompts: as in their files."""

    fields: dict[str, str]
    tags: list[str]
    lessons: list[LessonFile]
    glossary: list[dict] = field(default_factory=list)
    timeline: list[dict] = field(default_factory=list)
    prompts: list[dict] = field(default_factory=list)


@dataclass(slots=True)
class CourseFolder:
    fields: dict[str, str]
    modules: list[ModuleFolder]


def is_module(folder: Path) -> bool:
    return (folder / "module.md").is_file()


def is_course(folder: Path) -> bool:
    return (folder / "course.md").is_file()


def read_course(folder: Path, only: Path | None = None) -> CourseFolder:
    """The course with all its modules, in the order of their folders' names, or with `only` one. Raises BadFolder."""
    facts, body = _front_matter(folder / "course.md", COURSE_KEYS)
    inside = [path for path in sorted(folder.iterdir()) if path.is_dir() and is_module(path)]
    modules = [read_module(path) for path in ([only] if only else inside)]
    return CourseFolder({**facts, "description": body.strip()}, modules)


def read_module(folder: Path) -> ModuleFolder:
    """Raises BadFolder."""
    facts, _body = _front_matter(folder / "module.md", MODULE_KEYS)
    files = [path for path in sorted(folder.glob("*.md")) if path.name not in ("module.md", "README.md")]
    lessons = [_lesson(path) for path in files]
    if not lessons:
        raise InvalidFolder(_("%(folder)s has no lessons: put Markdown files beside module.md.") % {"folder": folder})
    _reject_duplicate_slugs(folder, [lesson.slug for lesson in lessons])
    slugs = {lesson.slug for lesson in lessons}
    tags = facts.pop("tags", [])
    return ModuleFolder(
        facts,
        tags,
        lessons,
        glossary=_entries(folder / "glossary.yaml", ("term", "definition"), slugs),
        timeline=_entries(folder / "timeline.yaml", ("date", "event"), slugs, optional={"detail"}),
        prompts=_entries(folder / "prompts.yaml", ("text",), slugs),
    )


def _lesson(path: Path) -> LessonFile:
    facts, body = _front_matter(path, LESSON_KEYS)
    kind = facts.get("kind", "lesson")
    if kind not in LESSON_KINDS:
        raise InvalidFolder(
            _("%(file)s: kind is “%(kind)s”; write lesson or case_study.") % {"file": path, "kind": kind}
        )
    case = {key: facts[key] for key in CASE_KEYS & facts.keys()}
    if case and kind == "lesson":
        raise InvalidFolder(
            _("%(file)s: %(key)s belongs to a case study; write “kind: case_study”.")
            % {"file": path, "key": min(case)}
        )
    lined = {key: "\n".join(value) if key in LIST_KEYS else value for key, value in case.items()}
    html = _checked(path, "text", lambda: lesson_markdown.render_markdown(body))
    return LessonFile(
        facts["title"], facts["slug"], kind, facts.get("summary", ""), facts.get("tags", []), html, lined
    )


def _front_matter(path: Path, known: set[str]) -> tuple[dict, str]:
    """The keys between the two `---` lines, all text, and what follows."""
    source = _source(path)
    start, _line, rest = source.partition("\n")
    head, line, body = ("\n" + rest).partition("\n---\n")
    if start.strip() != "---" or not line:
        raise InvalidFolder(
            _("%(file)s does not begin with front matter: keys between two lines of “---”.") % {"file": path}
        )
    facts = _yaml(path, head)
    if not isinstance(facts, dict):
        raise InvalidFolder(_("%(file)s: the front matter is no list of “key: value” lines.") % {"file": path})
    for key, value in facts.items():
        _check_key(path, key, value, known)
    for key in ("title", "slug"):
        if not facts.get(key):
            raise InvalidFolder(_("%(file)s: %(key)s is missing.") % {"file": path, "key": key})
    return facts, body


def _check_key(path: Path, key: str, value: object, known: set[str]) -> None:
    if key not in known:
        choice = ", ".join(sorted(known))
        raise InvalidFolder(
            _("%(file)s: %(key)s is not known here. Known: %(known)s.") % {"file": path, "key": key, "known": choice}
        )
    if key in LIST_KEYS:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise InvalidFolder(_("%(file)s: %(key)s must be a list, one “- …” a line.") % {"file": path, "key": key})
    elif not isinstance(value, str):
        raise InvalidFolder(_("%(file)s: %(key)s must be one text; put it in quotes.") % {"file": path, "key": key})
    elif key in DATE_KEYS and value:
        _checked(path, key, lambda: validate_edtf(value))


def _entries(path: Path, needed: tuple[str, ...], slugs: set[str], optional: set[str] = frozenset()) -> list[dict]:
    """The entries of a YAML list; an absent file is an empty one."""
    if not path.is_file():
        return []
    found = _yaml(path, _source(path)) or []
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise InvalidFolder(_("%(file)s must be a list of entries, each beginning with “- ”.") % {"file": path})
    for number, entry in enumerate(found, 1):
        place = f"{path}, {number}"
        for key in needed:
            if not str(entry.get(key) or "").strip():
                raise InvalidFolder(_("%(file)s: %(key)s is missing.") % {"file": place, "key": key})
        for key, value in entry.items():
            _check_key(place, key, value, {*needed, *optional, "lesson"})
        if entry.get("lesson") and entry["lesson"] not in slugs:
            raise InvalidFolder(
                _("%(file)s: no lesson here has the slug “%(slug)s”.") % {"file": place, "slug": entry["lesson"]}
            )
    return found


def _reject_duplicate_slugs(folder: Path, slugs: list[str]) -> None:
    twice = {slug for slug in slugs if slugs.count(slug) > 1}
    if twice:
        raise InvalidFolder(
            _("%(folder)s: two lessons have the slug “%(slug)s”.") % {"folder": folder, "slug": min(twice)}
        )


def _source(path: Path) -> str:
    try:
        return _checked(path, "text", lambda: decode(path.read_bytes())).replace("\r\n", "\n")
    except OSError as error:
        raise InvalidFolder(f"{path}: {error.strerror}") from None


def _yaml(path: Path, source: str) -> object:
    """Everything as text: nothing becomes a date, a number or a yes."""
    try:
        return yaml.load(source, Loader=yaml.BaseLoader)  # noqa: S506, makes nothing but text, lists and dicts
    except yaml.YAMLError as error:
        raise InvalidFolder(_("%(file)s is no valid YAML: %(error)s") % {"file": path, "error": error}) from None


def _checked(path: Path, key: str, check: Callable):
    """What `check` gives; its refusals with the file and the key before them."""
    try:
        return check()
    except ValidationError as error:
        raise InvalidFolder(f"{path}: {key}: {' '.join(error.messages)}") from None
    except sanitise.InvalidText as error:
        raise InvalidFolder(f"{path}: {key}: {error}") from None
