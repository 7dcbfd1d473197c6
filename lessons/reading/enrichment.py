"""Pure: what is spliced into a revision's html for reading. None of it adds a text node, so `textContent` stays."""

import re
from functools import lru_cache
from html import escape, unescape
from typing import NamedTuple
from unicodedata import normalize

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lessons.markup.blocks import HEADINGS, TAG, text_blocks

NAME = re.compile(r"<(/?\w+)")
ID = re.compile(r'\sid="([^"]+)"')
# Combining marks: a word goes on behind its last letter.
ACCENTS = "\u0300-\u036f"
NO_TERMS_IN = HEADINGS | {"a", "code", "pre", "kbd"}


class Term(NamedTuple):
    id: int
    term: str
    definition: str


class Heading(NamedTuple):
    """`place` is where it stands in the html, in thousandths."""

    id: str
    words: str
    level: int
    position: int


class EnrichedHtml(NamedTuple):
    """A revision's html ready for the page, the terms that were marked in it, by name, and its headings."""

    html: SafeString
    terms: tuple[Term, ...]
    headings: tuple[Heading, ...]

    def heading_before(self, place: int) -> Heading | None:
        """The last heading above `place`, in thousandths."""
        return next((h for h in reversed(self.headings) if h.position <= place), None)


def enriched(html: str, terms: tuple[Term, ...], annotate_url: str = "") -> EnrichedHtml:
    """As `dress`, remembered: a page asked for again does not parse."""
    return _dressed(html, terms, annotate_url, get_language())


@lru_cache(maxsize=512)
def _dressed(html: str, terms: tuple[Term, ...], annotate_url: str, language: str) -> EnrichedHtml:
    return enrich(html, terms, annotate_url)


def enrich(html: str, terms: tuple[Term, ...], annotate_url: str = "") -> EnrichedHtml:
    """Marks each term where the text first uses it, gives headings a link to themselves and tables a frame.

    With `note_address`, which ends in a query, each block gets a link to the form for a note on it.
    """
    dresser = _Enricher(terms)
    pieces = TAG.split(html)
    place = 0
    for n, piece in enumerate(pieces):
        pieces[n] = dresser.tag(piece, place) if n % 2 else dresser.words(piece)
        place += len(piece)
    if annotate_url:
        _add_note_links(pieces, html, annotate_url)
    used = sorted(dresser.used, key=lambda t: t.term.casefold())
    headings = [h._replace(position=1000 * h.position // place) for h in dresser.headings]
    return EnrichedHtml(mark_safe("".join(pieces)), tuple(used), tuple(headings))


def _add_note_links(pieces: list[str], html: str, address: str) -> None:
    """Puts a link at the end of each block; where there is script the page hides them."""
    label = _("Note on this paragraph")
    pieces.append("")
    for number, block in enumerate(text_blocks(html)):
        link = format_html(
            '<a class="annotate-link" href="{}&amp;block={}" aria-label="{}"></a>', address, number, label
        )
        pieces[block.tag_index] = link + pieces[block.tag_index]


class _Enricher:
    """Goes through tags and text in their order: whole tags, so that no attribute's value is taken for one."""

    def __init__(self, terms: tuple[Term, ...]):
        self.pattern = _pattern(terms) if terms else None
        self.left = dict(enumerate(terms, 1))
        self.used: list[Term] = []
        self.headings: list[Heading] = []
        self.unmarked = 0
        self.heading: Heading | None = None

    def tag(self, tag: str, place: int) -> str:
        found = NAME.match(tag)
        name = found[1] if found else ""
        if name.lstrip("/") in NO_TERMS_IN:
            self.unmarked += -1 if name[0] == "/" else 1
        if name.lstrip("/") in HEADINGS:
            return self._heading_ends(tag) if name[0] == "/" else self._heading_begins(tag, place)
        return _scrollable(tag, name)

    def words(self, piece: str) -> str:
        if self.heading:
            self.heading = self.heading._replace(words=self.heading.words + unescape(piece))
        if self.unmarked or not self.left or not piece.strip():
            return piece
        return self._marked(piece)

    def _heading_begins(self, tag: str, place: int) -> str:
        address = ID.search(tag)
        if not address:
            return tag
        self.heading = Heading(unescape(address[1]), "", int(tag[2]), place)
        return f'<div class="anchored-heading anchored-heading-{tag[2]}">{tag}'

    def _heading_ends(self, tag: str) -> str:
        if not self.heading:
            return tag
        heading = self.heading._replace(words=" ".join(self.heading.words.split()))
        self.headings.append(heading)
        self.heading = None
        label = _("Address of this part: %(title)s") % {"title": heading.words}
        return tag + format_html('<a class="permalink" href="#{}" aria-label="{}"></a></div>', heading.id, label)

    def _marked(self, piece: str) -> str:
        """A run of text with its first uses marked; they move from `left` to `used`."""
        words, out, end = unescape(piece), [], 0
        for found in self.pattern.finditer(words):
            term = self.left.pop(int(found.lastgroup[1:]), None)
            if term:
                self.used.append(term)
                link = f'<a class="term" href="#term-{term.id}">{_text(found[0])}</a>'
                out += [_text(words[end : found.start()]), link]
                end = found.end()
        return "".join([*out, _text(words[end:])]) if out else piece


def _pattern(terms: tuple[Term, ...]) -> re.Pattern:
    """Whole words, any case, a plain plural too; of two terms that begin alike the longer. Group n is the nth term."""
    longest_first = sorted(enumerate(terms, 1), key=lambda pair: -len(pair[1].term))
    words = "|".join(f"(?P<t{n}>{_spelled(t.term)})" for n, t in longest_first)
    return re.compile(rf"(?<!\w)(?:{words})s?(?![\w{ACCENTS}])", re.IGNORECASE)


def _spelled(term: str) -> str:
    """Its accents composed or not, as some systems paste them, and any white space between its words."""
    forms = sorted({normalize(form, term) for form in ("NFC", "NFD")})
    return "|".join(r"\s+".join(map(re.escape, form.split())) for form in forms)


def _text(words: str) -> str:
    return escape(words, quote=False)


def _scrollable(tag: str, name: str) -> str:
    """Wide tables and code scroll in a frame of their own, also by keyboard."""
    if name == "table":
        return format_html('<div class="scroll" role="region" tabindex="0" aria-label="{}">', _("Table")) + tag
    if name == "/table":
        return tag + "</div>"
    return tag.replace("<pre", '<pre tabindex="0"', 1) if name == "pre" else tag
