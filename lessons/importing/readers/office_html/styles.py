"""Convert formats that office programs set by style or class to semantic elements."""

import re
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.readers.office_html.elements import rename, wrap_content
from lessons.importing.readers.pages.layout import BLOCK_SELECTOR
from lessons.importing.readers.pages.names import class_names

MAX_RULES = 2_000
CLASS_RULE = re.compile(r"(?:span|li|p|h[1-6])?\.([\w-]{1,80})")
WEIGHT = re.compile(r"\d{3}")
BOLD_FROM = 600
# Google Docs numbers lists in its style sheet: `.lst-kix_a-1>li:before{content:counter(lst-ctn-kix_a-1,lower-latin)`.
COUNTER = re.compile(r"counter\(lst-ctn-(kix_[\w-]{1,80}-\d),\s*([a-z-]+)\)")
LINK_STYLES = {"u"}
# What the style of a whole cell may say: a cell of a heading is bold anyway.
CELL_STYLES = {"td": {"strong", "em", "s"}, "th": {"em", "s"}}


class Format(NamedTuple):
    """The format of text that a style sets; None for properties that it does not set."""

    strong: bool | None = None
    em: bool | None = None
    s: bool | None = None
    u: bool | None = None
    position: str | None = None

    def over(self, other: "Format") -> "Format":
        """Return this format, with `other` for properties that it does not set."""
        return self._replace(**{name: value for name, value in other._asdict().items() if getattr(self, name) is None})

    def elements(self) -> list[str]:
        names = [name for name in ("strong", "em", "s", "u") if getattr(self, name)]
        return names + ([self.position] if self.position else [])


def declarations(style: str) -> dict[str, str]:
    """Return the declarations of a `style` attribute or of the inside of a rule."""
    pairs = (part.partition(":") for part in style.lower().split(";"))
    return {name.strip(): value.strip() for name, _colon, value in pairs if value.strip()}


def format_of(style: str) -> Format:
    """Return the format that a `style` sets: bold, italic, struck, underlined, superscript or subscript."""
    if not style:
        return Format()
    found = declarations(style)
    weight, slant = found.get("font-weight"), found.get("font-style")
    decoration = found.get("text-decoration", found.get("text-decoration-line"))
    align = found.get("vertical-align")
    return Format(
        strong=_is_bold(weight) if weight else None,
        em=slant.startswith(("italic", "oblique")) if slant else None,
        s="line-through" in decoration if decoration else None,
        u="underline" in decoration if decoration else None,
        position={"super": "sup", "sub": "sub"}.get(align, "") if align else None,
    )


def _is_bold(weight: str) -> bool:
    return weight.startswith("bold") or (bool(WEIGHT.match(weight)) and int(weight[:3]) >= BOLD_FROM)


class StyleSheet:
    """The class rules of a document, as Google Docs and Pages write them. Only rules for a single class."""

    def __init__(self, css: str):
        self.formats: dict[str, Format] = {}
        self.counters: dict[str, str] = dict(COUNTER.findall(css))
        for rule in css.replace("<!--", "").replace("-->", "").split("}")[:MAX_RULES]:
            selector, _brace, body = rule.rpartition("{")
            match = CLASS_RULE.fullmatch(selector.strip())
            if match:
                own = format_of(body)
                self.formats[match[1]] = own.over(self.formats.get(match[1], Format()))

    def format(self, node: LexborNode) -> Format:
        """Return the format of an element by its own style, then by its classes, the last first."""
        found = format_of(node.attributes.get("style") or "")
        for name in reversed(class_names(node)):
            if name in self.formats:
                found = found.over(self.formats[name])
        return found


def mark_formats(page: LexborHTMLParser, sheet: StyleSheet) -> None:
    """Add `<strong>`, `<sup>` and the like inside spans with such a style."""
    # From the inside out, since wrapping an element copies its content.
    for node in reversed(page.css("strike")):
        rename(page, node, "s")
    for node in reversed(page.css("span, font, td, th")):
        names = sheet.format(node).elements()
        if node.tag in CELL_STYLES:
            is_plain = bool(node.text(deep=True).strip()) and len(node.css(BLOCK_SELECTOR)[:2]) == 1  # itself
            names = [name for name in names if is_plain and name in CELL_STYLES[node.tag]]
        inside_link = "u" in names and _is_in_link(node)
        for name in reversed([name for name in names if not (inside_link and name in LINK_STYLES)]):
            wrap_content(page, node, name)


def unwrap_normal(page: LexborHTMLParser) -> None:
    """Unwrap `<b style="font-weight:normal">`, which Google Docs puts around everything it copies."""
    for node in page.css("b, strong, i, em"):
        found = format_of(node.attributes.get("style") or "")
        if (found.strong if node.tag in ("b", "strong") else found.em) is False:
            node.unwrap()


def _is_in_link(node: LexborNode) -> bool:
    """Return whether the element is in a link, or consists of one."""
    if node.css_first("a[href]"):
        return True
    parent = node.parent
    while parent and parent.tag in ("span", "font", "b", "i", "u", "em", "strong"):
        parent = parent.parent
    return parent is not None and parent.tag == "a"


def style_sheets(html: str) -> str:
    """Return the content of the `<style>` elements of a page. Linear in its length."""
    pieces: list[str] = []
    lowered = html.lower()
    position = lowered.find("<style")
    while position >= 0:
        start, end = lowered.find(">", position) + 1, lowered.find("</style", position)
        if not start or end < 0:
            break
        pieces.append(html[start:end])
        position = lowered.find("<style", end)
    return "\n".join(pieces)
