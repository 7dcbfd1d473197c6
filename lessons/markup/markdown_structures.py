"""Pure: a plug-in for markdown-it with the structures of articles that CommonMark does not have.

Definition lists, callouts (`:::note`, `> [!NOTE]`), task lists, numbers of lists as written, attributes in braces, and
languages of code however they are written. Names of callouts are those that the common publishing systems have.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin

OPEN_TASK, DONE_TASK = "☐", "☑"
CALLOUT_KIND_OF = {
    **dict.fromkeys(
        "note info hint-info seealso see-also abstract summary tldr question faq cite todo".split(),
        "note",
    ),
    **dict.fromkeys("tip hint success check done key-takeaways takeaways".split(), "tip"),
    **dict.fromkeys("important definition theorem lemma objectives learning-objectives".split(), "important"),
    **dict.fromkeys("warning attention alert".split(), "warning"),
    **dict.fromkeys("caution danger error failure bug".split(), "caution"),
    **dict.fromkeys("example examples exercise exercises activity case-study challenge solution".split(), "example"),
}
# `:::{admonition} Title`, which only the title names.
UNNAMED_CALLOUTS = {"admonition", "callout", "aside", "box"}
CODE_TITLES = {"title", "filename", "name", "caption", "fig-cap"}
DETAILS = {"details", "spoiler", "collapse", "accordion", "dropdown"}
MAX_CONTAINERS = 20
FENCE = re.compile(r"[ \t>]*+(?P<marks>`{3,}|~{3,})")
CONTAINER = re.compile(r"[ \t>]*+(?P<marks>:{3,})[ \t]*+(?P<words>[^\n]*)")
# What a directive of MyST says about itself, in its first lines: `:class: tip`.
OPTION = re.compile(r":[\w-]{1,40}:(?:\s|$)")
ALERT = re.compile(r"\[!(?P<kind>[A-Za-z][\w-]{0,30})\][+-]?[ \t]*+(?P<title>[^\n]*)")
TASK = re.compile(r"\[(?P<mark>[ xX])\](?=\s)\s?")
ATTRIBUTE = r"""(?:[#.][\w:.-]+|[\w:-]+=(?:"[^"{}]*"|'[^'{}]*'|[^\s"'{}]+)|-)"""
ATTRIBUTES = re.compile(rf"\{{:?[ \t]*+(?P<inside>{ATTRIBUTE}(?:[ \t]+{ATTRIBUTE})*+)[ \t]*+\}}")
# `## Heading ## {#name}`, as PHP Markdown Extra has it.
CLOSING_MARKS = re.compile(r"(?:(?<=\s)|^)#++$")
PAIR = re.compile(r"""(?P<name>[\w:-]+)=(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>\S+))""")
ID = re.compile(r"(?:^|\s)#(?P<id>[\w:.-]+)")
CLASS = re.compile(r"(?:^|\s)\.(?P<name>[\w-]+)")
SPAN = re.compile(rf"\[(?P<text>[^\[\]]*+)\]{ATTRIBUTES.pattern}")
LETTER = re.compile(r"\(?(?P<marker>[a-zA-Z]|[ivx]{1,5}|[IVX]{1,5})[.)][ \t]+")
SERIES = {
    "i": "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv".split(),
    "a": [chr(code) for code in range(ord("a"), ord("z") + 1)],
}
LANGUAGE = re.compile(r"[\w+#.-]+")
UNSPACED = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60]")


def structure_plugin(parser: MarkdownIt) -> None:
    """Add the structures to a parser. Its environment must be a dict of its own for each text."""
    parser.use(deflist_plugin)
    interrupted = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("fence", "callout", _container_rule, {"alt": interrupted})
    parser.core.ruler.push("structures", _structures_rule)


def _container_rule(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Read `:::name Title`, its content and `:::`."""
    start = state.bMarks[start_line] + state.tShift[start_line]
    if state.is_code_block(start_line) or not state.src.startswith(":::", start):
        return False
    if "containers" not in state.env:
        state.env["containers"] = find_containers(state.src)
    if start_line not in state.env["containers"]:
        return False
    if silent:
        return True
    last_line = state.env["containers"][start_line]
    words = state.src[start : state.eMarks[start_line]].lstrip(":").strip()
    first_line = start_line + 1
    while first_line < last_line and words.startswith("{") and OPTION.match(_line(state, first_line)):
        first_line += 1
    _push_container(state, words, first_line, min(last_line, end_line))
    state.line = min(last_line + 1, end_line) if last_line < end_line else end_line
    return True


def find_containers(source: str) -> dict[int, int]:
    """Return the line on which each container ends, by the line on which it begins. Linear in the number of lines.

    Lines within fenced code are none. A container without an end, and one too deep in others, is text.
    """
    ends: dict[int, int] = {}
    open_lines: list[int] = []
    fence = ""
    for number, line in enumerate(source.split("\n")):
        code = FENCE.match(line)
        if code and (not fence or (code["marks"].startswith(fence) and not line[code.end() :].strip())):
            fence = "" if fence else code["marks"]
        match = None if fence else CONTAINER.match(line)
        if not match:
            continue
        if match["words"].strip(": \t"):
            open_lines.append(number)
        elif open_lines:
            begin = open_lines.pop()
            if len(open_lines) < MAX_CONTAINERS:
                ends[begin] = number
    return ends


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _push_container(state: StateBlock, words: str, first_line: int, last_line: int) -> None:
    name, title = container_name(words)
    tag, attributes = _container_tag(name)
    if tag:
        opening = state.push("container_open", tag, 1)
        opening.attrs = dict(attributes)
        opening.block = True
        opening.map = [first_line - 1, last_line]
    if not title and tag == "aside":
        title = name.replace("-", " ").capitalize()
    if title:
        _push_title(state, title, "summary" if tag == "details" else "")
    before = state.parentType, state.lineMax
    state.parentType, state.lineMax = "callout", last_line
    state.md.block.tokenize(state, first_line, last_line)
    state.parentType, state.lineMax = before
    if tag:
        state.push("container_close", tag, -1).block = True


def container_name(words: str) -> tuple[str, str]:
    """Return (name, title) of a container: of `note Mind`, `note[Mind]`, `{note} Mind`, `{.note title="Mind"}`."""
    if words.startswith("{"):
        inside, _brace, title = words[1:].partition("}")
        titles = [_value(pair) for pair in PAIR.finditer(inside) if pair["name"] == "title"]
        classes = [match["name"] for match in CLASS.finditer(inside)]
        name = next((one for one in classes if is_callout(one)), "") or (classes[0] if classes else inside.strip())
        return _plain_name(name), (titles[0] if titles else title.strip(" :"))
    match = LANGUAGE.match(words)
    name, rest = (match[0], words[match.end() :].strip(" :")) if match else ("", words.strip(" :"))
    if rest.startswith("[") and "]" in rest:
        rest = rest[1 : rest.index("]")]
    elif rest.startswith("{"):
        rest = container_name(rest)[1] if "title" in rest else ""
    return _plain_name(name), rest.strip("\"'")


def _plain_name(name: str) -> str:
    return name.lower().removeprefix("callout-").removeprefix("admonition-")


def is_callout(name: str) -> bool:
    """Return whether a container of that name is a callout, or opens and closes."""
    plain = _plain_name(name)
    return plain in CALLOUT_KIND_OF or plain in DETAILS or plain in UNNAMED_CALLOUTS


def _container_tag(name: str) -> tuple[str, dict[str, str]]:
    """Return the tag of a container and its attributes; no tag for one that only groups."""
    if name in DETAILS:
        return "details", {}
    kind = "note" if name in UNNAMED_CALLOUTS else CALLOUT_KIND_OF.get(name)
    return ("aside", {"class": f"callout callout-{kind}"}) if kind else ("", {})


def _push_title(state: StateBlock, title: str, tag: str) -> None:
    """Push the title as a bold paragraph, or in an element `tag`."""
    state.push("title_open", tag or "p", 1).block = True
    inline = state.push("inline", "", 0)
    inline.content = title if tag else f"**{title}**"
    inline.children = []
    state.push("title_close", tag or "p", -1).block = True


def _structures_rule(state: StateCore) -> None:
    tokens = state.tokens = _with_lettered_lists(state.tokens)
    _mark_alerts(tokens)
    _mark_tasks(tokens)
    _number_items(tokens)
    _apply_attributes(tokens)
    state.tokens = _with_code_titles(tokens)
    for token in state.tokens:
        if token.children:
            _join_unspaced(token)


def _mark_alerts(tokens: list[Token]) -> None:
    """Make callouts of quotes that begin with `[!NOTE]`, as on GitHub and in Obsidian."""
    open_quotes: list[tuple[Token, bool]] = []
    for n, token in enumerate(tokens):
        if token.type == "blockquote_open":
            open_quotes.append((token, _mark_alert(tokens, n)))
        elif token.type == "blockquote_close" and open_quotes:
            _opening, is_alert = open_quotes.pop()
            token.tag = "aside" if is_alert else token.tag


def _mark_alert(tokens: list[Token], n: int) -> bool:
    inline = tokens[n + 2] if n + 2 < len(tokens) and tokens[n + 1].type == "paragraph_open" else None
    match = ALERT.match(inline.content) if inline is not None and inline.children else None
    if not inline or not match or not inline.children:
        return False
    kind = CALLOUT_KIND_OF.get(match["kind"].lower(), "note")
    tokens[n].tag = "aside"
    tokens[n].attrSet("class", f"callout callout-{kind}")
    children = inline.children
    end = next((i for i, child in enumerate(children) if child.type == "softbreak"), len(children))
    lead = children[:end]
    lead[0].content = lead[0].content[match.start("title") :] if lead[0].type == "text" else ""
    # The text of a link or an emphasis may follow in the same line: it belongs to the title too.
    has_title = any(child.content.strip() for child in lead)
    if not has_title:
        lead[0].content = match["kind"].replace("-", " ").capitalize()
    strong = [Token("strong_open", "strong", 1), *lead, Token("strong_close", "strong", -1)]
    rest = children[end + 1 :]
    between = [Token("title_break", "br", 0)] if rest else []
    inline.children = [*strong, *between, *rest]
    return True


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


def _number_items(tokens: list[Token]) -> None:
    """Give items the numbers that are written."""
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
    """Set the values of items whose number is not the next one. The same number again stands for the next."""
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
    """Make lists of paragraphs whose lines begin with `a)`, `b)` and so on, or with Roman numerals."""
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
    """Return the style of the markers with which all of these texts begin, in their order; empty if they do not."""
    markers = [match["marker"] for text in texts if (match := LETTER.match(text))]
    if len(markers) < 2 or len(markers) < len(texts):
        return ""
    lower = [marker.lower() for marker in markers]
    series = next((name for name, items in SERIES.items() if lower == items[: len(lower)]), "")
    return series.upper() if markers[0].isupper() else series


def _lettered_list(lines: list[list[Token]], style: str, level: int) -> list[Token]:
    tokens = [Token("ordered_list_open", "ol", 1, attrs={"type": style}, block=True, level=level)]
    for number, line in enumerate(lines, 1):
        line[0].content = LETTER.sub("", line[0].content)
        content = "".join(child.content for child in line)
        tokens.append(Token("list_item_open", "li", 1, block=True, info=str(number), level=level + 1))
        tokens.append(Token("inline", "", 0, content=content, children=line, level=level + 2))
        tokens.append(Token("list_item_close", "li", -1, block=True, level=level + 1))
    return [*tokens, Token("ordered_list_close", "ol", -1, block=True, level=level)]


def _apply_attributes(tokens: list[Token]) -> None:
    """Take attributes in braces out of the text: of headings, paragraphs, images, links, code and spans."""
    for n, token in enumerate(tokens):
        if token.type != "inline" or not token.children or "{" not in token.content:
            continue
        _apply_inside(token.children)
        _drop_before(token.children)
        opening = tokens[n - 1] if n else None
        if opening is not None and opening.type in ("heading_open", "paragraph_open", "th_open", "td_open", "dt_open"):
            _apply_at_end(token, opening)


def _apply_inside(children: list[Token]) -> None:
    for before, child in zip([None, *children], children, strict=False):
        if child.type != "text" or "{" not in child.content:
            continue
        match = ATTRIBUTES.match(child.content)
        if (
            match
            and before is not None
            and (before.type in ("image", "code_inline") or before.type.endswith("_close"))
        ):
            child.content = child.content[match.end() :]
            _set_attributes(before, match["inside"])
        if "]{" in child.content:
            child.content = SPAN.sub(lambda span: span["text"], child.content)


def _drop_before(children: list[Token]) -> None:
    """Take attributes out of a paragraph's first line, where they stand alone: they say how it looks."""
    if len(children) < 2 or children[0].type != "text" or children[1].type != "softbreak":
        return
    if ATTRIBUTES.fullmatch(children[0].content.strip()):
        children[0].content, children[1].type, children[1].content = "", "text", ""


def _apply_at_end(inline: Token, opening: Token) -> None:
    """Apply attributes at the end of a heading or a paragraph, or on a line of their own."""
    children = [child for child in inline.children or [] if child.type != "html_inline" and child.content != " "]
    last = children[-1] if children else None
    if last is None or last.type != "text" or not last.content.rstrip().endswith("}"):
        return
    text = last.content.rstrip()
    start = text.rfind("{")
    match = ATTRIBUTES.fullmatch(text, start)
    is_own_line = not text[:start].strip() and (len(children) == 1 or children[-2].type in ("softbreak", "hardbreak"))
    is_named = text[start + 1 : start + 2] in (".", "#") and text[start - 1 : start].isspace()
    if not match or not (opening.type == "heading_open" or is_own_line or is_named):
        return
    last.content = text[:start].rstrip()
    if opening.type == "heading_open":
        last.content = CLOSING_MARKS.sub("", last.content)
    if is_own_line and len(children) > 1 and opening.type != "heading_open":
        children[-2].type, children[-2].tag = "text", ""
    if opening.type == "heading_open":
        _set_attributes(opening, match["inside"])


def _set_attributes(token: Token, inside: str) -> None:
    """Set an id, and the alternative text of an image: what else attributes say is for a style sheet."""
    name = ID.search(inside)
    if name and token.type in ("heading_open", "image"):
        token.attrSet("id", name["id"])
    if token.type == "image":
        for pair in PAIR.finditer(inside):
            if pair["name"] in ("alt", "fig-alt") and (value := _value(pair)):
                token.children = [Token("text", "", 0, content=value)]
                token.content = value


def _value(pair: re.Match[str]) -> str:
    return pair["double"] or pair["single"] or pair["bare"] or ""


def _with_code_titles(tokens: list[Token]) -> list[Token]:
    """Give fenced code its language, and a paragraph before it with its title."""
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
    """Return (language, title) of fenced code: of `python title="x.py"`, `{.python}`, `{python}`, `python:x.py`."""
    words = info.strip()
    title = next((_value(pair) for pair in PAIR.finditer(words) if pair["name"] in CODE_TITLES), "")
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
    """Join the lines of a paragraph without a space where they end and begin in a script that has none."""
    children = token.children or []
    for before, line_end, after in zip(children, children[1:], children[2:], strict=False):
        if line_end.type == "softbreak" and UNSPACED.match(before.content[-1:]) and UNSPACED.match(after.content[:1]):
            line_end.type = "text"
