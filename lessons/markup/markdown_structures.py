"""Pure: a plug-in for markdown-it with structures of articles that CommonMark lacks.

Definition lists, callouts, task lists, numbers of lists as written, alignment of columns, attributes in braces, and
languages of code however they are written.
"""

import re
from string import ascii_lowercase

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin

from lessons.markup.markdown_attributes import CLASS, PAIR, apply_attributes, value_of
from lessons.markup.markdown_callouts import container_rule, mark_alerts
from lessons.markup.roman_numerals import roman_numeral
from lessons.markup.scripts import is_unspaced

OPEN_TASK, DONE_TASK = "☐", "☑"
CODE_TITLES = {"title", "filename", "name", "caption", "fig-cap"}
TASK = re.compile(r"\[(?P<mark>[ xX])\](?=\s)\s?")
LANGUAGE = re.compile(r"[\w+#.-]+")
# How markdown-it says that a column is aligned, and how a sanitised text does.
ALIGNMENTS = {"text-align:center": "align-center", "text-align:right": "align-end"}
LETTER = re.compile(r"\(?(?P<marker>[a-zA-Z]|[ivx]{1,5}|[IVX]{1,5})[.)][ \t]+")


def structure_plugin(parser: MarkdownIt) -> None:
    """Add the structures to a parser. Its environment must be a separate dict for each text."""
    parser.use(deflist_plugin)
    interrupted = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("fence", "callout", container_rule, {"alt": interrupted})
    # Before the texts that an escape divides are joined: what is escaped is text.
    parser.core.ruler.before("text_join", "structures", _structures_rule)


def _structures_rule(state: StateCore) -> None:
    tokens = state.tokens = _with_lettered_lists(state.tokens)
    mark_alerts(tokens)
    _mark_tasks(tokens)
    _number_items(tokens)
    _align_cells(tokens)
    apply_attributes(tokens)
    state.tokens = _with_code_titles(tokens)
    if not state.md.options["breaks"]:
        for token in state.tokens:
            if token.children:
                _join_unspaced(token)


def _mark_tasks(tokens: list[Token]) -> None:
    for n, token in enumerate(tokens):
        inline = tokens[n + 2] if token.type == "list_item_open" and n + 2 < len(tokens) else None
        if inline is None or inline.type != "inline" or not inline.children or inline.children[0].type != "text":
            continue
        match = TASK.match(inline.content)
        if match and inline.children[0].content.startswith(match[0].rstrip()):
            box = OPEN_TASK if match["mark"] == " " else DONE_TASK
            text = inline.children[0].content
            inline.children[0].content = f"{box} {text[3:].lstrip()}"
            token.attrSet("class", "task")


def _align_cells(tokens: list[Token]) -> None:
    for token in tokens:
        style = token.attrs.pop("style", "") if token.type in ("th_open", "td_open") else ""
        if style in ALIGNMENTS:
            token.attrSet("class", ALIGNMENTS[str(style)])


def _number_items(tokens: list[Token]) -> None:
    """Set the numbers of list items to those written."""
    open_lists: list[list[Token]] = []
    for token in tokens:
        if token.type == "ordered_list_open" or token.type == "bullet_list_open":
            open_lists.append([])
        elif token.type == "list_item_open" and open_lists:
            open_lists[-1].append(token)
        elif token.type == "ordered_list_close":
            _set_values(open_lists.pop())
        elif token.type == "bullet_list_close":
            open_lists.pop()


def _set_values(items: list[Token]) -> None:
    """Set the values of items whose number is not the next one. A repeated number counts as the next."""
    shown = written = None
    for item in items:
        number = int(item.info) if item.info.isdecimal() else 0
        if shown is None or number not in (written, shown + 1):
            if shown is not None:
                item.attrSet("value", str(number))
            shown = number
        else:
            shown += 1
        written = number


def _with_lettered_lists(tokens: list[Token]) -> list[Token]:
    """Convert paragraphs whose lines begin with `a)`, `b)` and so on, or with Roman numerals, to lists."""
    result: list[Token] = []
    for token in tokens:
        result.append(token)
        if token.type == "paragraph_close" and len(result) > 2:
            lines = _lines(result[-2].children or [])
            style = _letter_style([line[0].content for line in lines])
            if style:
                result[-3:] = _lettered_list(lines, style, level=token.level)
    return result


def _lines(children: list[Token]) -> list[list[Token]]:
    lines: list[list[Token]] = [[]]
    for child in children:
        if child.type == "softbreak":
            lines.append([])
        else:
            lines[-1].append(child)
    return lines if all(line and line[0].type == "text" for line in lines) else []


def _letter_style(texts: list[str]) -> str:
    """Return the style of the consecutive markers at the start of all these texts; empty if there are none."""
    markers = [match["marker"] for text in texts if (match := LETTER.match(text))]
    if len(markers) < 2 or len(markers) < len(texts):
        return ""
    lower = [marker.lower() for marker in markers]
    if lower == [roman_numeral(n) for n in range(1, len(lower) + 1)]:
        style = "i"
    else:
        style = "a" if lower == list(ascii_lowercase[: len(lower)]) else ""
    return style.upper() if markers[0].isupper() else style


def _lettered_list(lines: list[list[Token]], style: str, level: int) -> list[Token]:
    tokens = [Token("ordered_list_open", "ol", 1, attrs={"type": style}, block=True, level=level)]
    for number, line in enumerate(lines, 1):
        marker = LETTER.match(line[0].content)
        line[0].content = line[0].content[marker.end() if marker else 0 :]
        content = "".join(child.content for child in line)
        tokens.append(Token("list_item_open", "li", 1, block=True, info=str(number), level=level + 1))
        tokens.append(Token("inline", "", 0, content=content, children=line, level=level + 2))
        tokens.append(Token("list_item_close", "li", -1, block=True, level=level + 1))
    return [*tokens, Token("ordered_list_close", "ol", -1, block=True, level=level)]


def _with_code_titles(tokens: list[Token]) -> list[Token]:
    """Set the language of fenced code, and add a paragraph with its title before it."""
    result: list[Token] = []
    for token in tokens:
        if token.type == "fence":
            language, title = code_info(token.info)
            token.info = language
            if title:
                inline = Token("inline", "", 0, content=title)
                inline.children = [Token("code_inline", "code", 0, content=title)]
                result += [Token("paragraph_open", "p", 1), inline, Token("paragraph_close", "p", -1)]
        result.append(token)
    return result


def code_info(info: str) -> tuple[str, str]:
    """Return (language, title) of fenced code: `python title="x.py"`, `{.python}`, `{python}`, `python:x.py`."""
    words = info.strip()
    title = next((value_of(pair) for pair in PAIR.finditer(words) if pair["name"] in CODE_TITLES), "")
    names = [match["name"] for match in CLASS.finditer(words.replace("{", " ").replace("}", " "))]
    if names and words.startswith(("{", ".")):
        return names[0].lower(), title.strip("}")
    words = words.lstrip("{").replace("}", " ")
    first = words.split()[0] if words.split() else ""
    language, colon, file = first.partition(":")
    if colon and not title and "." in file:
        title = file
    match = LANGUAGE.match(language.split(",")[0].split("{")[0])
    return (match[0].lower() if match and "=" not in language else ""), title.strip("}")


def _join_unspaced(token: Token) -> None:
    """Join the lines of a paragraph without a space between characters of scripts without spaces."""
    children = token.children or []
    for before, line_end, after in zip(children, children[1:], children[2:], strict=False):
        if line_end.type == "softbreak" and is_unspaced(before.content[-1:]) and is_unspaced(after.content[:1]):
            line_end.type = "text"
