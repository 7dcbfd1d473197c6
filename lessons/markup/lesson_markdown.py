"""Pure: render Markdown of lessons, articles and descriptions as HTML. Posts use the same parser."""

import re
from functools import cached_property, lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from lessons.markup.sanitise import PARSER_DEPTH, InvalidText, check_size, sanitise

MAX_BRACKETS = 3_000
# Finding bare URLs takes long: in longer texts they are not made links.
LINKIFY_LIMIT = 5_000
# Every top-level domain of letters: which of them exist changes each year.
TOP_LEVEL_DOMAIN = "[a-z]{2,63}"
# A `www.` after one of these is part of a longer address.
INSIDE_ADDRESS = "/.@:-"
PARAGRAPH_END = re.compile(r"\n[ \t]*\n")


def check_brackets(source: str) -> None:
    """Raise InvalidText for Markdown whose links would take minutes to parse.

    The parser's time grows with the square of the open brackets in a paragraph.
    """
    if max(paragraph.count("[") for paragraph in PARAGRAPH_END.split(source)) > MAX_BRACKETS:
        raise InvalidText(_("One paragraph of this text has too many square brackets. Split it, or remove some."))


def render_markdown(source: str) -> str:
    """Return sanitised HTML of Markdown: CommonMark, tables, strikethrough, footnotes. HTML in it is shown as text.

    Raise InvalidText if the source is too large or too deeply nested.
    """
    check_size(source)
    check_brackets(source)
    try:
        return sanitise(markdown_parser(source, PARSER_DEPTH).render(source))
    except RecursionError:
        raise nested_too_deeply() from None


def markdown_parser(source: str, max_nesting: int) -> MarkdownIt:
    """Return the parser for `source`, which makes links of bare URLs unless the text is long."""
    return _parser(max_nesting, len(source) < LINKIFY_LIMIT)


def nested_too_deeply() -> InvalidText:
    return InvalidText(_("This text is nested too deeply. Remove some of the quotes within quotes."))


@lru_cache(maxsize=8)
def _parser(max_nesting: int, linkify: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": max_nesting, "linkify": linkify})
    parser.enable(["table", "strikethrough"]).use(footnote_plugin)
    if linkify:
        parser.linkify = AddressFinder()
        parser.enable("linkify")
    return parser


def link_addresses(text: str) -> SafeString:
    """Return a line of plain text as HTML, with links of its addresses."""
    pieces, last = [], 0
    for match in _addresses().match(text) or ():
        pieces.append(format_html('{}<a href="{}">{}</a>', text[last : match.index], match.url, match.text))
        last = match.last_index
    return format_html("{}{}", mark_safe("".join(pieces)), text[last:])


@lru_cache(maxsize=1)
def _addresses() -> "AddressFinder":
    return AddressFinder()


class AddressFinder(LinkifyIt):
    """Finds what its writer meant as an address: http and https, `www.`, and e-mail.

    Anything else that looks like a domain is the end of one sentence and the beginning of the next: “I agree.It was”.
    """

    def __init__(self):
        super().__init__(options={"fuzzy_link": False})
        self.tlds([TOP_LEVEL_DOMAIN])
        self.add("ftp:", None).add("//", None)
        self.add("www.", {"validate": self._match_www, "normalize": self._add_scheme})

    def _match_www(self, text: str, start: int) -> int:
        """Return the length of the address that goes on at `start`, after `www.`; 0 if there is none."""
        begin = start - len("www.")
        if begin and text[begin - 1] in INSIDE_ADDRESS:
            return 0
        match = self._www.match(text, start)
        return len(match[0]) if match else 0

    @cached_property
    def _www(self) -> re.Pattern:
        """Return the pattern of a host with a dot, and the rest of the address."""
        domain, root = self.re["src_domain"], self.re["src_domain_root"]
        host = rf"(?:(?:{domain})\.)+{root}{self.re['src_port']}{self.re['src_host_terminator']}"
        return re.compile(host + self.re["src_path"], re.IGNORECASE)

    def _add_scheme(self, match: Match) -> None:
        match.url = f"http://{match.url}"
