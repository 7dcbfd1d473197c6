"""What on a page is not part of the article: scripts, menus, hidden parts, external images. All of it is listed."""

import re
from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import Omission
from lessons.markup import mathml
from lessons.markup.sanitise import ASSET_URL, InvalidText

SCRIPTS = "script"
STYLES = "style, link"
HIDDEN = "[hidden], [aria-hidden=true], template, noscript, [style*='display:none'], [style*='display: none']"
MENUS = (
    "nav, menu, footer, dialog, [role=navigation], [role=banner], [role=contentinfo], [role=search], "
    "[role=complementary], [role=dialog]"
)
FORMS = "form, button, select, textarea, input"
EMBEDDED = "iframe, object, embed, video, audio, canvas, svg"
ROOTS = ("main", "[role=main]", "article")
MIN_TEXT_SHARE = 0.4
MARKUP = re.compile(r"<[^<>]*>")
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
EMBED = _("Embedded in the page, not text: a video, a drawing or another page.")
REASONS = {"": COMMENT, "script": SCRIPT, "style": STYLE, "svg": EMBED}


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
    """Return all text of the page: scripts, comments, hidden parts, TeX of formulas, alternative text of images."""
    texts = []
    for node in _nodes(page):
        if node.is_text_node:
            if node.parent and node.parent.tag in mathml.TOKENS:
                continue
            texts.append(node.text(deep=False))
        elif node.is_comment_node:
            texts.append(node.comment_content or "")
        elif node.tag == "template":
            texts.append(_text(node))
        elif node.tag == "math":
            texts.append(node.attributes.get("alttext") or node.text(deep=True))
        elif node.tag == "img":
            texts.append(node.attributes.get("alt") or "")
    return "\n".join(texts)


def _nodes(page: LexborHTMLParser) -> Iterator[LexborNode]:
    """Yield all nodes of the page, text and comments included."""
    return page.root.traverse(include_text=True) if page.root else iter(())


def remove_boilerplate(page: LexborHTMLParser) -> list[Omission]:
    """Remove what is not the article from `page`, and return it with the reasons."""
    return [
        *_remove(page, SCRIPTS, SCRIPT),
        *_remove(page, STYLES, STYLE),
        *_remove_comments(page),
        *_remove_foreign_images(page),
        *_remove(page, HIDDEN, _("Hidden on the page.")),
        *_remove(page, EMBEDDED, EMBED),
        *_remove(page, MENUS, _("The navigation or the footer of the page.")),
        *_remove(page, FORMS, _("A form on the page.")),
        *_outside_article(page),
    ]


def _remove(page: LexborHTMLParser, selector: str, reason: str | Promise) -> list[Omission]:
    """Remove the matching elements. Only the outermost are listed: what is inside one of them goes with it."""
    nodes = page.css(selector)
    ids = {node.mem_id for node in nodes}
    outermost = [node for node in nodes if not _is_inside(node, ids)]
    texts = [_text(node) or node.attributes.get("src") or node.attributes.get("title") or "" for node in outermost]
    for node in outermost:
        node.decompose()
    return [Omission(text, reason) for text in texts if text.strip()]


def _is_inside(node: LexborNode, ids: set[int]) -> bool:
    ancestor = node.parent
    while ancestor and ancestor.mem_id not in ids:
        ancestor = ancestor.parent
    return bool(ancestor)


def _remove_comments(page: LexborHTMLParser) -> list[Omission]:
    comments = [node for node in _nodes(page) if node.is_comment_node]
    texts = [" ".join((node.comment_content or "").split()) for node in comments]
    for node in comments:
        node.decompose()
    return [Omission(text, COMMENT) for text in texts if text]


def _remove_foreign_images(page: LexborHTMLParser) -> list[Omission]:
    """Remove images that are not on this site: no lesson may load anything from elsewhere."""
    omissions = []
    reason = _("An image from another site: if you may use it, upload it to the lesson.")
    for node in page.css("img"):
        url = node.attributes.get("src") or ""
        if ASSET_URL.fullmatch(url):
            continue
        text = node.attributes.get("alt") or ("" if url.startswith("data:") else url)
        if text.strip():
            omissions.append(Omission(text, reason))
        node.decompose()
    return omissions


def article_root(page: LexborHTMLParser) -> LexborNode:
    """Return the page's only `main` or `article` element if it has a good part of the text, otherwise `body`.

    Raise InvalidText for a page of frames, which has no body.
    """
    body = page.body
    if body is None:
        raise InvalidText(
            _("This page consists of frames and has no text of its own. Open a frame and copy its text.")
        )
    word_count = len(body.text(deep=True).split())
    for selector in ROOTS:
        nodes = page.css(selector)
        if len(nodes) == 1 and len(nodes[0].text(deep=True).split()) >= MIN_TEXT_SHARE * word_count:
            return nodes[0]
    return body


def _outside_article(page: LexborHTMLParser) -> list[Omission]:
    """List the text outside the article; a single h1 of the page belongs to the article."""
    article = article_root(page)
    if page.body is None or article.tag == "body":
        return []
    inside = {node.mem_id for node in article.traverse(include_text=True)}
    if heading_outside(page, article):
        inside |= {node.mem_id for node in page.css("h1")[0].traverse(include_text=True)}
    reason = _("On the page, but outside the article.")
    texts = [
        node.text(deep=False).strip()
        for node in page.body.traverse(include_text=True)
        if node.is_text_node and node.mem_id not in inside
    ]
    return [Omission(text, reason) for text in texts if text]


def heading_outside(page: LexborHTMLParser, article: LexborNode) -> str:
    """Return the page's only h1 if it is outside the article and the article has none, or an empty string."""
    nodes = page.css("h1")
    return " ".join(nodes[0].text(deep=True).split()) if len(nodes) == 1 and not article.css_first("h1") else ""


def _text(node: LexborNode) -> str:
    text = node.text(deep=True, separator=" ") if node.tag != "template" else MARKUP.sub(" ", node.html or "")
    return " ".join(text.split())
