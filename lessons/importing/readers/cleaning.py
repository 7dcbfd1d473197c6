"""What of a web page is not the article: scripts, menus, hidden parts, pictures from elsewhere. All of it named."""

import re

from django.utils.translation import gettext_lazy as _
from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import Omission
from lessons.markup.sanitise import ASSET_URL

SCRIPTS = "script"
STYLES = "style, link"
HIDDEN = "[hidden], [aria-hidden=true], template, noscript, [style*='display:none'], [style*='display: none']"
MENUS = (
    "nav, menu, footer, dialog, [role=navigation], [role=banner], [role=contentinfo], [role=search], "
    "[role=complementary], [role=dialog]"
)
FORMS = "form, button, select, textarea, input"
EMBEDDED = "iframe, object, embed, video, audio, canvas, svg, math"
ROOTS = ("main", "[role=main]", "article")
MIN_TEXT_SHARE = 0.4
MARKUP = re.compile(r"<[^>]*>")
# What no reader sees as text though it may look like tags: scripts compare with `<`, drawings have many `<path/>`.
# What does not end goes on to the end of the page, as in browsers.
INVISIBLE_MARKUP = re.compile(
    r"<!--(?:>|->|(?P<comment>.*?)(?:--!?>|\Z))"
    r"|(?P<start><(?P<name>script|style|svg|math)\b[^>]*(?<!/)>)(?P<inside>.*?)(?P<end></(?P=name)\s*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
SCRIPT = _("A script of the page.")
STYLE = _("A style sheet of the page.")
COMMENT = _("A comment in the page's source, which nobody sees.")
EMBED = _("Embedded in the page, not text: a film, a drawing, a formula or another page.")
REASONS = {"": COMMENT, "script": SCRIPT, "style": STYLE, "svg": EMBED, "math": EMBED}


def strip_invisible(html: str) -> tuple[str, list[Omission]]:
    """`html` without comments and with scripts, styles, drawings and formulas empty; and what stood in them."""
    taken: list[Omission] = []

    def emptied(found: re.Match) -> str:
        name = (found["name"] or "").lower()
        inside = found["inside"] or found["comment"] or ""
        words = MARKUP.sub(" ", inside) if name in ("svg", "math") else inside
        if words.strip():
            taken.append(Omission(" ".join(words.split()), REASONS[name]))
        return (found["start"] or "") + (found["end"] or "")

    return INVISIBLE_MARKUP.sub(emptied, html), taken


def all_text(page: LexborHTMLParser) -> str:
    """All that the page says, scripts, comments and hidden parts too, and what stands for its pictures."""
    texts = []
    for node in page.root.traverse(include_text=True):
        if node.is_text_node:
            texts.append(node.text(deep=False))
        elif node.is_comment_node:
            texts.append(node.comment_content or "")
        elif node.tag == "template":
            texts.append(_words(node))
        elif node.tag == "img":
            texts.append(node.attributes.get("alt") or "")
    return "\n".join(texts)


def remove_boilerplate(page: LexborHTMLParser) -> list[Omission]:
    """Takes what is not the article out of `page` and returns it, each with the reason."""
    return [
        *_take(page, SCRIPTS, SCRIPT),
        *_take(page, STYLES, STYLE),
        *_comments(page),
        *_pictures(page),
        *_take(page, HIDDEN, _("Hidden on the page.")),
        *_take(page, EMBEDDED, EMBED),
        *_take(page, MENUS, _("Navigation or the foot of the page.")),
        *_take(page, FORMS, _("A form of the page.")),
        *_outside(page),
    ]


def _take(page: LexborHTMLParser, selector: str, why: str) -> list[Omission]:
    """Only the outer elements are named: what stands inside one that is taken out goes with it."""
    nodes = page.css(selector)
    inner = {node.mem_id for node in nodes}
    outer = [node for node in nodes if not _is_inside(node, inner)]
    texts = [_words(node) or node.attributes.get("src") or node.attributes.get("title") or "" for node in outer]
    for node in outer:
        node.decompose()
    return [Omission(text, why) for text in texts if text.strip()]


def _is_inside(node: LexborNode, ids: set[int]) -> bool:
    above = node.parent
    while above and above.mem_id not in ids:
        above = above.parent
    return bool(above)


def _comments(page: LexborHTMLParser) -> list[Omission]:
    found = [node for node in page.root.traverse(include_text=True) if node.is_comment_node]
    texts = [" ".join((node.comment_content or "").split()) for node in found]
    for node in found:
        node.decompose()
    return [Omission(text, COMMENT) for text in texts if text]


def _pictures(page: LexborHTMLParser) -> list[Omission]:
    """Pictures that are not on this site: no lesson may load anything from elsewhere."""
    taken = []
    for node in page.css("img"):
        address = node.attributes.get("src") or ""
        if ASSET_URL.fullmatch(address):
            continue
        shown = node.attributes.get("alt") or ("" if address.startswith("data:") else address)
        why = _("A picture from elsewhere: upload it to the lesson if it may be used.")
        taken += [Omission(shown, why)] if shown.strip() else []
        node.decompose()
    return taken


def article_root(page: LexborHTMLParser) -> LexborNode:
    """The element that holds the article: the page's only `main` or `article`, where it has most of the words."""
    words = len(page.body.text(deep=True).split())
    for selector in ROOTS:
        found = page.css(selector)
        if len(found) == 1 and len(found[0].text(deep=True).split()) >= MIN_TEXT_SHARE * words:
            return found[0]
    return page.body


def _outside(page: LexborHTMLParser) -> list[Omission]:
    """What stands beside the article on the page; the page's only heading is the article's."""
    article = article_root(page)
    if article.tag == "body":
        return []
    inside = {node.mem_id for node in article.traverse(include_text=True)}
    if heading_outside(page, article):
        inside |= {node.mem_id for node in page.css_first("h1").traverse(include_text=True)}
    why = _("Beside the article on the page.")
    texts = [
        node.text(deep=False).strip()
        for node in page.body.traverse(include_text=True)
        if node.is_text_node and node.mem_id not in inside
    ]
    return [Omission(text, why) for text in texts if text]


def heading_outside(page: LexborHTMLParser, article: LexborNode) -> str:
    """The page's only h1 where it stands beside the article and the article has none, or an empty string."""
    found = page.css("h1")
    return " ".join(found[0].text(deep=True).split()) if len(found) == 1 and not article.css_first("h1") else ""


def _words(node: LexborNode) -> str:
    text = node.text(deep=True, separator=" ") if node.tag != "template" else MARKUP.sub(" ", node.html or "")
    return " ".join(text.split())
