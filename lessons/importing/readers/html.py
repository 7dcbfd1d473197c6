"""HTML, also a rich paste: the page's own headings, paragraphs, lists, quotes, tables and footnotes."""

import re

from django.utils.translation import gettext as _
from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import Block, Omission, ParsedArticle, escape_html, list_block
from lessons.importing.readers import cleaning, list_markers
from lessons.markup.sanitise import InvalidText, check_depth, sanitise

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
LISTS = {"ul", "ol", "dl"}
BLOCKS = (
    HEADINGS
    | LISTS
    | set(
        "address article aside blockquote body center dd details dialog div dt fieldset figcaption figure footer form "
        "header hgroup hr li main p pre section summary table tbody td tfoot th thead tr caption".split()
    )
)
BLOCK_SELECTOR = ", ".join(sorted(BLOCKS))
BACK_LINKS = "a.footnote-backref, a.footnote-back, a[role=doc-backlink]"
LAYOUT = "h1, h2, h3, h4, h5, h6, table"
BLOCK_TAG = re.compile(r"</?(?:p|li|ul|ol|dl|h\d|td|th|tr|dt|dd|pre|blockquote|figcaption|caption)\b[^>]*>|<br ?/?>")
BREAKS = re.compile(r"(?:\s*<br ?/?>\s*){2,}")
STRONG = re.compile(r"(?:<(?:strong|b|u|em|i)>\s*)+[^<]+(?:</(?:strong|b|u|em|i)>\s*)+:?")
PASTED_BULLETS = tuple("·•●▪◦‣⁃○§")
SITE_NAME_SEPARATOR = re.compile(r"\s+[|–—·:»-]+\s+")


def read(text: str) -> ParsedArticle:
    """Raises UnreadableText where elements stand in one another too deep."""
    text, silent = cleaning.strip_invisible(text)
    check_depth(text)
    page = LexborHTMLParser(text)
    source = "\n".join([cleaning.all_text(page), *(left.text for left in silent)])
    name = _page_name(page)
    left_out = silent + cleaning.remove_boilerplate(page)
    article = cleaning.article_root(page)
    try:
        blocks = _with_pasted_lists(_blocks_in(article))
    except RecursionError:
        raise InvalidText(_("This page is nested too deeply. Copy the article and paste it as text.")) from None
    return _titled(ParsedArticle(blocks, source, cleaning.heading_outside(page, article), left_out), name)


def _page_name(page: LexborHTMLParser) -> str:
    node = page.css_first("head > title")
    return " ".join(node.text(deep=True).split()) if node else ""


def _titled(reading: ParsedArticle, name: str) -> ParsedArticle:
    """The only first-level heading, when it comes first, is the title; else what the page is called."""
    headings = [block for block in reading.blocks if block.type == "heading"]
    first = [block for block in headings if block.level == 1]
    if not reading.title and first and first[0] is headings[0] and (len(first) == 1 or first[0].text == name):
        reading.title = first[0].text
        reading.blocks.remove(first[0])
    if not reading.title and headings:
        reading.title = SITE_NAME_SEPARATOR.split(name)[0]
    if name and name != reading.title:
        reading.omissions.append(Omission(name, _("What the browser calls the page.")))
    return reading


def _blocks_in(node: LexborNode) -> list[Block]:
    """The blocks of a container; text that stands in it directly makes paragraphs."""
    blocks: list[Block] = []
    run: list[str] = []
    for child in node.iter(include_text=True):
        if child.is_text_node:
            run.append(escape_html(child.text(deep=False)))
        elif child.tag not in BLOCKS and not child.css_first(BLOCK_SELECTOR):
            run.append(child.html or "")
        else:
            blocks += _paragraphs("".join(run)) + _blocks_of(child)
            run = []
    return blocks + _paragraphs("".join(run))


def _paragraphs(inner: str) -> list[Block]:
    """Two line breaks in a row end a paragraph, as on old pages."""
    return [block for part in BREAKS.split(inner) if (block := _paragraph(part))]


