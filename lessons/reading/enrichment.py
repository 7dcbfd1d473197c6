"""Pure: what is added to a revision's HTML for reading. Nothing adds a text node, so `textContent` stays the same."""

import re
from functools import lru_cache
from html import unescape
from typing import NamedTuple
from unicodedata import normalize

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lessons.markup.blocks import BLOCK_TAGS, HEADINGS, TAG, tag_name, text_blocks, unescape_text
from lessons.markup.highlighting import CodeHighlighter

NAME = re.compile(r"<(/?\w+)")
ID = re.compile(r'\sid="([^"]+)"')
# Combining marks: a word does not end before one.
ACCENTS = "\u0300-\u036f"
MATCHES_NOTHING = re.compile(r"(?!)")
LINE_ENDS = BLOCK_TAGS | {"br"}
NO_TERMS_IN = HEADINGS | {"a", "code", "pre", "kbd", "math"}


class Term(NamedTuple):
    id: int
    term: str
    definition: str


class Heading(NamedTuple):
    """`position` is where it is in the HTML, in thousandths of its length."""

    id: str
    text: str
    level: int
    position: int


class EnrichedHtml(NamedTuple):
    """A revision's HTML ready for the page, the terms linked in it, by name, and its headings."""

    html: SafeString
    terms: tuple[Term, ...]
    headings: tuple[Heading, ...]


def enrich_cached(
    html: str, terms: tuple[Term, ...], annotate_url: str = "", *, with_read_buttons: bool = False
) -> EnrichedHtml:
    """Return what `enrich` returns, cached: a page that is requested again is not parsed again."""
    return _enrich_cached(html, terms, annotate_url, with_read_buttons, get_language())


@lru_cache(maxsize=512)
def _enrich_cached(
    html: str, terms: tuple[Term, ...], annotate_url: str, with_read_buttons: bool, language: str
) -> EnrichedHtml:
    return enrich(html, terms, annotate_url, with_read_buttons=with_read_buttons)


