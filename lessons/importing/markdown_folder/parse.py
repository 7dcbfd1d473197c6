"""Parse files into plain objects, without the database. Every error names the file and the key."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from posixpath import dirname, normpath
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from lessons.importing.markdown_folder import names
from lessons.importing.markdown_folder.dates import day_in, moment_in
from lessons.importing.markdown_folder.files import Files, InvalidFolder
from lessons.importing.markdown_folder.participation import RuleEntry, read_rules
from lessons.importing.markdown_folder.values import LIST_KEYS, checked, doubled, entries, front_matter
from lessons.markup import lesson_markdown
from lessons.models import Lesson, Module
from lessons.practice.check_text import CheckReader
from lessons.practice.checks import Check
from lessons.practice.places import without_unknown
from lessons.progress.models import CompletionRule

LESSON_KINDS = ("lesson", "case_study")
COURSE_KEYS = {"title", "slug", "language", "visibility", "join_policy", "time_zone", "starts", "ends", "modules"}
MODULE_KEYS = {"title", "slug", "state", "summary", "licence", "credit", "source", "tags"}
CASE_KEYS = {"location", "began", "ended", "parties", "outcome", "questions"}
LESSON_KEYS = {"title", "slug", "kind", "state", "summary", "tags", "due", "completed_by"} | CASE_KEYS
COURSE_DAYS = {"starts": "starts_on", "ends": "ends_on"}
MAX_LESSONS = 2_000
# The namespace of the uids that stand for the paths of images until these are stored.
IMAGES = UUID("6f3c2c1e-9b0a-4d57-8f3e-0a4f2f0c7a11")
DESCRIPTION_IMAGE = re.compile(r"(?<=\]\()images/[^\s()]+(?=\))")
YES = {"yes": True, "no": False}


@dataclass(slots=True)
class LessonFile:
    """A lesson's file. file: its path. facts: those of a case study, lists as lines. due_at: without a time zone, in
    the course's. state: one of Lesson.State. checks: those of the text, by the uids that stand for them in it.
    other_checks: those that stand in no text. completed_by: a CompletionRule.Rule, or empty. draft: the text that its
    editors go on with, if readers see another.
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
    checks: dict[str, Check] = field(default_factory=dict)
    other_checks: list[Check] = field(default_factory=list)
    completed_by: str = ""
    draft: "LessonFile | None" = None


@dataclass(slots=True)
class ModuleFolder:
    """A module's folder. fields: columns of the module. glossary, timeline, prompts: as in their files. folder: its
    path. images: the paths of those that its texts show, by the uids that stand for them in the texts.
    """

    fields: dict[str, str]
    tags: list[str]
    lessons: list[LessonFile]
    glossary: list[dict] = field(default_factory=list)
    timeline: list[dict] = field(default_factory=list)
    prompts: list[dict] = field(default_factory=list)
    state: str = Module.State.DRAFT
    folder: str = ""
    images: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """Return the path of the file that describes the module."""
        return f"{self.folder}/{names.MODULE}" if self.folder else names.MODULE

    def texts(self) -> list[LessonFile]:
        """Return all texts of the lessons, drafts included."""
        return [text for lesson in self.lessons for text in (lesson, lesson.draft) if text]


@dataclass(slots=True)
class CourseFolder:
    """A course's folder. fields: columns of the course. labels: columns of each of its labels. images: of the
    description, as in ModuleFolder. rules: what learners are asked for.
    """

    fields: dict[str, Any]
    modules: list[ModuleFolder]
    labels: list[dict] = field(default_factory=list)
    images: dict[str, str] = field(default_factory=dict)
    rules: list[RuleEntry] = field(default_factory=list)