def _paragraph(inner: str) -> Block | None:
    html = sanitise(inner)
    text = " ".join(_lines(html))
    if "<img" in html and not text:
        return Block("image", " ".join(_alternatives(html)), f"<p>{html}</p>")
    return Block("paragraph", text, f"<p>{html}</p>", strong=bool(STRONG.fullmatch(html))) if text else None


def _alternatives(html: str) -> list[str]:
    images = LexborHTMLParser(html).css("img")
    return [alt for image in images if (alt := (image.attributes.get("alt") or "").strip())]


def _blocks_of(node: LexborNode) -> list[Block]:
    if _is_footnotes(node):
        return _footnotes(node)
    if node.tag in HEADINGS:
        text = " ".join(node.text(deep=True).split())
        return [Block("heading", text, level=int(node.tag[1]))] if text else []
    if node.tag == "pre":
        return _pre(node)
    if node.tag == "figure" and node.css_first("img"):
        return _single_block("image", node)
    if node.tag in LISTS:
        return _single_block("list", node)
    if node.tag == "blockquote":
        return _single_block("quote", node)
    if node.tag == "table" and not _is_layout(node):
        return _table(node)
    return _blocks_in(node)


def _single_block(kind: str, node: LexborNode) -> list[Block]:
    html = sanitise(node.html)
    lines = _lines(html)
    if kind == "image":
        lines = _alternatives(html) + lines
    text = "\n".join(lines)
    return [Block(kind, text, html)] if text or kind == "image" else []


def _pre(node: LexborNode) -> list[Block]:
    text = node.text(deep=True).strip("\n")
    return [Block("paragraph", text, sanitise(node.html))] if text.strip() else []


def _is_layout(table: LexborNode) -> bool:
    """A table that only places things on the page: old pages and mails."""
    if table.attributes.get("role") == "presentation" or len(table.css(LAYOUT)) > len(table.css("caption")) + 1:
        return True
    return all(len(row.css("td, th")) < 2 for row in table.css("tr"))


def _table(node: LexborNode) -> list[Block]:
    caption = node.css_first("caption")
    rows = [
        [" ".join(cell.text(deep=True, separator=" ").split()) for cell in row.css("td, th")] for row in node.css("tr")
    ]
    lines = [" ".join(caption.text(deep=True).split())] if caption else []
    lines += [" | ".join(row) for row in rows if any(row)]
    return [Block("table", "\n".join(lines), sanitise(node.html))] if lines else []


def _is_footnotes(node: LexborNode) -> bool:
    names = (node.attributes.get("class") or "").split()
    return "footnotes" in names or node.attributes.get("role") == "doc-endnotes"


def _footnotes(node: LexborNode) -> list[Block]:
    for link in node.css(BACK_LINKS):
        link.decompose()
    found = [sanitise(item.html) for item in node.css("li")]
    return [Block("footnote", " ".join(_lines(html)), html) for html in found if _lines(html)]


def _lines(html: str) -> list[str]:
    """The words of sanitised HTML, a line a block, white space folded."""
    spaced = BLOCK_TAG.sub("\n", html)
    plain = LexborHTMLParser(f"<body>{spaced}").body.text(deep=True) if "<" in spaced or "&" in spaced else spaced
    return [line for raw in plain.split("\n") if (line := " ".join(raw.split()))]


def _with_pasted_lists(blocks: list[Block]) -> list[Block]:
    """Word puts lists on the clipboard as paragraphs that begin with a dot."""
    made: list[Block] = []
    items: list[str] = []
    for block in [*blocks, None]:
        dotted = block and block.type == "paragraph" and block.text.startswith(PASTED_BULLETS)
        item = list_markers.parse_bullet(block.text) if dotted else None
        if item:
            items.append(item)
            continue
        if items:
            made.append(list_block(items))
            items = []
        made += [block] if block else []
    return made
