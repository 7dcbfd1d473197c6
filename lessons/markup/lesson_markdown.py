"""Pure: render Markdown of lessons, articles and descriptions as HTML. Posts use the same parser."""

import re
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.subscript import sub_plugin
from mdit_py_plugins.superscript import superscript_plugin

from lessons.markup.markdown_formulas import formula_plugin
from lessons.markup.markdown_structures import structure_plugin
from lessons.markup.sanitise import (
    ASSET_URL,
    ATTRIBUTES,
    MAX_AMPERSANDS,
    MAX_CHARACTERS,
    PARSER_DEPTH,
    REMOVED_BLOCKS,
    REMOVED_WITH_CONTENT,
    TAGS,
    InvalidText,
    check_depth,
    check_size,
    filter_attribute,
    sanitise,
)
from lessons.memo import memoized

# The most characters that the HTML of a post or a description may have; a lesson's may have more.
MAX_OUTPUT = 200_000
MAX_LESSON_OUTPUT = 1_000_000
# Limits for a whole document, so that no Markdown takes more than about a second. Real books are far below them.
MAX_LINES = 20_000
MAX_MARKUP = 150_000
MARKUP_CHARACTERS = "*_`~[]<&!|\\"
MAX_CELLS = 5_000
# The file of a lesson may have so many times the lines and marks: HTML, too, that was written by a program.
LESSON_FILE = 4
# In a paragraph the parser tries each open bracket with those inside it, up to PARSER_DEPTH of them.
MAX_BRACKET_STEPS = 1_000_000
# The language of a fenced block that has a check.
CHECK = "check"
# Finding bare URLs takes long, so in longer texts they do not become links.
LINKIFY_LIMIT = 5_000
# Any sequence of letters is a top-level domain, since the list of existing ones changes each year.
TOP_LEVEL_DOMAIN = "[a-z]{2,63}"
# A `www.` after one of these is part of a longer address.
INSIDE_ADDRESS = "/.@:-"
# More nested quotes and lists at the start of a line than the parser handles. It would parse the rest
# of such a line once for each of them.
RULE = r"[ \t]*+(?:(?:-[ \t]*+)++|(?:\*[ \t]*+)++)$"
LIST_OR_QUOTE = r"[ \t]*+(?:>|(?:[-+*]|\d{1,9}+[.)])(?=[ \t]))"
TOO_DEEP = re.compile(rf"^(?!{RULE})(?:{LIST_OR_QUOTE}){{{PARSER_DEPTH + 1}}}", re.MULTILINE)
# A blank line, or the beginning of a list item.
PARAGRAPH_END = re.compile(r"\n[ \t>]*\n|\n(?= {0,3}[-+*] +[^ \n])")
# The row of dashes below a table's header, also in quotes and lists; and other lines that consist of such marks.
DELIMITER_ROW = re.compile(r"^[ \t>*+\d.):|-]*$", re.MULTILINE | re.ASCII)


def check_cost(source: str, times: int = 1) -> None:
    """Raise InvalidText for Markdown that would take long to render, or expand greatly. Linear in its length.

    times: the factor by which the limits for a lesson are raised.
    """
    if source.count("\n") > times * MAX_LINES:
        raise InvalidText(_("This Markdown has too many lines. Split it and send the parts one by one."))
    if TOO_DEEP.search(source):
        raise nested_too_deeply()
    paragraphs = PARAGRAPH_END.split(source)
    brackets = [paragraph.count("[") for paragraph in paragraphs]
    if sum(count * min(count, PARSER_DEPTH) for count in brackets) > MAX_BRACKET_STEPS:
        raise InvalidText(_("This Markdown has too many square brackets. Split it, or remove some."))
    if sum(map(source.count, MARKUP_CHARACTERS)) > times * MAX_MARKUP:
        raise InvalidText(
            _("This Markdown has too many asterisks, backticks and other marks. Split it, or remove some.")
        )
    if sum(map(_cell_count, paragraphs)) > MAX_CELLS:
        raise InvalidText(_("The tables of this Markdown have too many cells. Make them smaller, or split them."))


def check_output(html: str, max_length: int = MAX_OUTPUT) -> None:
    """Raise InvalidText for HTML that is longer than `max_length`."""
    if len(html) > max_length:
        raise InvalidText(_("This text is too long once it is formatted. Shorten it, or remove some formatting."))


def _cell_count(paragraph: str) -> int:
    """Return the maximum number of cells in a paragraph's tables: each row is padded to the columns of the header."""
    rows = [match[0].count("|") + 1 for match in DELIMITER_ROW.finditer(paragraph) if {"|", "-"} <= {*match[0]}]
    return max(rows) * (paragraph.count("\n") + 1) if rows else 0


@memoized
def render_markdown(source: str, max_output: int = MAX_OUTPUT) -> str:
    """Return sanitised HTML of Markdown: CommonMark, tables, strikethrough, footnotes, formulas.

    HTML in it is shown as text. Raise InvalidText if the source or its HTML is too large or too deeply nested.
    """
    check_size(source)
    check_cost(source)
    try:
        html = markdown_parser(source, PARSER_DEPTH).render(source)
    except RecursionError:
        raise nested_too_deeply() from None
    check_output(html, max_output)
    return sanitise(html)


