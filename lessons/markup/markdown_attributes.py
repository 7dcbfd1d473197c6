"""Pure: attributes in braces, `{#name .class key=value}`, in the Markdown of Pandoc, Kramdown and the like."""

import re

from markdown_it.token import Token

ATTRIBUTE = r"""(?:[#.][\w:.-]+|[\w:-]+=(?:"[^"{}]*"|'[^'{}]*'|[^\s"'{}]+)|-)"""
ATTRIBUTES = re.compile(rf"\{{:?[ \t]*+(?P<inside>{ATTRIBUTE}(?:[ \t]+{ATTRIBUTE})*+)[ \t]*+\}}")
# `## Heading ## {#name}`, as PHP Markdown Extra has it.
CLOSING_MARKS = re.compile(r"(?:(?<=\s)|^)#++$")
PAIR = re.compile(r"""(?P<name>[\w:-]+)=(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>\S+))""")
ID = re.compile(r"(?:^|\s)#(?P<id>[\w:.-]+)")
CLASS = re.compile(r"(?:^|\s)\.(?P<name>[\w-]+)")
SPAN = re.compile(rf"\[(?P<text>[^\[\]]*+)\]{ATTRIBUTES.pattern}")


def apply_attributes(tokens: list[Token]) -> None:
    """Remove attributes in braces from headings, paragraphs, images, links, code and spans, and apply them."""
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
    """Set an id, and the alternative text of an image. Other attributes are for style sheets, and are ignored."""
    name = ID.search(inside)
    if name and token.type in ("heading_open", "image"):
        token.attrSet("id", name["id"])
    if token.type == "image":
        for pair in PAIR.finditer(inside):
            if pair["name"] in ("alt", "fig-alt") and (value := value_of(pair)):
                token.children = [Token("text", "", 0, content=value)]
                token.content = value


def value_of(pair: re.Match[str]) -> str:
    """Return the value in a match of PAIR, with any kind of quotes."""
    return pair["double"] or pair["single"] or pair["bare"] or ""
