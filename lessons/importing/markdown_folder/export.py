"""Courses and modules as files. The same rows make the same files, byte for byte.

A lesson's file has the text that its editors see; where readers see another one, that has the file, and the draft a
file beside it. Nothing about people is in the files.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape

from django.db.models import Prefetch

from lessons.annotations.models import CourseLabel
from lessons.courses.models import Course
from lessons.importing.markdown_folder import names
from lessons.importing.markdown_folder.dates import moment_text
from lessons.importing.markdown_folder.images import alternative_texts
from lessons.importing.markdown_folder.links import HREF, CourseFiles, ExportedLinks, course_files
from lessons.importing.markdown_folder.participation import rule_entries
from lessons.markup.html_to_markdown import NotMarkdown, as_html, is_same_text, to_markdown
from lessons.markup.sanitise import CHECK_PLACE, InvalidText
from lessons.markup.yaml_text import Values, entries, front_matter
from lessons.models import (
    Asset,
    GlossaryTerm,
    Lesson,
    LessonTag,
    Module,
    ModuleTag,
    Prompt,
    TimelineEvent,
    nonblank_lines,
)
from lessons.participation.requirements import REQUIREMENTS
from lessons.practice.check_text import write_check
from lessons.practice.checks import Check
from lessons.practice.places import checks_below_blocks, without_unknown
from lessons.practice.transfer import checks_of_drafts, checks_of_revisions, checks_outside_drafts, is_same
from lessons.progress.models import CompletionRule
from lessons.services import prepare_html

# Keys whose values are names and not sentences.
PLAIN = frozenset(
    "slug kind state completed_by language visibility join_policy time_zone starts ends modules tags lesson key "
    "question where".split()
).union(REQUIREMENTS)
LIST_FACTS = ("parties", "questions")


@dataclass(slots=True)
class ExportedFile:
    """A file: its name within the folder, and its text, or the image that it is."""

    name: str
    text: str = ""
    asset: Asset | None = None


@dataclass(slots=True)
class _Text:
    """A lesson's text as its editors or its readers see it."""

    title: str
    facts: Mapping
    html: str
    checks: Mapping[str, Check]


@dataclass(slots=True)
class _Images:
    """The images of a folder: the names of their files, by their addresses in texts. alts: what the texts say that
    they show, by their uids.
    """

    assets: list[Asset]
    alts: Mapping[str, str]
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        taken: set[str] = set()
        for asset in self.assets:
            name = names.image_name(self.alts.get(str(asset.uid), asset.alt), taken)
            taken.add(name)
            self.names[asset.get_absolute_url()] = f"{names.IMAGES}/{name}"

    def files(self, folder: str) -> Iterator[ExportedFile]:
        for asset in self.assets:
            yield ExportedFile(f"{folder}{self.names[asset.get_absolute_url()]}", asset=asset)


def export_course(course: Course) -> Iterator[ExportedFile]:
    """Yield the files of a course with all its modules. Slow; some ten queries for each module."""
    modules = list(course.modules.select_related("course").order_by("position", "pk"))
    description = course.description
    images = _images(course, [description])
    for address, name in images.names.items():
        description = description.replace(address, name)
    slugs = [module.slug for module in modules]
    values: Values = {
        "title": course.title,
        "slug": course.slug,
        "language": course.language,
        "visibility": course.visibility,
        "join_policy": course.join_policy,
        "time_zone": course.time_zone,
        "starts": course.starts_on.isoformat() if course.starts_on else "",
        "ends": course.ends_on.isoformat() if course.ends_on else "",
        "modules": slugs if slugs != sorted(slugs) else [],
    }
    body = description.replace("\r\n", "\n").strip()
    yield ExportedFile(names.COURSE, front_matter(values, PLAIN) + (f"{body}\n" if body else ""))
    labels = CourseLabel.objects.filter(course=course).order_by("position", "pk")
    rows = [{"name": row.name, "key": row.key, "question": "yes" if row.is_question else ""} for row in labels]
    yield from _entries("", names.LABELS, rows)
    yield from _entries("", names.PARTICIPATION, list(rule_entries(course, modules)))
    yield from images.files("")
    files = course_files(course)
    for module in modules:
        yield from _module_files(module, files, f"{module.slug}/")


def export_module(module: Module) -> Iterator[ExportedFile]:
    """Yield the files of a module. Links to other modules of its course lead to where their files would be."""
    return _module_files(module, course_files(module.course), "")


def _module_files(module: Module, files: CourseFiles, folder: str) -> Iterator[ExportedFile]:
    tagged = Prefetch("tagged", LessonTag.objects.select_related("tag"))
    related = ("module__course", "casestudy", "current_revision", "completion_rule")
    rows = module.lessons.select_related(*related).prefetch_related(tagged)
    lessons = list(rows.order_by("position", "pk"))
    texts = _texts(lessons)
    images = _images(module.course, [text.html for pair in texts.values() for text in pair])
    slugs = names.lesson_slugs(lessons)
    values: Values = {
        "title": module.title,
        "slug": module.slug,
        "state": "" if module.state == Module.State.DRAFT else module.state,
        "summary": module.summary,
        "licence": module.licence,
        "credit": module.credit,
        "source": module.source,
        "tags": _tags(ModuleTag.objects.filter(content_object=module).select_related("tag")),
    }
    yield ExportedFile(f"{folder}{names.MODULE}", front_matter(values, PLAIN))
    links = ExportedLinks(module, files)
    for lesson in lessons:
        yield from _lesson_files(lesson, texts[lesson.pk], slugs[lesson.pk], links, images, folder)
    outside = checks_outside_drafts(lessons)
    checks = [{"lesson": slugs[pk], "check": write_check(check)} for pk in slugs for check in outside.get(pk, [])]
    yield from _entries(folder, names.CHECKS, checks)
    yield from _items(module, slugs, folder)
    yield from images.files(folder)


