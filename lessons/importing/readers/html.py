"""HTML, also from the clipboard: the page's own headings, paragraphs, lists, quotes, tables and footnotes."""

import re
from collections.abc import Collection

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import Block, Omission, ParsedArticle, element, escape_html, list_block
from lessons.importing.readers import anchors, cleaning, html_formulas, list_markers, structures
from lessons.importing.readers.text_lines import text_lines
from lessons.markup.formulas import FormulaLimit
from lessons.markup.plain_text import text_by_block
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
BREAKS = re.compile(r"<br ?/?>(?:\s*+<br ?/?>)+")
STRONG = re.compile(r"(?:<(?:strong|b|u|em|i)>\s*+)+[^<]+(?:</(?:strong|b|u|em|i)>\s*+)+:?")
PASTED_BULLETS = tuple("·•●▪◦‣⁃○§")
SITE_NAME_SEPARATOR = re.compile(r"\s+[|–—·:»-]+\s+")


def read(text: str, places: Collection[str] = (), *, tex_in_text: bool = True) -> ParsedArticle:
    """Parse a page, with `tex_in_text` also TeX between delimiters in its text.

    places: names of elements that links from elsewhere lead to. Raise InvalidText if elements are nested too deeply.
    """
    limit, all_tex = FormulaLimit(), html_formulas.has_program(text)
    text, invisible = cleaning.strip_invisible(html_formulas.in_source(text, limit))
    check_depth(text)
    page = LexborHTMLParser(text)
    html_formulas.in_page(page, limit)
    if tex_in_text:
        html_formulas.in_text(page, limit, all_tex=all_tex)
    source = "\n".join([cleaning.all_text(page), *(omission.text for omission in invisible)])
    numbers = structures.unify(page)
    page_title = _page_title(page)
    omissions = invisible + numbers + cleaning.remove_boilerplate(page)
    article = cleaning.article_root(page)
    names = anchors.mark(page, places)
    try:
        blocks = [anchors.collect(block, names) for block in _with_pasted_lists(_blocks_in(article))]
    except RecursionError:
        raise InvalidText(_("This page is nested too deeply. Copy the article and paste it as text.")) from None
    parsed = ParsedArticle(blocks, source, cleaning.heading_outside(page, article), omissions)
    _set_title(parsed, page_title)
    return parsed


def _page_title(page: LexborHTMLParser) -> str:
    node = page.css_first("head > title")
    return " ".join(node.text(deep=True).split()) if node else ""


def _set_title(parsed: ParsedArticle, page_title: str) -> None:
    """Use a single first-level heading at the start as the title, or else the title of the page."""
    headings = [block for block in parsed.blocks if block.type == "heading"]
    top = [block for block in headings if block.level == 1]
    if not parsed.title and top and top[0] is headings[0] and (len(top) == 1 or top[0].text == page_title):
        parsed.title = top[0].text
        parsed.blocks.remove(top[0])
    if not parsed.title and headings:
        parsed.title = SITE_NAME_SEPARATOR.split(page_title)[0]
    if page_title and page_title != parsed.title:
        parsed.omissions.append(Omission(page_title, _("The page’s title in the browser.")))


def _blocks_in(node: LexborNode) -> list[Block]:
    """Return the blocks of a container; text directly inside it makes paragraphs."""
    blocks: list[Block] = []
    inline: list[str] = []
    for child in node.iter(include_text=True):
        if child.is_text_node:
            inline.append(escape_html(child.text(deep=False)))
        elif child.tag not in BLOCKS and not child.css_first(BLOCK_SELECTOR):
            inline.append(child.html or "")
        else:
            blocks += _paragraphs("".join(inline)) + _blocks_of(child)
            inline = []
    return blocks + _paragraphs("".join(inline))


def _paragraphs(inline: str) -> list[Block]:
    """Return the paragraphs of inline HTML; two line breaks in a row end a paragraph, as on old pages."""
    return [block for part in BREAKS.split(inline) if (block := _paragraph(part))]


