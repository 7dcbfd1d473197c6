"""What on a page is not part of the article: scripts, menus, hidden parts, external images. All of it is listed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import Block, Omission, paragraph_block
from lessons.importing.readers.callouts import is_callout
from lessons.importing.readers.pages import boilerplate
from lessons.importing.readers.pages.layout import BLOCKS, HEADINGS, LISTS, is_layout, outermost
from lessons.importing.readers.pages.page_block import Exclusion
from lessons.markup.sanitise import InvalidText

SCRIPTS = "script"
STYLES = "style, link"
FIELDS = "select, textarea, input, datalist"
EMBEDDED = "iframe, object, embed, video, audio, canvas, svg"
# Elements that become one block as a whole: what is left out of them has to be removed first.
WHOLE = HEADINGS | LISTS | {"p", "pre", "blockquote", "figure", "table", "details"}
MAX_SHARE = 0.5  # of the page's text: a larger element is not boilerplate
SOFT_HYPHEN = re.compile(r"\xad|&shy;|&#0*+173;|&#x0*+ad;", re.IGNORECASE)
MARKUP = re.compile(r"<[^<>]*>")
TAG = re.compile(r"<[/!]?(?P<name>[a-zA-Z][\w:-]*+)[^<>]*+>")
FORMULA = re.compile(r'<math\b[^<>]*?\salttext="([^"]*)"[^<>]*>.*?</math>', re.DOTALL)
ALT = re.compile(r'\salt="([^"]*)"')
INLINE = set(
    "a abbr acronym b bdi bdo big button cite code data del dfn em font i ins kbd label mark noscript q ruby rt rp s "
    "samp small span strike strong sub sup time tt u var wbr link meta svg".split()
)
# Invisible to readers, though it may look like tags: scripts compare with `<`, drawings have many `<path/>`.
# What is not closed extends to the end of the page, as in browsers.
INVISIBLE_MARKUP = re.compile(
    r"<!--(?:>|->|(?P<comment>.*?)(?:--!?>|\Z))"
    r"|(?P<start><(?P<name>script|style|svg)\b[^<>]*(?<!/)>)(?P<inside>.*?)(?P<end></(?P=name)\s*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
SCRIPT = _("A script of the page.")
STYLE = _("A style sheet of the page.")
COMMENT = _("A comment in the page’s source, which is not displayed.")
EMBED = _("An embedded video, drawing or page.")
REASONS = {"": COMMENT, "script": SCRIPT, "style": STYLE, "svg": EMBED}


@dataclass(slots=True)
class Cleaned:
    """The parts of a page that are not the article.

    length: of the page's text. omissions: what was removed. exclusions: elements still in the page that will be left
    out, by `mem_id`. removed: what was removed from an element that makes one block, by the `mem_id` of that element.
    """

    length: int
    omissions: list[Omission]
    exclusions: dict[int, Exclusion]
    removed: dict[int, list[tuple[Block, str | Promise]]] = field(default_factory=dict)

    def exclusion(self, node: LexborNode) -> Exclusion | None:
        """Return the exclusion of an element; None if it is kept, as one that holds most of the page's text is."""
        exclusion = self.exclusions.get(node.mem_id)
        if exclusion and not exclusion.is_certain and len(node.text(deep=True)) > MAX_SHARE * self.length:
            del self.exclusions[node.mem_id]
            return None
        return exclusion

    def exclusions_around(self, node: LexborNode, around: tuple[Exclusion, ...]) -> tuple[Exclusion, ...]:
        """Return the exclusions of an element and of those around it."""
        exclusion = self.exclusion(node)
        return (*around, exclusion) if exclusion else around

    def removed_from(self, node: LexborNode) -> list[tuple[Block, str | Promise]]:
        return self.removed.get(node.mem_id, [])

    def removed_within(self, node: LexborNode) -> list[tuple[Block, str | Promise]]:
        """Return what was removed from an element and from those inside it, which may make one block with it."""
        if not self.removed:
            return []
        return [removed for inner in node.traverse() for removed in self.removed_from(inner)]


def without_soft_hyphens(html: str) -> str:
    """Return `html` without soft hyphens, which would keep words from being found."""
    return SOFT_HYPHEN.sub("", html)


def strip_invisible(html: str) -> tuple[str, list[Omission]]:
    """Return `html` without comments and with empty scripts, styles and drawings; and what was in them."""
    omissions: list[Omission] = []

    def empty(match: re.Match) -> str:
        name = (match["name"] or "").lower()
        inside = match["inside"] or match["comment"] or ""
        text = MARKUP.sub(" ", inside) if name == "svg" else inside
        if text.strip():
            omissions.append(Omission(" ".join(text.split()), REASONS[name]))
        return (match["start"] or "") + (match["end"] or "")

    return INVISIBLE_MARKUP.sub(empty, html), omissions


