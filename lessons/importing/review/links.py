"""Links and notes of the lessons that a review makes. Pure.

A link to a place of the article leads to the lesson that has the place, whatever sections became lessons. The address
of a lesson is known once it is created: until then the link is `#lesson:SECTION` or `#lesson:SECTION:ID`, with the
first section of the lesson; `builders.with_addresses` makes an address of it.
"""

import re
from collections.abc import Callable, Iterable
from functools import partial
from html import escape, unescape
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString
from django.utils.text import slugify

from lessons.importing.outline.links import LINK, NOTE, anchor_in, is_note

if TYPE_CHECKING:
    from lessons.importing.review.texts import ReviewedLesson

LESSON = "#lesson:"
NOTE_ID = re.compile(rf'<li[^>]*? id="({NOTE}[^"]+)"')
NOTE_LINK = re.compile(rf'href="#({NOTE}[^"]+)"')
REFERENCE = re.compile(rf'(<sup class="footnote-ref"[^>]*><a [^>]*?href="#({NOTE}[^"]+)"[^>]*>)[^<]*(</a></sup>)')
FIRST_TAG = re.compile(r"\A\s*<([a-z][a-z0-9]*)((?: [a-z-]+=\"[^\"]*\")*)(?=\s?/?>)")
ID = re.compile(r' id="([^"]*)"')
MAX_ID = 100


def connect(lessons: "list[ReviewedLesson]") -> None:
    """Give each lesson the notes that it refers to, numbered in their order, and make its links lead to lessons."""
    _place_notes(lessons)
    _connect_places(lessons)
    for lesson in lessons:
        _make_ids_unique(lesson)


def _place_notes(lessons: "list[ReviewedLesson]") -> None:
    """Set the footnotes of each lesson. One that two lessons refer to is in both; one without a reference stays."""
    everything = {key: html for lesson in lessons for key, html in lesson.notes.items()}
    referred = [_referred(lesson.parts, everything) for lesson in lessons]
    used = {key for keys in referred for key in keys}
    for lesson, keys in zip(lessons, referred, strict=True):
        own = [*keys, *(key for key in lesson.notes if key not in used)]
        numbers = {key: number for number, key in enumerate(own, 1)}
        lesson.parts = [_numbered(part, numbers) for part in lesson.parts]
        lesson.footnotes = [_numbered(everything[key], numbers) for key in own] + lesson.footnotes


def _referred(parts: Iterable[str], notes: dict[str, SafeString]) -> list[str]:
    """Return the keys of notes in the order in which `parts`, and then the notes themselves, refer to them."""
    keys = dict.fromkeys(key for part in parts for key in NOTE_LINK.findall(part) if key in notes)
    pending = list(keys)
    while pending:
        inside = [key for key in NOTE_LINK.findall(notes[pending.pop(0)]) if key in notes and key not in keys]
        keys |= dict.fromkeys(inside)
        pending += inside
    return list(keys)


def _numbered(html: SafeString, numbers: dict[str, int]) -> SafeString:
    if "footnote-ref" not in html:
        return html
    return SafeString(REFERENCE.sub(lambda m: f"{m[1]}{numbers[m[2]]}{m[3]}" if m[2] in numbers else m[0], html))


def _connect_places(lessons: "list[ReviewedLesson]") -> None:
    places = {
        anchor: (number, part) for number, lesson in enumerate(lessons) for anchor, part in lesson.anchors.items()
    }
    ids = _Ids(lessons)

    def address(href: str, number: int) -> str | None:
        if is_note(href):
            return href if anchor_in(href) in lessons[number].note_ids else None
        if anchor_in(href) not in places:
            return None
        target, part = places[anchor_in(href)]
        if target == number:
            return f"#{ids.of(target, part, anchor_in(href))}"
        place = f":{ids.of(target, part, anchor_in(href))}" if part else ""
        return f"{LESSON}{lessons[target].sections[0]}{place}"

    # First every place gets its id: a link may lead to a part that stands before it, or to its own.
    for number, lesson in enumerate(lessons):
        for html in [*lesson.parts, *lesson.footnotes]:
            with_links(html, partial(address, number=number))
    for number, lesson in enumerate(lessons):
        lesson.parts = [with_links(html, partial(address, number=number)) for html in lesson.parts]
        lesson.footnotes = [with_links(html, partial(address, number=number)) for html in lesson.footnotes]


class _Ids:
    """Gives parts of lessons ids, when something leads to them."""

    def __init__(self, lessons: "list[ReviewedLesson]"):
        self._lessons = lessons
        self._taken = [{name for part in lesson.parts for name in ID.findall(part)} for lesson in lessons]

    def of(self, lesson: int, part: int, anchor: str) -> str:
        """Return the id of a part of a lesson; one without gets one that is like `anchor`."""
        html = self._lessons[lesson].parts[part]
        tag = FIRST_TAG.match(html)
        attributes = tag[2] if tag else ""
        if present := ID.search(attributes):
            return present[1]
        name = self._unused(lesson, f"sec-{slugify(anchor, allow_unicode=True)[:MAX_ID] or 'place'}")
        if tag:
            self._lessons[lesson].parts[part] = SafeString(f'{html[: tag.end()]} id="{name}"{html[tag.end() :]}')
        return name

    def _unused(self, lesson: int, stem: str) -> str:
        name, number = stem, 1
        while name in self._taken[lesson]:
            number += 1
            name = f"{stem}-{number}"
        self._taken[lesson].add(name)
        return name


def with_links(html: SafeString, address: Callable[[str], str | None]) -> SafeString:
    """Return HTML whose links into the article lead to `address` of them; where that is None, the text is kept."""
    if 'href="#' not in html:
        return html

    def change(match: re.Match) -> str:
        href = unescape(match["href"])
        if not href.startswith("#"):
            return match[0]
        new = address(href)
        if new is None:
            return match["inside"]
        start, end = match.span("href")
        return f"{match[0][: start - match.start()]}{escape(new)}{match[0][end - match.start() :]}"

    return SafeString(LINK.sub(change, html))


def _make_ids_unique(lesson: "ReviewedLesson") -> None:
    """Remove an id that an element before has: a note that is referred to twice has one place to lead back to."""
    seen: set[str] = set()

    def once(match: re.Match) -> str:
        if match[1] in seen:
            return ""
        seen.add(match[1])
        return match[0]

    lesson.parts = [SafeString(ID.sub(once, part)) if ' id="' in part else part for part in lesson.parts]
    lesson.footnotes = [SafeString(ID.sub(once, html)) for html in lesson.footnotes]
