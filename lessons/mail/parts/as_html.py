"""Pure: the HTML part of an e-mail. Every style stands in the element: many mail programs drop style sheets.

The classes are for `templates/emails/_shell.html`, whose style sheet gives the colours for dark mode.
"""

from html import escape
from typing import NamedTuple
from urllib.parse import urljoin

from django.utils.html import format_html
from django.utils.translation import gettext as _

from lessons.mail.parts.tree import Element, text_of

SANS = "'Segoe UI','Noto Sans',Arial,sans-serif"
SERIF = "Charter,Georgia,serif"
MONO = "Consolas,'DejaVu Sans Mono',monospace"
INK, SOFT, ACCENT, ON_ACCENT, RULE, SUNKEN, LATE, PASSAGE = (
    "#1d2430 #5b6472 #1f5673 #ffffff #e2ded4 #f4f2ec #a3341c #f2d983".split()
)
BODY = f"font:15px/23px {SANS};color:{INK}"
SMALL = f"font:13px/20px {SANS};color:{SOFT}"


class Look(NamedTuple):
    """How an element looks: its classes, its inline style, and the tag that it is written as."""

    classes: str = ""
    style: str = ""
    tag: str = ""


ITEMS = Look("ink", f"margin:8px 0 0;padding:0 0 0 24px;{BODY}")
CELL = Look("ink rule", f"padding:4px 10px;border:1px solid {RULE};text-align:left;vertical-align:top;{BODY}")
LOOKS = {
    "h1": Look("ink", f"margin:4px 0 0;font:bold 24px/30px {SERIF};color:{INK}"),
    "h2": Look(
        "ink rule",
        f"margin:0;padding:0 0 8px;border-bottom:1px solid {RULE};font:bold 16px/22px {SANS};color:{INK}",
    ),
    "h3": Look("ink", f"margin:14px 0 0;font:bold 15px/22px {SANS};color:{INK}"),
    "h4": Look("ink", f"margin:12px 0 0;font:bold 15px/23px {SANS};color:{INK}"),
    "p": Look("ink", f"margin:8px 0 0;{BODY}"),
    "b": Look("ink", f"color:{INK}"),
    "p.item": Look("ink", f"margin:0 0 4px;{BODY}"),
    "small": Look("soft", SMALL, "span"),
    "p.lead": Look("soft", f"margin:4px 0 0;font:15px/22px {SANS};color:{SOFT}"),
    "p.more": Look("soft", f"margin:14px 0 0;{SMALL}"),
    "p.soft": Look("soft", f"margin:10px 0 0;{SMALL}"),
    "p.links": Look("soft", f"margin:10px 0 0;{SMALL}"),
    "p.place": Look("ink", f"margin:8px 0 0;{BODY}"),
    "p.button": Look("", "margin:16px 0 8px"),
    "p.code": Look("ink", f"margin:12px 0 0;font:bold 26px/34px {MONO};letter-spacing:2px;color:{INK}"),
    "a": Look("link", f"color:{ACCENT}"),
    "a.button": Look(
        "press",
        f"display:inline-block;padding:10px 22px;border-radius:22px;background:{ACCENT};color:{ON_ACCENT};"
        f"font:bold 15px/22px {SANS};text-decoration:none",
    ),
    "ul": ITEMS,
    "ol": ITEMS,
    "li": Look("", "margin:2px 0 0"),
    "li.task": Look("", "margin:2px 0 0 -18px;list-style:none"),
    "blockquote": Look("rule soft", f"margin:8px 0 0;padding:0 0 0 12px;border-left:3px solid {RULE};color:{SOFT}"),
    "blockquote.passage": Look(
        "quote soft",
        f"margin:10px 0 0;padding:0 0 0 12px;border-left:3px solid {PASSAGE};"
        f"font:italic 15px/22px {SERIF};color:{SOFT}",
    ),
    "pre": Look(
        "ink sunken",
        f"margin:8px 0 0;padding:10px 12px;background:{SUNKEN};border-radius:6px;font:13px/19px {MONO};color:{INK};"
        "white-space:pre-wrap;overflow-wrap:anywhere",
    ),
    "code": Look("", f"font-family:{MONO};font-size:90%"),
    "kbd": Look("", f"font-family:{MONO};font-size:90%"),
    "table": Look("", "margin:10px 0 0;border-collapse:collapse"),
    "table.rows": Look("", "width:100%;border-collapse:collapse"),
    "th": CELL,
    "td": CELL,
    "td.row": Look("ink", f"padding:8px 12px 0 0;vertical-align:top;{BODY}"),
    "th.row": Look(
        "ink", f"width:130px;padding:8px 12px 0 0;text-align:left;vertical-align:top;font:14px/22px {SANS};color:{INK}"
    ),
    "caption": Look("soft", f"text-align:left;{SMALL}"),
    "hr": Look("rule", f"margin:14px 0 0;border:0;border-top:1px solid {RULE}"),
    "summary": Look("ink", f"margin:8px 0 0;font-weight:bold;{BODY}", "div"),
    "figcaption": Look("soft", f"margin:4px 0 0;{SMALL}", "div"),
    "dt": Look("ink", f"margin:8px 0 0;{BODY};font-weight:bold", "div"),
    "dd": Look("ink", f"margin:2px 0 0;padding:0 0 0 24px;{BODY}", "div"),
    "aside": Look("rule", f"margin:10px 0 0;padding:2px 12px 10px;border:1px solid {RULE};border-radius:6px", "div"),
    **{tag: Look(tag=tag) for tag in "strong em i s u bdi sub sup q br tr thead tbody tfoot".split()},
}
LATE_STYLE = f";color:{LATE};font-weight:bold"
ALIGNMENTS = {"align-center": ";text-align:center", "align-end": ";text-align:right"}
MIRRORED = (
    ("padding:0 0 0 24px", "padding:0 24px 0 0"),
    ("padding:0 0 0 12px", "padding:0 12px 0 0"),
    ("border-left", "border-right"),
    ("text-align:left", "text-align:right"),
)
VARIANTS = {"soft", "lead", "more", "links", "place", "button", "code", "task", "passage", "rows"}
KEPT_ATTRIBUTES = ("dir", "lang", "start", "value", "type", "reversed", "colspan", "rowspan", "scope")
FLOW = {"div", "section", "details", "figure", "dl"}


