"""Parse files into plain objects, without the database. Every error names the file and the key."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from posixpath import dirname, normpath
from typing import TypeVar
from urllib.parse import unquote
from uuid import UUID, uuid5

import yaml
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from lessons.dates import validate_edtf
from lessons.importing.markdown_folder import names
from lessons.importing.markdown_folder.files import Files, InvalidFolder
from lessons.markup import lesson_markdown, sanitise
from lessons.markup.characters import clean_text, clean_values
from lessons.markup.decoding import decode
from lessons.models import Lesson, Module

LESSON_KINDS = ("lesson", "case_study")
COURSE_KEYS = {"title", "slug", "language", "visibility", "join_policy", "time_zone", "modules"}
MODULE_KEYS = {"title", "slug", "state", "summary", "licence", "credit", "source", "tags"}
CASE_KEYS = {"location", "began", "ended", "parties", "outcome", "questions"}
LESSON_KEYS = {"title", "slug", "kind", "state", "summary", "tags", "due"} | CASE_KEYS
END_OF_DAY = time(23, 59)
LIST_KEYS = {"tags", "parties", "questions", "modules"}
DATE_KEYS = {"began", "ended", "date"}
MAX_LESSONS = 2_000
# Of a picture's path, as its uid until it is stored.
PICTURES = UUID("6f3c2c1e-9b0a-4d57-8f3e-0a4f2f0c7a11")
DESCRIPTION_PICTURE = re.compile(r"(?<=\]\()images/[^\s()]+(?=\))")
YES = {"yes": True, "no": False}

T = TypeVar("T")


class _TextLoader(yaml.BaseLoader):
    """Makes nothing but text, lists and dicts; refuses aliases, by which a few lines can stand for millions."""

    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.composer.ComposerError(None, None, _("aliases are not allowed"), event.start_mark)
        return super().compose_node(parent, index)


@dataclass(slots=True)
class LessonFile:
    """A lesson's file. file: its path. facts: those of a case study, lists as lines. due_at: without a time zone, in
    the course's. state: one of Lesson.State. draft: the text that its editors go on with, if readers see another.
    """

    title: str
    slug: str
    kind: str
    summary: str
    tags: list[str]
    html: str
    facts: dict[str, str]
    due_at: datetime | None = None
    state: str = Lesson.State.DRAFT
    file: str = ""
    draft: "LessonFile | None" = None


@dataclass(slots=True)
class ModuleFolder:
    """A module's folder. fields: columns of the module. glossary, timeline, prompts: as in their files. folder: its
    path. pictures: the paths of those that its texts show, by the uids that stand for them in the texts.
    """

    fields: dict[str, str]
    tags: list[str]
    lessons: list[LessonFile]
    glossary: list[dict] = field(default_factory=list)
    timeline: list[dict] = field(default_factory=list)
    prompts: list[dict] = field(default_factory=list)
    state: str = Module.State.DRAFT
    folder: str = ""
    pictures: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """Return the path of the file that describes the module."""
        return f"{self.folder}/{names.MODULE}" if self.folder else names.MODULE

    def texts(self) -> list[LessonFile]:
        """Return all texts of the lessons, drafts included."""
        return [text for lesson in self.lessons for text in (lesson, lesson.draft) if text]


@dataclass(slots=True)
class CourseFolder:
    """A course's folder. fields: columns of the course. labels: columns of each of its labels. pictures: of the
    description, as in ModuleFolder.
    """

    fields: dict[str, str]
    modules: list[ModuleFolder]
    labels: list[dict] = field(default_factory=list)
    pictures: dict[str, str] = field(default_factory=dict)


def read_course(files: Files, only: str | None = None) -> CourseFolder:
    """Read the course with all its modules, in the order that its file says, or of their folders; or with `only` one.

    Raise InvalidFolder.
    """
    fields, body = _front_matter(files, names.COURSE, COURSE_KEYS)
    pictures: dict[str, str] = {}
    find = _picture_finder(files, names.COURSE, pictures, [])
    description = DESCRIPTION_PICTURE.sub(lambda found: find(found[0]) or found[0], body.strip())
    _checked(names.COURSE, "text", lambda: lesson_markdown.render_markdown(description))
    folders = [only] if only else files.module_folders()
    modules = [read_module(files, folder) for folder in folders]
    order = fields.pop("modules", [])
    _check_order(order, [] if only else [module.fields["slug"] for module in modules])
    if not only:
        ranks = {slug: rank for rank, slug in enumerate(order)}
        modules.sort(key=lambda module: ranks.get(module.fields["slug"], len(ranks)))
    return CourseFolder({**fields, "description": description}, modules, _labels(files), pictures)


def _check_order(order: list[str], slugs: list[str]) -> None:
    """Raise InvalidFolder if two modules have the same slug, or the course names one that is not there."""
    if doubled := _doubled(slugs):
        raise InvalidFolder(_("Two modules have the slug “%(slug)s”.") % {"slug": doubled})
    missing = next((slug for slug in order if slug not in slugs), None) if slugs else None
    if missing is not None:
        message = _("%(file)s: modules: no folder here has a module with the slug “%(slug)s”.")
        raise InvalidFolder(message % {"file": names.COURSE, "slug": missing})


def read_module(files: Files, folder: str) -> ModuleFolder:
    """Read a module with everything in its folder, empty for that of the files themselves. Raise InvalidFolder."""
    prefix = f"{folder}/" if folder else ""
    fields, _body = _front_matter(files, f"{prefix}{names.MODULE}", MODULE_KEYS)
    state = _state(f"{prefix}{names.MODULE}", fields.pop("state", ""), Module.State.values)
    pictures: dict[str, str] = {}
    paths = files.lesson_files(folder)
    if not paths:
        message = _("%(folder)s has no lessons: put Markdown files beside module.md.")
        raise InvalidFolder(message % {"folder": folder or _("The folder")})
    if len(paths) > MAX_LESSONS:
        raise InvalidFolder(_("%(folder)s has more than %(max)s lessons.") % {"folder": folder, "max": MAX_LESSONS})
    texts = [_lesson(files, path, pictures) for path in paths]
    drafts = {text.slug: text for text in texts if text.file.endswith(names.DRAFT)}
    lessons = [text for text in texts if not text.file.endswith(names.DRAFT)]
    if doubled := _doubled([lesson.slug for lesson in lessons]):
        raise InvalidFolder(
            _("%(folder)s: two lessons have the slug “%(slug)s”.") % {"folder": folder or ".", "slug": doubled}
        )
    for lesson in lessons:
        lesson.draft = drafts.pop(lesson.slug, None)
        _check_draft(lesson)
    if drafts:
        orphan = next(iter(drafts.values()))
        message = _("%(file)s: this draft has no lesson: no other file here has the slug “%(slug)s”.")
        raise InvalidFolder(message % {"file": orphan.file, "slug": orphan.slug})
    slugs = {lesson.slug for lesson in lessons}
    tags = fields.pop("tags", [])
    return ModuleFolder(
        dict.fromkeys(("summary", "licence", "credit", "source"), "") | fields,
        tags,
        lessons,
        glossary=_entries(files, f"{prefix}{names.GLOSSARY}", ("term", "definition"), slugs),
        timeline=_entries(files, f"{prefix}{names.TIMELINE}", ("date", "event"), slugs, frozenset({"detail"})),
        prompts=_entries(files, f"{prefix}{names.PROMPTS}", ("text",), slugs),
        state=state or Module.State.DRAFT,
        folder=folder,
        pictures=pictures,
    )


def _check_draft(lesson: LessonFile) -> None:
    if lesson.draft and lesson.draft.kind != lesson.kind:
        message = _("%(file)s: kind is “%(kind)s”; that of the lesson’s other file is “%(other)s”.")
        raise InvalidFolder(message % {"file": lesson.draft.file, "kind": lesson.draft.kind, "other": lesson.kind})


def _lesson(files: Files, path: str, pictures: dict[str, str]) -> LessonFile:
    values, body = _front_matter(files, path, LESSON_KEYS)
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
    facts = (dict.fromkeys(sorted(CASE_KEYS), "") if kind == "case_study" else {}) | facts
    return LessonFile(
        title=values["title"],
        slug=values["slug"],
        kind=kind,
        summary=values.get("summary", ""),
        tags=values.get("tags", []),
        html=_html(files, path, body, pictures),
        facts=facts,
        due_at=_due_at(path, values["due"]) if values.get("due") else None,
        state=_state(path, values.get("state", ""), Lesson.State.values) or Lesson.State.DRAFT,
        file=path,
    )


def _html(files: Files, path: str, body: str, pictures: dict[str, str]) -> str:
    problems: list[str] = []
    find = _picture_finder(files, path, pictures, problems)
    html = _checked(path, "text", lambda: lesson_markdown.render_lesson(body, find))
    if problems:
        raise InvalidFolder(problems[0])
    return html


def _picture_finder(
    files: Files, path: str, pictures: dict[str, str], problems: list[str]
) -> Callable[[str], str | None]:
    """Return the function that gives a picture of the file `path` an address, and notes its own path in `pictures`."""

    def find(source: str) -> str | None:
        name = normpath(f"{dirname(path)}/{unquote(source)}".lstrip("/"))
        if re.match(r"[a-z][a-z0-9+.-]*:|//", source, re.IGNORECASE):
            message = _("%(file)s: the picture %(picture)s is on another site. Put its file into the folder “images”.")
            problems.append(message % {"file": path, "picture": source[:200]})
            return None
        if name not in files:
            problems.append(_("%(file)s: there is no picture %(picture)s.") % {"file": path, "picture": source[:200]})
            return None
        uid = str(uuid5(PICTURES, name))
        pictures[uid] = name
        return f"/assets/{uid}/"

    return find


def _state(path: str, value: str, choices: list[str]) -> str:
    if value and value not in choices:
        raise InvalidFolder(
            _("%(file)s: state is “%(value)s”. You can use: %(known)s.")
            % {"file": path, "value": value, "known": ", ".join(choices)}
        )
    return value


def _due_at(path: str, value: str) -> datetime:
    """Return when a lesson is due; a day alone means its end."""
    try:
        if len(value) == len("2026-12-03"):
            return datetime.combine(date.fromisoformat(value), END_OF_DAY)
        return datetime.fromisoformat(value)
    except ValueError:
        message = _("%(file)s: due is “%(value)s”; write 2026-12-03 or 2026-12-03 18:00, in the course’s time zone.")
        raise InvalidFolder(message % {"file": path, "value": value}) from None


def _front_matter(files: Files, path: str, known: set[str]) -> tuple[dict, str]:
    """Return the values between the two `---` lines, as text or lists of text, and the text after them."""
    source = _source(files, path)
    start, _line, rest = source.partition("\n")
    head, line, body = ("\n" + rest).partition("\n---\n")
    if not line and rest.endswith("\n---"):
        head, line, body = rest.removesuffix("\n---"), "---", ""
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


def _check_key(source: str, key: str, value: object, known: set[str]) -> None:
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
    files: Files,
    path: str,
    required: tuple[str, ...],
    slugs: set[str] | None,
    optional: frozenset[str] = frozenset(),
) -> list[dict]:
    """Return the entries of a YAML list; a missing file counts as empty.

    slugs: those of the module's lessons, None for entries that do not name any.
    """
    if path not in files:
        return []
    entries = _yaml(path, _source(files, path)) or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InvalidFolder(_("%(file)s must be a list of entries, each starting with “- ”.") % {"file": path})
    for number, entry in enumerate(entries, 1):
        source = f"{path}, {number}"
        for key in required:
            if not str(entry.get(key) or "").strip():
                raise InvalidFolder(_("%(file)s: %(key)s is missing.") % {"file": source, "key": key})
        for key, value in entry.items():
            _check_key(source, key, value, {*required, *optional, *([] if slugs is None else ["lesson"])})
        if entry.get("lesson") and entry["lesson"] not in (slugs or ()):
            raise InvalidFolder(
                _("%(file)s: no lesson here has the slug “%(slug)s”.") % {"file": source, "slug": entry["lesson"]}
            )
    return entries


def _labels(files: Files) -> list[dict]:
    rows = _entries(files, names.LABELS, ("name", "key"), None, frozenset({"question"}))
    for number, row in enumerate(rows, 1):
        if row.get("question", "no") not in YES:
            message = _("%(file)s: question is “%(value)s”; write yes or no.")
            raise InvalidFolder(message % {"file": f"{names.LABELS}, {number}", "value": row["question"]})
    if doubled := _doubled([row["key"] for row in rows]):
        raise InvalidFolder(_("%(file)s: two labels have the key “%(key)s”.") % {"file": names.LABELS, "key": doubled})
    return [
        {"name": row["name"], "key": row["key"], "is_question": YES[row.get("question", "no")], "position": position}
        for position, row in enumerate(rows)
    ]


def _doubled(values: list[str]) -> str:
    """Return a value that is there twice, empty if none is."""
    return min({value for value in values if values.count(value) > 1}, default="")


def _source(files: Files, path: str) -> str:
    data = files.read_text(path)
    return _checked(path, "text", lambda: clean_text(decode(data).text)).replace("\r\n", "\n")


def _yaml(path: str, source: str) -> object:
    """Parse YAML with every value as text: nothing becomes a date, a number or a Boolean."""
    try:
        data = yaml.load(source, Loader=_TextLoader)  # noqa: S506, makes nothing but text, lists and dicts
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidFolder(_("%(file)s is not valid YAML: %(error)s") % {"file": path, "error": error}) from None
    return clean_values(data)  # Its escapes, such as "\f", are not in the file that was decoded.


def _checked(source: str, key: str, check: Callable[[], T]) -> T:
    """Return what `check` returns; its errors become InvalidFolder, with the source and the key in front."""
    try:
        return check()
    except ValidationError as error:
        raise InvalidFolder(f"{source}: {key}: {' '.join(error.messages)}") from None
    except sanitise.InvalidText as error:
        raise InvalidFolder(f"{source}: {key}: {error}") from None
