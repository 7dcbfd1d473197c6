"""Where the texts of a course link to something that is to be deleted."""

import re
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django.db.models import Q
from django.urls import Resolver404, resolve

from lessons.authoring.bin.services import Row
from lessons.authoring.status import as_subclass
from lessons.markup.blocks import HEADINGS, TAG, tag_name, unescape_text
from lessons.models import GlossaryTerm, Lesson, Module, ModuleItem, TimelineEvent

HREF = re.compile(r'\shref="([^"]*)"')
FRAGMENTS: dict[type[ModuleItem], str] = {GlossaryTerm: "term", TimelineEvent: "event"}


class Link(NamedTuple):
    """A link in a text: where it leads, its words, and the last heading before it."""

    address: str
    text: str
    heading: str


class LinkPlace(NamedTuple):
    """A link in a lesson. `is_draft` says whether the draft has it, or only the published revision."""

    lesson: Lesson
    text: str
    heading: str
    is_draft: bool

    @property
    def url_name(self) -> str:
        """Return the name of the URL of the lesson's form."""
        return f"admin:lessons_{as_subclass(self.lesson)._meta.model_name}_change"


def links_to(row: Row, lessons: list[Lesson], host: str) -> list[LinkPlace]:
    """Return the links to the row, and to the `lessons` deleted with it, in other lessons of its course. One query."""
    module = row if isinstance(row, Module) else row.module
    leads_there, mentioned = _target(row, lessons, module, host)
    if leads_there is None:
        return []
    mentions = Q()
    for part in mentioned:
        mentions |= Q(body__contains=part) | Q(current_revision__html__contains=part)
    others = Lesson.objects.filter(module__course=module.course_id).exclude(pk__in=[lesson.pk for lesson in lessons])
    rows = others.filter(mentions).select_related("module", "current_revision", "casestudy")
    places: list[LinkPlace] = []
    for lesson in rows.order_by("module__position", "module", "position", "pk"):
        drafted = [link for link in links_in(lesson.body) if leads_there(link.address)]
        published = links_in(lesson.current_revision.html) if lesson.current_revision else ()
        places += [LinkPlace(lesson, link.text, link.heading, True) for link in drafted]
        known = {(link.address, link.text) for link in drafted}
        places += [
            LinkPlace(lesson, link.text, link.heading, False)
            for link in published
            if leads_there(link.address) and (link.address, link.text) not in known
        ]
    return places


def _target(
    row: Row, lessons: list[Lesson], module: Module, host: str
) -> tuple[Callable[[str], bool] | None, list[str]]:
    """Return a function that says whether an address leads to what is deleted, and parts of such addresses."""
    if isinstance(row, ModuleItem):
        prefix = FRAGMENTS.get(type(row))
        fragment = f"{prefix}-{row.pk}"
        return (lambda address: urlsplit(address).fragment == fragment) if prefix else None, [f"#{fragment}"]
    ids = {lesson.pk for lesson in lessons}

    def leads_there(address: str) -> bool:
        try:
            parts = urlsplit(address.strip())
            match = resolve(unquote(parts.path)) if parts.path and parts.netloc in ("", host) else None
        except (ValueError, Resolver404):
            return False
        if match is None or match.view_name.startswith("admin:"):
            return False
        if match.view_name == "reading:module":
            slugs = {"course_slug": module.course.slug, "slug": module.slug}
            return isinstance(row, Module) and match.kwargs == slugs
        return match.route.startswith("lessons/") and match.kwargs.get("pk") in ids

    return leads_there, ["/lessons/", "/modules/"] if isinstance(row, Module) else [f"/lessons/{row.pk}/"]


def lessons_with_term(term: GlossaryTerm) -> list[Lesson]:
    """Return the published lessons of the term's module that use it. One query."""
    spelling = r"\s+".join(map(re.escape, term.term.split()))
    use = re.compile(rf"(?<!\w){spelling}s?(?!\w)", re.IGNORECASE)
    lessons = Lesson.objects.published().filter(module=term.module_id).select_related("current_revision")
    return [lesson for lesson in lessons if lesson.current_revision and use.search(lesson.current_revision.text)]


def links_in(html: str) -> Iterator[Link]:
    """Return the links of sanitised HTML in order. Linear in its length."""
    heading, address = "", ""
    heading_words: list[str] | None = None
    words: list[str] = []
    for n, piece in enumerate(TAG.split(html)):
        name = tag_name(piece) if n % 2 else ""
        if n % 2 == 0:
            words.append(unescape_text(piece))
            if heading_words is not None:
                heading_words.append(words[-1])
        elif name in HEADINGS:
            heading_words = []
        elif name.lstrip("/") in HEADINGS:
            heading, heading_words = _joined(heading_words or ()), None
        elif name == "a":
            match = HREF.search(piece)
            address, words = unescape(match[1]) if match else "", []
        elif name == "/a" and address:
            yield Link(address, _joined(words), heading)
            address = ""


def _joined(words: Iterable[str]) -> str:
    return " ".join("".join(words).split())
