"""Markdown as people write it for courses, books and wikis, rendered to HTML and read as such.

CommonMark with tables, footnotes, formulas and the structures of `markdown_structures`, front matter in YAML or TOML,
wiki links, and HTML. Directives for site generators are left out.
"""

import re
import tomllib
from collections import Counter
from itertools import pairwise

import yaml
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.admon import admon_plugin

from lessons.importing.document import Omission, ParsedArticle
from lessons.importing.readers import html
from lessons.importing.readers.markdown_commands import COMMAND, MARK, hide_commands
from lessons.markup.lesson_markdown import add_plugins, check_cost
from lessons.markup.sanitise import PARSER_DEPTH, InvalidText

FRONT_MATTER = re.compile(
    r"\A\ufeff?(?P<fence>---|\+\+\+)[ \t]*\n(?P<data>.*?)\n(?:(?P=fence)|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL
)
MAX_WIKI_LINK = 300
NO_NAME = re.compile(r"[^\w\s-]")
SIZE = re.compile(r"\d{1,4}(?:x\d{1,4})?")
# A book may have this many times the lines of a lesson, since it is read in a child process.
BOOK = 3


def _wiki_link(state: StateInline, silent: bool) -> bool:
    """Read `[[Page]]` and `[[Page|words]]` as plain text, since the page is not available."""
    start = state.pos + 2
    if not state.src.startswith("[[", state.pos):
        return False
    end = state.src.find("]]", start, min(start + MAX_WIKI_LINK, state.posMax))
    inside = state.src[start:end]
    if end < 0 or not inside.strip() or set(inside) & set("[]\n") or state.src[end + 2 : end + 3] in ("(", "["):
        return False
    if inside.upper() in state.env.get("references", {}):
        return False
    if not silent:
        state.push("text", "", 0).content = inside.partition("|")[2].strip() or inside.strip()
    state.pos = end + 2
    return True


def _wiki_image(state: StateInline, silent: bool) -> bool:
    """Read `![[boat.png]]` and `![[boat.png|A boat]]` as an image that is not available."""
    if not state.src.startswith("![[", state.pos):
        return False
    start = state.pos + 3
    end = state.src.find("]]", start, min(start + MAX_WIKI_LINK, state.posMax))
    inside = state.src[start:end] if end >= 0 else ""
    if not inside.strip() or set(inside) & set("[]\n"):
        return False
    if not silent:
        name, _bar, words = inside.partition("|")
        alt = name.strip() if not words.strip() or SIZE.fullmatch(words.strip()) else words.strip()
        image = state.push("image", "img", 0)
        image.attrs, image.content = {"src": name.strip(), "alt": ""}, alt
        image.children = [Token("text", "", 0, content=alt)]
    state.pos = end + 2
    return True


def _keep_unreferred_notes(state: StateCore) -> None:
    """Make paragraphs of the footnotes to which nothing refers, where they stand: the plug-in drops them."""
    referred = {
        child.meta["label"]
        for token in state.tokens
        for child in token.children or ()
        if child.type == "footnote_ref" and "label" in child.meta
    }
    kept: list[Token] = []
    is_referred = True
    for token in state.tokens:
        if token.type == "footnote_reference_open":
            is_referred = token.meta["label"] in referred
        if is_referred or not token.type.startswith("footnote_reference_"):
            kept.append(token)
    state.tokens = kept


def _name_headings(state: StateCore) -> None:
    """Give each heading the name by which links in the text lead to it: its words, with hyphens between them."""
    names: Counter[str] = Counter()
    for token, inline in pairwise(state.tokens):
        if token.type == "heading_open" and "id" not in token.attrs:
            text = "".join(child.content for child in inline.children or () if child.type in ("text", "code_inline"))
            name = NO_NAME.sub("", text.strip().lower()).replace(" ", "-")
            token.attrSet("id", f"{name}-{names[name]}" if names[name] else name)
            names[name] += 1


PARSER = add_plugins(MarkdownIt("commonmark", {"html": True, "maxNesting": PARSER_DEPTH})).use(admon_plugin)
PARSER.inline.ruler.before("link", "wiki_link", _wiki_link)
PARSER.inline.ruler.before("image", "wiki_image", _wiki_image)
PARSER.core.ruler.before("footnote_tail", "unreferred_notes", _keep_unreferred_notes)
PARSER.core.ruler.push("heading_names", _name_headings)


def read(text: str) -> ParsedArticle:
    """Parse Markdown, and HTML inside it. Raise InvalidText if elements are nested too deeply."""
    check_cost(text, BOOK)
    title, front_matter, body = _split_front_matter(text)
    try:
        page = PARSER.render(hide_commands(body), {})
    except RecursionError:
        raise InvalidText(_("This text is nested too deeply. Remove some of the quotes within quotes.")) from None
    parsed = html.read(page, tex_in_text=False)
    parsed.omissions = [_with_reason(omission) for omission in parsed.omissions]
    parsed.source = "\n".join([front_matter, parsed.source.replace(MARK, "")])
    if title:
        _set_title(parsed, title)
    if front_matter:
        parsed.omissions.append(Omission(front_matter, _("The file’s front matter: data about it, not its text.")))
    return parsed


def _with_reason(omission: Omission) -> Omission:
    """Return an omission, with the reason for commands if it is a command."""
    return Omission(omission.text.replace(MARK, "").strip(), COMMAND) if MARK in omission.text else omission


def _split_front_matter(text: str) -> tuple[str, str, str]:
    """Return (title, front matter, rest of the text); the first two are empty without valid front matter."""
    match = FRONT_MATTER.match(text)
    if not match:
        return "", "", text
    data = _parsed(match["data"], is_toml=match["fence"] == "+++")
    if not isinstance(data, dict):
        return "", "", text
    title = data.get("title")
    return (title.strip() if isinstance(title, str) else ""), match["data"], text[match.end() :]


def _parsed(data: str, *, is_toml: bool) -> object:
    """Return the parsed front matter, None if it is invalid."""
    try:
        if is_toml:
            return tomllib.loads(data)
        return yaml.load(data, Loader=yaml.BaseLoader)  # noqa: S506, makes nothing but text, lists and dicts
    except (yaml.YAMLError, tomllib.TOMLDecodeError, RecursionError, ValueError):
        return None


def _set_title(parsed: ParsedArticle, title: str) -> None:
    """Use the title of the front matter; a different one in the text is listed as omitted."""
    if parsed.title and parsed.title.casefold() != title.casefold():
        parsed.omissions.append(Omission(parsed.title, _("Another title: the file’s front matter has its own.")))
    parsed.title = title