def render(element: Element, base_url: str) -> str:
    """Return what is in the element, styled."""
    return "".join(_Html(base_url).children(element))


class _Html:
    def __init__(self, base_url: str):
        self.base_url = base_url

    def children(self, element: Element, parent: str = "") -> list[str]:
        return [node if isinstance(node, str) else self.element(node, parent) for node in element.children]

    def element(self, element: Element, parent: str) -> str:
        if element.tag == "img":
            return image_text(element, escaped=True)
        if element.tag == "a":
            return self._link(element, parent)
        variant = self._variant(element, parent)
        look = LOOKS.get(variant) or LOOKS.get(element.tag)
        is_parent = element.tag in ("p", "li") or variant == "table.rows"
        content = "".join(self.children(element, variant if is_parent else parent))
        if look is None:
            return f"<div>{content}</div>" if element.tag in FLOW else content
        return _tagged(look.tag or element.tag, look, element, content)

    @staticmethod
    def _variant(element: Element, parent: str) -> str:
        if parent == "table.rows" and element.tag in ("td", "th"):
            return f"{element.tag}.row"
        if parent == "li" and element.tag == "p":
            return "p.item"
        found = [name for name in element.attributes.get("class", "").split() if name in VARIANTS]
        return f"{element.tag}.{found[0]}" if found else element.tag

    def _link(self, element: Element, parent: str) -> str:
        content = "".join(self.children(element))
        url = absolute_url(element, self.base_url)
        if not url:
            return content
        look = LOOKS["a.button" if parent == "p.button" else "a"]
        link = format_html('<a class="{}" href="{}"', look.classes, url)
        return f'{link} style="{look.style}">{content}</a>'


def _tagged(tag: str, look: Look, element: Element, content: str) -> str:
    is_late = element.has_class("late")
    style = look.style + (LATE_STYLE if is_late else "")
    for name, alignment in ALIGNMENTS.items():
        style += alignment if element.has_class(name) else ""
    if element.attributes.get("dir") == "rtl":
        style = _mirrored(style)
    classes = "late" if is_late else look.classes
    attributes = f' class="{classes}"' if classes else ""
    attributes += f' style="{style}"' if style else ""
    attributes += "".join(
        f' {name}="{element.attributes[name]}"' for name in KEPT_ATTRIBUTES if name in element.attributes
    )
    return f"<{tag}{attributes}>" if tag in ("br", "hr") else f"<{tag}{attributes}>{content}</{tag}>"


def _mirrored(style: str) -> str:
    """Return the style for a block that is read from right to left."""
    for left, right in MIRRORED:
        style = style.replace(left, right)
    return style


def absolute_url(link: Element, base_url: str) -> str:
    """Return where the link leads; nothing for one within the page."""
    href = link.attribute("href").strip()
    return "" if not href or href.startswith("#") else urljoin(base_url + "/", href)


def image_text(image: Element, *, escaped: bool = False) -> str:
    """Return what stands for an image, which only those who are signed in may load."""
    text = _("[Image: %(description)s]") % {"description": text_of(image.attributes.get("alt", ""))}
    return escape(text) if escaped else text
