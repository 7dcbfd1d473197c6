"""Pure: render Markdown of lessons, articles and descriptions as HTML. Posts use the same parser."""

import re
from functools import lru_cache

from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from lessons.markup.sanitise import PARSER_DEPTH, InvalidText, check_size, sanitise

MAX_BRACKETS = 3_000
# Finding bare URLs takes long: in longer texts they are not made links.
LINKIFY_LIMIT = 5_000
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
    return parser.enable("linkify") if linkify else parser