def _texts(lessons: list[Lesson]) -> dict[int, list[_Text]]:
    """Return the texts of each lesson, by its id: what readers see of a published one, and its draft if that is
    another text; else the draft alone. Two queries.
    """
    drafts = checks_of_drafts(lessons)
    published = checks_of_revisions(lesson.current_revision_id for lesson in lessons if lesson.current_revision_id)
    texts = {}
    for lesson in lessons:
        row, revision = getattr(lesson, "casestudy", lesson), lesson.current_revision
        texts[lesson.pk] = [_Text(lesson.title, row.facts(), lesson.body, drafts[lesson.pk])]
        if lesson.state == Lesson.State.PUBLISHED and revision is not None:
            shown = _Text(revision.title, revision.facts, revision.html, published.get(revision.pk, {}))
            if not _is_same(shown, texts[lesson.pk][0]):
                texts[lesson.pk].insert(0, shown)
    return texts


def _is_same(shown: _Text, draft: _Text) -> bool:
    """Return whether readers see what the draft says."""
    return (
        (draft.title, draft.facts) == (shown.title, shown.facts)
        and is_same(draft.checks, shown.checks)
        and (prepare_html(draft.html) == shown.html or is_same_text(draft.html, shown.html))
    )


def _lesson_files(
    lesson: Lesson, texts: list[_Text], slug: str, links: ExportedLinks, images: _Images, folder: str
) -> Iterator[ExportedFile]:
    name = links.name_of(lesson.pk)
    about = {
        "state": "" if lesson.state == Lesson.State.DRAFT else lesson.state,
        "due": moment_text(lesson.due_at, lesson.module.course.zone),
        "completed_by": _completed_by(lesson),
    }
    for text, is_draft in zip(texts, (False, True), strict=False):
        values: Values = {
            "title": text.title,
            "slug": slug,
            "kind": "case_study" if hasattr(lesson, "casestudy") else "lesson",
            **({} if is_draft else about),
            "summary": text.facts.get("summary", ""),
            "tags": [] if is_draft else _tags(lesson.tagged.all()),
            **_facts(text.facts),
        }
        body = _markdown(text, links, images)
        file = f"{name.removesuffix('.md')}{names.DRAFT}" if is_draft else name
        yield ExportedFile(f"{folder}{file}", front_matter(values, PLAIN) + body)


def _completed_by(lesson: Lesson) -> str:
    rule = getattr(lesson, "completion_rule", None)
    return rule.rule if rule and rule.rule != CompletionRule.Rule.MARKED else ""


def _facts(facts: Mapping) -> dict[str, str | list[str]]:
    keys = ("location", "began", "ended", "parties", "outcome", "questions")
    return {
        key: nonblank_lines("\n".join(value)) if key in LIST_FACTS else value
        for key in keys
        if (value := facts.get(key))
    }


def _markdown(text: _Text, links: ExportedLinks, images: _Images) -> str:
    """Return the text as Markdown, with its checks; one that would be in HTML is put below the block that it is in."""
    html = without_unknown(text.html, text.checks)
    addresses = {address: links.address(address) for address in map(unescape, HREF.findall(html))} | images.names
    files = {name: address for address, name in images.names.items()}
    checks = {uid: write_check(check) for uid, check in text.checks.items()}
    markdown = _written(html, addresses, files, checks)
    return _written(checks_below_blocks(html), addresses, files, checks) if CHECK_PLACE.search(markdown) else markdown


def _written(html: str, addresses: Mapping[str, str], files: Mapping[str, str], checks: Mapping[str, str]) -> str:
    try:
        return to_markdown(html, addresses, files, checks)
    except (NotMarkdown, InvalidText):  # more of it than a file may have
        return as_html(html, addresses, checks)


def _tags(rows: Iterable[ModuleTag | LessonTag]) -> list[str]:
    return [row.tag.name for row in sorted(rows, key=lambda row: row.tag.key)]


def _items(module: Module, slugs: dict[int, str], folder: str) -> Iterator[ExportedFile]:
    def lesson(row: GlossaryTerm | TimelineEvent | Prompt) -> str:
        return slugs.get(row.lesson_id or 0, "")

    terms = GlossaryTerm.objects.filter(module=module).order_by("pk")
    events = TimelineEvent.objects.filter(module=module).order_by("sort_key", "pk")
    prompts = Prompt.objects.filter(module=module).order_by("position", "pk")
    yield from _entries(
        folder,
        names.GLOSSARY,
        [{"term": row.term, "definition": row.definition, "lesson": lesson(row)} for row in terms],
    )
    yield from _entries(
        folder,
        names.TIMELINE,
        [{"date": row.date, "event": row.event, "detail": row.detail, "lesson": lesson(row)} for row in events],
    )
    yield from _entries(folder, names.PROMPTS, [{"text": row.text, "lesson": lesson(row)} for row in prompts])


def _entries(folder: str, name: str, rows: Sequence[Values]) -> Iterator[ExportedFile]:
    if rows:
        yield ExportedFile(f"{folder}{name}", entries(rows, PLAIN))


def _images(course: Course, texts: list[str]) -> _Images:
    """Return the course's images that the texts show, of which there is a file."""
    uids = {uid for text in texts for uid in names.ASSET_UID.findall(text)}
    assets = Asset.objects.filter(course=course, uid__in=uids).order_by("pk") if uids else []
    found = [asset for asset in assets if asset.file.storage.exists(asset.file.name or "")]
    return _Images(found, alternative_texts(texts))
