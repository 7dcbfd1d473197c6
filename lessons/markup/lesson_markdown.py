"""TODO lessons/markup/lesson_markdown.py"""

import re

from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from lessons.markup.sanitise import PARSER_DEPTH, InvalidText, check_size, sanitise

MAX_BRACKETS = 3_000


LINKIFY_LIMIT = 5_000


PARAGRAPH_END = re.compile(r"\n[ \t]*\n")


def check_brackets(source: str) -> None:
    """Raises UnreadableText for Markdown whose links would take minutes: the parser's time grows with the square of
    the open brackets in a paragraph."""
    if max(paragraph.count("[") for paragraph in PARAGRAPH_END.split(source)) > MAX_BRACKETS:
        raise InvalidText(_("One paragraph of this text has too many square brackets. Split it, or take some out."))


def render_markdown(source: str) -> str:
    """Sanitised HTML of Markdown (CommonMark, tables, strike-through, footnotes); HTML in the source is shown as text.

    Raises UnreadableText where the source is too large or too deeply nested.
    """
    check_size(source)
    check_brackets(source)
    parser = MARKDOWN_WITH_LINKS if len(source) < LINKIFY_LIMIT else MARKDOWN
    try:
        return sanitise(parser.render(source))
    except RecursionError:
        raise InvalidText(_("This text is nested too deeply. Take out some of the quotes within quotes.")) from None


def _parser(**options) -> MarkdownIt:
    settings = {"html": False, "maxNesting": PARSER_DEPTH, **options}
    parser = MarkdownIt("commonmark", settings).enable(["table", "strikethrough"]).use(footnote_plugin)
    return parser.enable("linkify") if options.get("linkify") else parser


MARKDOWN = _parser()


MARKDOWN_WITH_LINKS = _parser(linkify=True)