def all_text(page: LexborHTMLParser) -> str:
    """Return all text of the page in its order, with hidden parts, and the alternative text of images.

    Blocks stand on lines of their own; an element inside a sentence does not separate its words. What a tracked
    change has deleted is at the end: in its place it could divide a word.
    """
    html = FORMULA.sub(r" \1 ", page.html or "")
    shown: list[str] = []
    deleted: list[str] = []
    depth = position = 0
    is_mark = False
    for tag in TAG.finditer(html):
        target = deleted if depth else shown
        target.append(html[position : tag.start()])
        position = tag.end()
        if tag["name"] == "del":
            depth = max(0, depth + (-1 if tag[0].startswith("</") else 1))
            deleted.append("\n")
        elif tag["name"] == "a" and (is_mark or 'href="#' in tag[0]):
            # Perhaps the mark of a note, which is no part of the word beside it.
            is_mark = not tag[0].startswith("</")
            target.append(" ")
        else:
            target.append(_text_of_tag(tag))
    return unescape("".join([*shown, html[position:], "\n", *deleted]))


def _text_of_tag(tag: re.Match[str]) -> str:
    if tag["name"] == "img":
        alt = ALT.search(tag[0])
        return f" {alt[1]} " if alt else " "
    return "" if tag["name"] in INLINE else "\n"


def body(page: LexborHTMLParser) -> LexborNode:
    """Return the body of the page. Raise InvalidText for a page of frames, which has none."""
    if page.body is None:
        raise InvalidText(
            _("This page consists of frames and has no text of its own. Open a frame and copy its text.")
        )
    return page.body


def clean(
    page: LexborHTMLParser, *, by_name: bool = False, excluded: Mapping[int, Exclusion] | None = None
) -> Cleaned:
    """Remove from `page` what is not text, and find its boilerplate.

    by_name: also by the names of classes. excluded: elements already known to be left out, by `mem_id`.
    """
    omissions = [
        *_remove(page, SCRIPTS, SCRIPT),
        *_remove(page, STYLES, STYLE),
        *_remove_comments(page),
        *_remove(page, EMBEDDED, EMBED),
        *_remove(page, FIELDS, boilerplate.FORM, " "),
        *_remove(page, "template", boilerplate.HIDDEN),
    ]
    left_out = {**boilerplate.find(page, by_name=by_name), **(excluded or {})}
    cleaned = Cleaned(len(body(page).text(deep=True)), omissions, left_out)
    _remove_inside_blocks(page, cleaned)
    return cleaned


def _remove_inside_blocks(page: LexborHTMLParser, cleaned: Cleaned) -> None:
    """Remove excluded elements from those that make one block, so that they are not part of the block's HTML."""
    layouts: dict[int, bool] = {}
    marked = [node for node in body(page).traverse() if node.mem_id in cleaned.exclusions]
    # Enclosing elements are found before anything is removed. No element that is removed contains another.
    for node, enclosing in [
        (node, enclosing) for node in marked if (enclosing := _enclosing_block(node, cleaned, layouts))
    ]:
        exclusion = cleaned.exclusion(node)
        if exclusion:
            text = _text(node)
            if any(c.isalnum() for c in text):
                cleaned.removed.setdefault(enclosing.mem_id, []).append((paragraph_block(text), exclusion.reason))
            node.decompose()


def _enclosing_block(node: LexborNode, cleaned: Cleaned, layouts: dict[int, bool]) -> LexborNode | None:
    """Return the element around `node` that makes one block; None if there is none or it is left out itself."""
    enclosing, ancestor = None, node.parent
    is_inline = ancestor is not None and ancestor.tag not in BLOCKS
    while ancestor:
        if cleaned.exclusion(ancestor):
            return None
        is_whole = is_callout(ancestor) or (ancestor.tag in WHOLE and not _is_layout(ancestor, layouts))
        if is_whole or (is_inline and not enclosing and ancestor.tag in BLOCKS):
            enclosing = ancestor
        ancestor = ancestor.parent
    return enclosing


def _is_layout(node: LexborNode, layouts: dict[int, bool]) -> bool:
    if node.tag not in LISTS and node.tag != "table":
        return False
    if node.mem_id not in layouts:
        layouts[node.mem_id] = is_layout(node)
    return layouts[node.mem_id]


def _nodes(page: LexborHTMLParser) -> Iterator[LexborNode]:
    """Yield all nodes of the page, text and comments included."""
    return page.root.traverse(include_text=True) if page.root else iter(())


def _remove(page: LexborHTMLParser, selector: str, reason: str | Promise, instead: str = "") -> list[Omission]:
    """Replace the matching elements by `instead`. Only the outermost are listed: what is inside goes with it."""
    nodes = outermost(page.css(selector))
    texts = [_text(node) or node.attributes.get("src") or node.attributes.get("title") or "" for node in nodes]
    for node in nodes:
        if instead:
            node.insert_before(instead)
        node.decompose()
    return [Omission(text, reason) for text in texts if text.strip()]


def _remove_comments(page: LexborHTMLParser) -> list[Omission]:
    comments = [node for node in _nodes(page) if node.is_comment_node]
    texts = [" ".join((node.comment_content or "").split()) for node in comments]
    for node in comments:
        node.decompose()
    return [Omission(text, COMMENT) for text in texts if text]


def _text(node: LexborNode) -> str:
    text = node.text(deep=True, separator=" ") if node.tag != "template" else MARKUP.sub(" ", node.html or "")
    return " ".join(text.split())
