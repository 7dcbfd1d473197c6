"""Resolve links and footnotes between the lessons of a review. Pure.

A link within the article leads to the lesson with its target, whichever sections became lessons. The URL of a lesson
is known once it is created: until then the link is `#lesson:SECTION` or `#lesson:SECTION:ID`, with the first section
of the lesson; `builders.with_lesson_urls` replaces it by a URL.
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
    """Set the footnotes of each lesson, numbered by its references, and point its links to lessons."""
    _place_notes(lessons)
    _connect_places(lessons)
    for lesson in lessons:
        _make_ids_unique(lesson)


def _place_notes(lessons: "list[ReviewedLesson]") -> None:
    """Set the footnotes of each lesson. One that two lessons refer to is in both; one without references stays."""
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

    # First set the ids of all targets, since a link may refer to an earlier part or to its own.
    for number, lesson in enumerate(lessons):
        for html in [*lesson.parts, *lesson.footnotes]:
            with_links(html, partial(address, number=number))
    for number, lesson in enumerate(lessons):
        lesson.parts = [with_links(html, partial(address, number=number)) for html in lesson.parts]
        lesson.footnotes = [with_links(html, partial(address, number=number)) for html in lesson.footnotes]


class _Ids:
    """Sets the ids of parts of lessons that links refer to."""

    def __init__(self, lessons: "list[ReviewedLesson]"):
        self._lessons = lessons
        self._taken = [{name for part in lesson.parts for name in ID.findall(part)} for lesson in lessons]

    def of(self, lesson: int, part: int, anchor: str) -> str:
        """Return the id of a part of a lesson; if it has none, set one derived from `anchor`."""
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
    """Return HTML with links into the article replaced by `address` of them, or by their text if that is None."""
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
    """Remove ids that an earlier element has: the back link of a note with two references leads to the first."""
    seen: set[str] = set()

    def once(match: re.Match) -> str:
        if match[1] in seen:
            return ""
        seen.add(match[1])
        return match[0]

    lesson.parts = [SafeString(ID.sub(once, part)) if ' id="' in part else part for part in lesson.parts]
    lesson.footnotes = [SafeString(ID.sub(once, html)) for html in lesson.footnotes]