def read_course(files: Files, only: str | None = None) -> CourseFolder:
    """Read the course with all its modules, in the order that its file says, or of their folders; or with `only` one,
    without participation rules. Raise InvalidFolder.
    """
    fields, body = front_matter(files, names.COURSE, COURSE_KEYS)
    images: dict[str, str] = {}
    find = _image_finder(files, names.COURSE, images, [])
    description = DESCRIPTION_IMAGE.sub(lambda found: find(found[0]) or found[0], body.strip())
    checked(names.COURSE, "text", lambda: lesson_markdown.render_markdown(description))
    folders = [only] if only else files.module_folders()
    modules = [read_module(files, folder) for folder in folders]
    order = fields.pop("modules", [])
    _check_order(order, [] if only else [module.fields["slug"] for module in modules])
    if not only:
        ranks = {slug: rank for rank, slug in enumerate(order)}
        modules.sort(key=lambda module: ranks.get(module.fields["slug"], len(ranks)))
    for key, column in COURSE_DAYS.items():
        fields[column] = day_in(names.COURSE, key, fields.pop(key, ""))
    rules = [] if only else read_rules(files, _places(modules))
    return CourseFolder({**fields, "description": description}, modules, _labels(files), images, rules)


def _places(modules: list[ModuleFolder]) -> set[str]:
    """Return what leads to the modules and to their lessons: `slug`, and `slug/slug`."""
    of_modules = {module.fields["slug"]: module.lessons for module in modules}
    return {*of_modules, *(f"{slug}/{lesson.slug}" for slug, lessons in of_modules.items() for lesson in lessons)}


def _check_order(order: list[str], slugs: list[str]) -> None:
    """Raise InvalidFolder if two modules have the same slug, or the course names one that is not there."""
    if repeated := doubled(slugs):
        raise InvalidFolder(_("Two modules have the slug “%(slug)s”.") % {"slug": repeated})
    missing = next((slug for slug in order if slug not in slugs), None) if slugs else None
    if missing is not None:
        message = _("%(file)s: modules: no folder here has a module with the slug “%(slug)s”.")
        raise InvalidFolder(message % {"file": names.COURSE, "slug": missing})


def read_module(files: Files, folder: str) -> ModuleFolder:
    """Read a module with everything in its folder, empty for that of the files themselves. Raise InvalidFolder."""
    prefix = f"{folder}/" if folder else ""
    fields, _body = front_matter(files, f"{prefix}{names.MODULE}", MODULE_KEYS)
    state = _choice(f"{prefix}{names.MODULE}", "state", fields.pop("state", ""), Module.State.values)
    images: dict[str, str] = {}
    paths = files.lesson_files(folder)
    if not paths:
        message = _("%(folder)s has no lessons: put Markdown files beside module.md.")
        raise InvalidFolder(message % {"folder": folder or _("The folder")})
    if len(paths) > MAX_LESSONS:
        raise InvalidFolder(_("%(folder)s has more than %(max)s lessons.") % {"folder": folder, "max": MAX_LESSONS})
    texts = [_lesson(files, path, images) for path in paths]
    drafts = {text.slug: text for text in texts if text.file.endswith(names.DRAFT)}
    lessons = [text for text in texts if not text.file.endswith(names.DRAFT)]
    if repeated := doubled([lesson.slug for lesson in lessons]):
        raise InvalidFolder(
            _("%(folder)s: two lessons have the slug “%(slug)s”.") % {"folder": folder or ".", "slug": repeated}
        )
    for lesson in lessons:
        lesson.draft = drafts.pop(lesson.slug, None)
        _check_draft(lesson)
    if drafts:
        orphan = next(iter(drafts.values()))
        message = _("%(file)s: this draft has no lesson: no other file here has the slug “%(slug)s”.")
        raise InvalidFolder(message % {"file": orphan.file, "slug": orphan.slug})
    slugs = {lesson.slug for lesson in lessons}
    _read_other_checks(files, f"{prefix}{names.CHECKS}", lessons)
    tags = fields.pop("tags", [])
    return ModuleFolder(
        dict.fromkeys(("summary", "licence", "credit", "source"), "") | fields,
        tags,
        lessons,
        glossary=entries(files, f"{prefix}{names.GLOSSARY}", ("term", "definition"), slugs),
        timeline=entries(files, f"{prefix}{names.TIMELINE}", ("date", "event"), slugs, frozenset({"detail"})),
        prompts=entries(files, f"{prefix}{names.PROMPTS}", ("text",), slugs),
        state=state or Module.State.DRAFT,
        folder=folder,
        images=images,
    )