def _paragraph(inline: str) -> Block | None:
    html = _sanitise(inline)
    text = " ".join(text_lines(html))
    if "<img" in html and not text:
        return Block("image", " ".join(_alternative_texts(html)), element("p", html))
    if _is_formula(html):
        return Block("formula", text, element("p", html))
    return Block("paragraph", text, element("p", html), strong=bool(STRONG.fullmatch(html))) if text else None


def _is_formula(html: str) -> bool:
    """Return whether sanitised HTML is one formula on a line of its own."""
    is_one = html.startswith("<math ") and html.endswith("</math>") and html.count("<math ") == 1
    return is_one and 'display="block"' in html[: html.index(">")]


def _sanitise(html: str | None) -> SafeString:
    return SafeString(sanitise(html or ""))


def _alternative_texts(html: str) -> list[str]:
    images = LexborHTMLParser(html).css("img")
    return [alt for image in images if (alt := (image.attributes.get("alt") or "").strip())]


def _blocks_of(node: LexborNode) -> list[Block]:
    if _is_footnotes(node):
        return _footnotes(node)
    if node.tag in HEADINGS:
        text = _heading_text(node)
        return [Block("heading", text, level=int(node.tag[1]))] if text else []
    if (block := structures.block_of(node)) is not None:
        return [block] if block.text else []
    if node.tag == "figure" and node.css_first("img"):
        return _single_block("image", node)
    if node.tag == "blockquote":
        return _single_block("quote", node)
    if node.tag == "table" and not _is_layout(node):
        return _table(node)
    return _blocks_in(node)


def _heading_text(node: LexborNode) -> str:
    """Return the text of a heading, which has no HTML, with formulas as `$TEX$`."""
    text = text_by_block(_sanitise(node.html)) if node.css_first("math") else node.text(deep=True)
    return " ".join(text.split())


def _single_block(block_type: str, node: LexborNode) -> list[Block]:
    html = _sanitise(node.html)
    lines = text_lines(html)
    if block_type == "image":
        lines = _alternative_texts(html) + lines
    text = "\n".join(lines)
    return [Block(block_type, text, html)] if text or block_type == "image" else []


def _is_layout(table: LexborNode) -> bool:
    """Recognise a table that only arranges the page, as in old pages and e-mails."""
    if table.attributes.get("role") == "presentation" or len(table.css(LAYOUT)) > len(table.css("caption")) + 1:
        return True
    return all(len(row.css("td, th")) < 2 for row in table.css("tr"))


def _table(node: LexborNode) -> list[Block]:
    caption = node.css_first("caption")
    rows = [[_cell_text(cell) for cell in row.css("td, th")] for row in node.css("tr")]
    lines = [" ".join(caption.text(deep=True).split())] if caption else []
    lines += [" | ".join(row) for row in rows if any(row)]
    return [Block("table", "\n".join(lines), _sanitise(node.html))] if lines else []


def _cell_text(cell: LexborNode) -> str:
    if cell.css_first("math"):
        return " ".join(text_lines(cell.html or ""))
    return " ".join(cell.text(deep=True, separator=" ").split())


def _is_footnotes(node: LexborNode) -> bool:
    names = (node.attributes.get("class") or "").split()
    return "footnotes" in names or node.attributes.get("role") == "doc-endnotes"


def _footnotes(node: LexborNode) -> list[Block]:
    for link in node.css(BACK_LINKS):
        link.decompose()
    items = [_sanitise(item.html) for item in node.css("li")]
    return [Block("footnote", " ".join(lines), html) for html in items if (lines := text_lines(html))]


def _with_pasted_lists(blocks: list[Block]) -> list[Block]:
    """Make lists of paragraphs that start with a bullet: that is how Word puts them on the clipboard."""
    result: list[Block] = []
    items: list[str] = []
    for block in [*blocks, None]:
        has_bullet = block and block.type == "paragraph" and block.text.startswith(PASTED_BULLETS)
        item = list_markers.parse_bullet(block.text) if block and has_bullet else None
        if item:
            items.append(item)
            continue
        if items:
            result.append(list_block(items))
            items = []
        if block:
            result.append(block)
    return result
