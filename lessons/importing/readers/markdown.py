"""Markdown: CommonMark with tables, strikethrough, footnotes and front matter; read as the HTML that it renders to."""

import re

import yaml
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from lessons.importing.document import Omission, ParsedArticle
from lessons.importing.readers import html
from lessons.markup.lesson_markdown import check_cost
from lessons.markup.markdown_formulas import formula_plugin
from lessons.markup.sanitise import PARSER_DEPTH, InvalidText

FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
SETTINGS = {"html": True, "maxNesting": PARSER_DEPTH}
PARSER = MarkdownIt("commonmark", SETTINGS).enable(["table", "strikethrough"]).use(footnote_plugin).use(formula_plugin)


def read(text: str) -> ParsedArticle:
    """Parse Markdown, and HTML inside it. Raise InvalidText if elements are nested too deeply."""
    check_cost(text)
    title, front_matter, body = _split_front_matter(text)
    try:
        page = PARSER.render(body)
    except RecursionError:
        raise InvalidText(_("This text is nested too deeply. Remove some of the quotes within quotes.")) from None
    parsed = html.read(page, tex_in_text=False)
    parsed.source += "\n" + front_matter
    if title:
        _set_title(parsed, title)
    if front_matter:
        parsed.omissions.append(Omission(front_matter, _("The file’s front matter: data about it, not its text.")))
    return parsed


def _split_front_matter(text: str) -> tuple[str, str, str]:
    """Return (title, front matter, rest of the text); the first two are empty if there is none or it is not YAML."""
    match = FRONT_MATTER.match(text)
    if not match:
        return "", "", text
    try:
        data = yaml.load(match[1], Loader=yaml.BaseLoader)  # noqa: S506, makes nothing but text, lists and dicts
    except yaml.YAMLError:
        return "", "", text
    if not isinstance(data, dict):
        return "", "", text
    title = data.get("title")
    return (title.strip() if isinstance(title, str) else ""), match[1], text[match.end() :]


def _set_title(parsed: ParsedArticle, title: str) -> None:
    """Use the title of the front matter; a different one in the text is listed as omitted."""
    if parsed.title and parsed.title.casefold() != title.casefold():
        parsed.omissions.append(Omission(parsed.title, _("Another title: the file’s front matter has its own.")))
    parsed.title = title