def _read_other_checks(files: Files, path: str, lessons: list[LessonFile]) -> None:
    """Read the checks that stand in no text into their lessons."""
    rows = entries(files, path, ("lesson", "check"), {lesson.slug for lesson in lessons})
    readers = {lesson.slug: CheckReader() for lesson in lessons}
    for number, row in enumerate(rows, 1):
        checked(f"{path}, {number}", "check", partial(readers[row["lesson"]].uid, row["check"]))
    for lesson in lessons:
        lesson.other_checks = list(readers[lesson.slug].checks.values())


def _check_draft(lesson: LessonFile) -> None:
    if lesson.draft and lesson.draft.kind != lesson.kind:
        message = _("%(file)s: kind is “%(kind)s”; that of the lesson’s other file is “%(other)s”.")
        raise InvalidFolder(message % {"file": lesson.draft.file, "kind": lesson.draft.kind, "other": lesson.kind})


def _lesson(files: Files, path: str, images: dict[str, str]) -> LessonFile:
    values, body = front_matter(files, path, LESSON_KEYS)
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
    html, checks = _text(files, path, body, images)
    return LessonFile(
        title=values["title"],
        slug=values["slug"],
        kind=kind,
        summary=values.get("summary", ""),
        tags=values.get("tags", []),
        html=html,
        facts=facts,
        due_at=moment_in(path, values.get("due", "")),
        state=_choice(path, "state", values.get("state", ""), Lesson.State.values) or Lesson.State.DRAFT,
        file=path,
        checks=checks,
        completed_by=_choice(path, "completed_by", values.get("completed_by", ""), CompletionRule.Rule.values),
    )


def _text(files: Files, path: str, body: str, images: dict[str, str]) -> tuple[str, dict[str, Check]]:
    """Return the HTML of a lesson's file, and the checks that stand in it."""
    problems: list[str] = []
    find, reader = _image_finder(files, path, images, problems), CheckReader()
    html = checked(path, "text", lambda: lesson_markdown.render_lesson(body, find, reader.uid))
    if problems:
        raise InvalidFolder(problems[0])
    return without_unknown(html, reader.checks), reader.checks


def _image_finder(files: Files, path: str, images: dict[str, str], problems: list[str]) -> Callable[[str], str | None]:
    """Return the function that gives an image of the file `path` an address, and notes its own path in `images`."""

    def find(source: str) -> str | None:
        name = normpath(f"{dirname(path)}/{unquote(source)}".lstrip("/"))
        if re.match(r"[a-z][a-z0-9+.-]*:|//", source, re.IGNORECASE):
            message = _("%(file)s: the image %(image)s is not a file of this folder. Put its file into “images”.")
            problems.append(message % {"file": path, "image": source[:200]})
            return None
        if name not in files:
            problems.append(_("%(file)s: there is no image %(image)s.") % {"file": path, "image": source[:200]})
            return None
        uid = str(uuid5(IMAGES, name))
        images[uid] = name
        return f"/assets/{uid}/"

    return find


def _choice(path: str, key: str, value: str, choices: list[str]) -> str:
    """Return the value, which is one of the choices or empty."""
    if value and value not in choices:
        raise InvalidFolder(
            _("%(file)s: %(key)s is “%(value)s”. You can use: %(known)s.")
            % {"file": path, "key": key, "value": value, "known": ", ".join(choices)}
        )
    return value


def _labels(files: Files) -> list[dict]:
    rows = entries(files, names.LABELS, ("name", "key"), None, frozenset({"question"}))
    for number, row in enumerate(rows, 1):
        if row.get("question", "no") not in YES:
            message = _("%(file)s: question is “%(value)s”; write yes or no.")
            raise InvalidFolder(message % {"file": f"{names.LABELS}, {number}", "value": row["question"]})
    if repeated := doubled([row["key"] for row in rows]):
        raise InvalidFolder(
            _("%(file)s: two labels have the key “%(key)s”.") % {"file": names.LABELS, "key": repeated}
        )
    return [
        {"name": row["name"], "key": row["key"], "is_question": YES[row.get("question", "no")], "position": position}
        for position, row in enumerate(rows)
    ]