def render_lesson(
    source: str, image_url: Callable[[str], str | None], check_uid: Callable[[str], str | None] | None = None
) -> str:
    """Return sanitised HTML of a lesson's file: Markdown, and HTML in it.

    image_url: returns the address of an image (`/assets/UID/`) for what the file has as its source, None for one that
    is left out. check_uid: returns the uid of a check for the content of its block, in order. Without it, or for None,
    the block is code. Raise InvalidText as `render_markdown` does, and what `check_uid` raises.
    """
    check_size(source)
    check_cost(source, LESSON_FILE)
    try:
        html = _lesson_parser(len(source) < LINKIFY_LIMIT).render(source, {"check_uid": check_uid})
    except RecursionError:
        raise nested_too_deeply() from None
    check_output(html, LESSON_FILE * MAX_CHARACTERS)
    if "<img" in html and html.count("&") <= MAX_AMPERSANDS:
        check_depth(html)
        html = _with_images(html, image_url)
    return sanitise(html)


def _with_images(html: str, image_url: Callable[[str], str | None]) -> str:
    """Return the HTML with the addresses of its images, and without what a lesson may not have."""

    def keep(tag: str, name: str, value: str) -> str | None:
        if name == "src":
            return value if ASSET_URL.fullmatch(value) else image_url(value)
        return filter_attribute(tag, name, value)

    return nh3.clean(
        html,
        tags=TAGS | REMOVED_BLOCKS | {"h1", "h5", "h6"},  # `sanitise` replaces the others
        clean_content_tags=REMOVED_WITH_CONTENT,
        attributes=ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", "data"},  # of images, which `image_url` refuses
    )


def markdown_parser(source: str, max_nesting: int, *, breaks: bool = False) -> MarkdownIt:
    """Return the parser for `source`, which turns bare URLs into links unless the text is long.

    breaks: whether a single line end is a line break.
    """
    return _parser(max_nesting, len(source) < LINKIFY_LIMIT, breaks)


def nested_too_deeply() -> InvalidText:
    return InvalidText(_("This text is nested too deeply. Remove some of the quotes within quotes."))


@lru_cache(maxsize=8)
def _parser(max_nesting: int, linkify: bool, breaks: bool) -> MarkdownIt:
    options = {"html": False, "maxNesting": max_nesting, "linkify": linkify, "breaks": breaks}
    return _prepared(MarkdownIt("commonmark", options))


def _prepared(parser: MarkdownIt) -> MarkdownIt:
    add_plugins(parser)
    if parser.options["linkify"]:
        parser.linkify = AddressFinder()
        parser.enable("linkify")
    return parser


class _LessonParser(MarkdownIt):
    """Keeps addresses as they are written: links lead to files, whose names may have any letters."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802, of markdown-it
        return url


@lru_cache(maxsize=2)
def _lesson_parser(linkify: bool) -> MarkdownIt:
    parser = _LessonParser("commonmark", {"html": True, "maxNesting": PARSER_DEPTH, "linkify": linkify})
    parser.add_render_rule("fence", _fence_or_check)
    return _prepared(parser)


def _fence_or_check(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """Return the place of a check for its block, and code for any other."""
    check_uid, token = env["check_uid"], tokens[index]
    uid = check_uid(token.content) if check_uid and token.info == CHECK else None
    return renderer.fence(tokens, index, options, env) if uid is None else f'<hr data-check="{uid}">\n'


def add_plugins(parser: MarkdownIt) -> MarkdownIt:
    """Add the plug-ins for all Markdown on the site, including imported articles."""
    parser.enable(["table", "strikethrough"]).use(footnote_plugin).use(formula_plugin).use(structure_plugin)
    return parser.use(sub_plugin).use(superscript_plugin)


def link_addresses(text: str) -> SafeString:
    """Return a line of plain text as HTML, with its URLs as links."""
    pieces, last = [], 0
    for match in _addresses().match(text) or ():
        pieces.append(format_html('{}<a href="{}">{}</a>', text[last : match.index], match.url, match.text))
        last = match.last_index
    return format_html("{}{}", mark_safe("".join(pieces)), text[last:])


@lru_cache(maxsize=1)
def _addresses() -> "AddressFinder":
    return AddressFinder()


class AddressFinder(LinkifyIt):
    """Finds intended addresses: http and https, `www.`, and e-mail.

    Anything else that looks like a domain is the end of one sentence and the beginning of the next: “I agree.It was”.
    """

    def __init__(self):
        super().__init__(options={"fuzzy_link": False})
        self.tlds([TOP_LEVEL_DOMAIN])
        self.add("ftp:", None).add("//", None)
        self.add("www.", {"validate": self._match_www, "normalize": self._add_scheme})

    def _match_www(self, text: str, start: int) -> int:
        """Return the length of the address that continues at `start`, after `www.`; 0 if there is none."""
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
