"""Markdown: CommonMark with tables, strike-through, footnotes and front matter; read as the HTML it makes."""

import re

import yaml
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from lessons.importing.document import Omission, ParsedArticle
from lessons.importing.readers import html
from lessons.markup.lesson_markdown import check_brackets
from lessons.markup.sanitise import PARSER_DEPTH, InvalidText

FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
SETTINGS = {"html": True, "maxNesting": PARSER_DEPTH}
PARSER = MarkdownIt("commonmark", SETTINGS).enable(["table", "strikethrough"]).use(footnote_plugin)


def read(text: str) -> ParsedArticle:
    """Blocks of Markdown; HTML inside it is read too. Raises UnreadableText where it is nested too deeply."""
    check_brackets(text)
    title, front, body = _without_front_matter(text)
    try:
        page = PARSER.render(body)
    except RecursionError:
        raise InvalidText(_("This text is nested too deeply. Take out some of the quotes within quotes.")) from None
    reading = html.read(page)
    reading.source += "\n" + front
    if title:
        _name(reading, title)
    if front:
        reading.omissions.append(
            Omission(front, _("The head of the file (front matter): facts about it, not its text."))
        )
    return reading


def _without_front_matter(text: str) -> tuple[str, str, str]:
    """(title, front matter, the rest); the first two empty where there is none or it is not YAML."""
    found = FRONT_MATTER.match(text)
    if not found:
        return "", "", text
    try:
        facts = yaml.load(found[1], Loader=yaml.BaseLoader)  # noqa: S506, makes nothing but text, lists and dicts
    except yaml.YAMLError:
        return "", "", text
    if not isinstance(facts, dict):
        return "", "", text
    title = facts.get("title")
    return (title.strip() if isinstance(title, str) else ""), found[1], text[found.end() :]


def _name(reading: ParsedArticle, title: str) -> None:
    """The front matter's title wins; a different one in the text stays as its first heading."""
    if reading.title and reading.title.casefold() != title.casefold():
        reading.omissions.append(Omission(reading.title, _("Another title; the head of the file has its own.")))
    reading.title = title
