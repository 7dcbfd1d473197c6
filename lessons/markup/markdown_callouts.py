"""Pure: callouts in Markdown, `:::note` and `> [!NOTE]`, and collapsible sections.

Names are those that the common publishing systems have.
"""

import re

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from lessons.markup.markdown_attributes import CLASS, PAIR, value_of

CALLOUT_KIND_OF = {
    **dict.fromkeys(
        "note info hint-info seealso see-also abstract summary tldr question faq cite todo".split(), "note"
    ),
    **dict.fromkeys("tip hint success check done key-takeaways takeaways".split(), "tip"),
    **dict.fromkeys("important definition theorem lemma objectives learning-objectives".split(), "important"),
    **dict.fromkeys("warning attention alert".split(), "warning"),
    **dict.fromkeys("caution danger error failure bug".split(), "caution"),
    **dict.fromkeys("example examples exercise exercises activity case-study challenge solution".split(), "example"),
}
# `:::{admonition} Title`, which only the title names.
UNNAMED_CALLOUTS = {"admonition", "callout", "aside", "box"}
DETAILS = {"details", "spoiler", "collapse", "accordion", "dropdown"}
MAX_CONTAINERS = 20
FENCE = re.compile(r"[ \t>]*+(?P<marks>`{3,}|~{3,})")
CONTAINER = re.compile(r"[ \t>]*+(?P<marks>:{3,})[ \t]*+(?P<words>[^\n]*)")
# What a directive of MyST says about itself, in its first lines: `:class: tip`.
OPTION = re.compile(r":[\w-]{1,40}:(?:\s|$)")
ALERT = re.compile(r"\[!(?P<kind>[A-Za-z][\w-]{0,30})\][+-]?[ \t]*+(?P<title>[^\n]*)")
NAME = re.compile(r"[\w+#.-]+")


def container_rule(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Parse `:::name Title`, its content and `:::`."""
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
    """Return the last line of each container by its first line. Linear in the number of lines.

    Lines in fenced code are ignored. A container without an end, or nested too deeply, is text.
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
    """Return (name, title) of a container: `note Mind`, `note[Mind]`, `{note} Mind`, `{.note title="Mind"}`."""
    if words.startswith("{"):
        inside, _brace, title = words[1:].partition("}")
        titles = [value_of(pair) for pair in PAIR.finditer(inside) if pair["name"] == "title"]
        classes = [match["name"] for match in CLASS.finditer(inside)]
        name = next((one for one in classes if is_callout(one)), "") or (classes[0] if classes else inside.strip())
        return _plain_name(name), (titles[0] if titles else title.strip(" :"))
    match = NAME.match(words)
    name, rest = (match[0], words[match.end() :].strip(" :")) if match else ("", words.strip(" :"))
    if rest.startswith("[") and "]" in rest:
        rest = rest[1 : rest.index("]")]
    elif rest.startswith("{"):
        rest = container_name(rest)[1] if "title" in rest else ""
    return _plain_name(name), rest.strip("\"'")


def _plain_name(name: str) -> str:
    return name.lower().removeprefix("callout-").removeprefix("admonition-")


def is_callout(name: str) -> bool:
    """Return whether a container of that name is a callout or collapsible."""
    plain = _plain_name(name)
    return plain in CALLOUT_KIND_OF or plain in DETAILS or plain in UNNAMED_CALLOUTS


def _container_tag(name: str) -> tuple[str, dict[str, str]]:
    """Return the tag of a container and its attributes; an empty tag for one that only groups."""
    if name in DETAILS:
        return "details", {}
    kind = "note" if name in UNNAMED_CALLOUTS else CALLOUT_KIND_OF.get(name)
    return ("aside", {"class": f"callout callout-{kind}"}) if kind else ("", {})


def _push_title(state: StateBlock, title: str, tag: str) -> None:
    """Push the title as a bold paragraph, or as an element `tag`."""
    state.push("title_open", tag or "p", 1).block = True
    inline = state.push("inline", "", 0)
    inline.content = title if tag else f"**{title}**"
    inline.children = []
    state.push("title_close", tag or "p", -1).block = True


def mark_alerts(tokens: list[Token]) -> None:
    """Convert quotes that begin with `[!NOTE]` to callouts, as on GitHub and in Obsidian."""
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
    # Links or emphasis may follow on the same line: they belong to the title, too.
    has_title = any(child.content.strip() for child in lead)
    if not has_title:
        lead[0].content = match["kind"].replace("-", " ").capitalize()
    strong = [Token("strong_open", "strong", 1), *lead, Token("strong_close", "strong", -1)]
    rest = children[end + 1 :]
    between = [Token("title_break", "br", 0)] if rest else []
    inline.children = [*strong, *between, *rest]
    return True