def enrich(
    html: str, terms: tuple[Term, ...], annotate_url: str = "", *, with_read_buttons: bool = False
) -> EnrichedHtml:
    """Link each term where the text first uses it, highlight code, give headings a permalink and tables a frame.

    With `annotate_url`, which ends in a query, each block gets a link to the form for a note on it;
    `with_read_buttons`, each section a button at its end that says that one has read to there.
    """
    enricher, highlighter = _Enricher(terms), CodeHighlighter()
    pieces = TAG.split(html)
    offset = 0
    for n, piece in enumerate(pieces):
        pieces[n] = enricher.tag(piece, offset) if n % 2 else enricher.text(piece)
        if n % 2 == 0 and enricher.no_terms_depth:
            pieces[n] = highlighter.piece(pieces, n)
        offset += len(piece)
    if annotate_url:
        _add_annotate_links(pieces, html, annotate_url)
    if with_read_buttons:
        _add_read_buttons(pieces, html)
    used = sorted(enricher.used, key=lambda t: t.term.casefold())
    headings = [h._replace(position=1000 * h.position // offset) for h in enricher.headings]
    return EnrichedHtml(mark_safe("".join(pieces)), tuple(used), tuple(headings))


def _add_annotate_links(pieces: list[str], html: str, annotate_url: str) -> None:
    """Add a link at the end of each block; the page hides them where scripts run."""
    label = _("Note on this paragraph")
    pieces.append("")
    for number, block in enumerate(text_blocks(html)):
        link = format_html(
            '<a class="annotate-link" href="{}&amp;block={}" aria-label="{}"></a>', annotate_url, number, label
        )
        pieces[block.tag_index] = link + mark_safe(pieces[block.tag_index])


def _add_read_buttons(pieces: list[str], html: str) -> None:
    """Add a button before each heading that text stands before, and at the end. The page hides them where scripts run,
    which need none.
    """
    length = last = 0
    for n, piece in enumerate(TAG.split(html)):
        if n % 2 == 0:
            length += len(unescape_text(piece))
        elif tag_name(piece) in HEADINGS and length > last:
            pieces[n] = _read_button(length) + mark_safe(pieces[n])
            last = length
    pieces.append(_read_button(length))


def _read_button(offset: int) -> SafeString:
    label = _("I have read to here")
    return format_html(
        '<button class="read-button" form="read-to-here" name="reached" value="{}" aria-label="{}"></button>',
        offset,
        label,
    )


class _Enricher:
    """Process tags and text in order. Each tag is whole, so that no attribute's value is mistaken for one."""

    def __init__(self, terms: tuple[Term, ...]):
        self.pattern = _pattern(terms)
        self.remaining = dict(enumerate(terms, 1))
        self.used: list[Term] = []
        self.headings: list[Heading] = []
        self.no_terms_depth = 0
        self.heading: Heading | None = None

    def tag(self, tag: str, offset: int) -> str:
        match = NAME.match(tag)
        name = match[1] if match else ""
        if name.lstrip("/") in NO_TERMS_IN:
            self.no_terms_depth += -1 if name[0] == "/" else 1
        if name.lstrip("/") in HEADINGS:
            return self._end_heading(tag) if name[0] == "/" else self._start_heading(tag, offset)
        if self.heading and name.lstrip("/") in LINE_ENDS:
            self.heading = self.heading._replace(text=f"{self.heading.text} ")
        return _scrollable(tag, name)

    def text(self, piece: str) -> str:
        if self.heading:
            self.heading = self.heading._replace(text=self.heading.text + unescape(piece))
        if self.no_terms_depth or not self.remaining or not piece.strip():
            return piece
        return self._link_terms(piece)

    def _start_heading(self, tag: str, offset: int) -> str:
        match = ID.search(tag)
        if not match:
            return tag
        self.heading = Heading(unescape(match[1]), "", int(tag[2]), offset)
        return format_html('<div class="anchored-heading anchored-heading-{}">{}', tag[2], mark_safe(tag))

    def _end_heading(self, tag: str) -> str:
        if not self.heading:
            return tag
        heading = self.heading._replace(text=" ".join(self.heading.text.split()))
        self.headings.append(heading)
        self.heading = None
        label = _("Link to this section: %(title)s") % {"title": heading.text}
        link = format_html('<a class="permalink" href="#{}" aria-label="{}"></a></div>', heading.id, label)
        return mark_safe(tag) + link

    def _link_terms(self, piece: str) -> str:
        """Link the first uses in a run of text; those terms move from `remaining` to `used`."""
        text, parts, end = unescape(piece), [], 0
        for match in self.pattern.finditer(text):
            term = self.remaining.pop(int((match.lastgroup or "")[1:]), None)
            if term:
                self.used.append(term)
                parts += [
                    escape(text[end : match.start()]),
                    format_html('<a class="term" href="#term-{}">{}</a>', term.id, match[0]),
                ]
                end = match.end()
        return "".join([*parts, escape(text[end:])]) if parts else piece


def _pattern(terms: tuple[Term, ...]) -> re.Pattern:
    """Return a pattern whose group n is the nth term.

    It matches whole words in any case and their simple plural; of two terms with the same beginning, the longer.
    """
    if not terms:
        return MATCHES_NOTHING
    longest_first = sorted(enumerate(terms, 1), key=lambda pair: -len(pair[1].term))
    alternatives = "|".join(f"(?P<t{n}>{_spellings(t.term)})" for n, t in longest_first)
    return re.compile(rf"(?<!\w)(?:{alternatives})s?(?![\w{ACCENTS}])", re.IGNORECASE)


def _spellings(term: str) -> str:
    """Return a pattern of the term with accents composed or not, as some systems paste them, and any white space."""
    forms = sorted({normalize(form, term) for form in ("NFC", "NFD")})
    return "|".join(r"\s+".join(map(re.escape, form.split())) for form in forms)


def _scrollable(tag: str, name: str) -> str:
    """Make wide tables and code scrollable, by keyboard too."""
    if name == "table":
        frame = format_html('<div class="scroll" role="region" tabindex="0" aria-label="{}">', _("Table"))
        return frame + mark_safe(tag)
    if name == "/table":
        return tag + "</div>"
    return tag.replace("<pre", '<pre tabindex="0"', 1) if name == "pre" else tag
