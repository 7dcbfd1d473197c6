"""HTML, also from the clipboard: the page's own headings, paragraphs, lists, quotes, tables and footnotes."""

import re
from collections.abc import Callable, Collection
from dataclasses import replace
from itertools import pairwise

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import Block, Omission, ParsedArticle, element, escape_html, is_formula, table_block
from lessons.importing.readers import anchors, cleaning, html_formulas, office_html, page_code, structures
from lessons.importing.readers.cleaning import Cleaned
from lessons.importing.readers.office_html.conditional import without_conditions
from lessons.importing.readers.office_html.styles import style_sheets
from lessons.importing.readers.pages import boilerplate, images, main_text, preparation, sidenotes, titles
from lessons.importing.readers.pages.contents import leave_out_contents
from lessons.importing.readers.pages.images import Finder
from lessons.importing.readers.pages.layout import BLOCK_SELECTOR, BLOCKS, HEADINGS, LISTS, is_layout
from lessons.importing.readers.pages.main_text import leave_out_empty_headings
from lessons.importing.readers.pages.names import joined_names
from lessons.importing.readers.pages.notes import Note
from lessons.importing.readers.pages.page_block import Exclusion, PageBlock, split
from lessons.importing.readers.pages.preparation import Preparation
from lessons.importing.readers.pages.titles import PageTitle
from lessons.importing.readers.text_lines import LINE_TAGS, raise_digits, text_lines, without_readings
from lessons.markup.characters import clean_text
from lessons.markup.formulas import FormulaLimit
from lessons.markup.plain_text import text_by_block
from lessons.markup.sanitise import InvalidText, check_depth, sanitise

BREAKS = re.compile(r"<br ?/?>(?:\s*+<br ?/?>)+")
# The second line of a title, where these names are not those of all headings.
SUBTITLE = re.compile(r"-(?:sub-?title|deck|dek|standfirst|lede|strapline|tagline)-")
STRONG = re.compile(r"(?:<(?:strong|b|u|em|i)>\s*+)+[^<]+(?:</(?:strong|b|u|em|i)>\s*+)+:?")
NO_HEADING_FORMATS = re.compile(r"</?(strong|b|u|p|br|img)(?:\s[^<>]*)?>")
# Elements in a heading of which text alone is not enough: formulas, readings, and all that begins a line.
NO_PLAIN_HEADING = ", ".join(sorted(LINE_TAGS - HEADINGS | {"math", "rt"}))
# A link without a URL, as the sanitiser writes it.
UNLINKED = re.compile(r'<a rel="[^"]*">(.*?)</a>', re.DOTALL)
# Elements that no office program writes.
WEB_ONLY = "nav, main, article, form, script[src]"
# Sets the reason of blocks that are not the article, given also the page's HTML and titles.
Selector = Callable[[list[PageBlock], str, PageTitle], None]


def read(text: str, places: Collection[str] = (), *, tex_in_text: bool = True) -> ParsedArticle:
    """Parse the HTML of an article; with `tex_in_text` also TeX between delimiters in its text.

    places: names of elements that are targets of links from elsewhere. Raise InvalidText if elements are nested too
    deeply.
    """
    return _read(text, places, tex_in_text=tex_in_text, is_page=False, select=_select_all)


def read_clipboard(text: str) -> ParsedArticle:
    """Parse what was copied from a page: all of it except buttons. Raise InvalidText as `read` does."""
    return _read(text, is_page=True, select=_select_all)


def read_fragment(text: str) -> ParsedArticle:
    """Parse what was copied as `read_clipboard` does, as a part of a text: its first heading is not a title.

    Headings have HTML. Of its images, `images` has no data but the URL, as the name. Raise InvalidText as `read` does.
    """
    return _read(text, is_page=True, select=_select_all, find_image=None, has_title=False)


def read_page(text: str, find_image: Finder = lambda address: None) -> ParsedArticle:
    """Parse a web page: the blocks that are not its main text are omissions. Raise InvalidText as `read` does.

    find_image: returns the bytes of the image at a URL, None if they are not available.
    """
    return _read(text, is_page=True, select=main_text.select, find_image=find_image)


def _select_all(page_blocks: list[PageBlock], text: str, title: PageTitle) -> None:
    pass


def _read(
    text: str,
    places: Collection[str] = (),
    *,
    tex_in_text: bool = True,
    is_page: bool,
    select: Selector,
    find_image: Finder | None = lambda address: None,
    has_title: bool = True,
) -> ParsedArticle:
    """Parse a page; `select` sets the reason of those of its blocks that are left out.

    is_page: boilerplate is also recognised by class names. find_image: as in `images.extract`.
    """
    page, html, css, invisible = _parse(text, tex_in_text=tex_in_text)
    office_html.write_bullets(page)
    source = "\n".join([cleaning.all_text(page), *(omission.text for omission in invisible)])
    office = office_html.normalise(page, html, css)
    numbers = structures.normalise(page)
    prepared = preparation.prepare(page, text, find_image)
    title = prepared.title.named(office.title)
    # A paragraph from Word on a web page does not make it a Word document.
    is_document = office.is_office and not page.css_first(WEB_ONLY)
    cleaned = cleaning.clean(page, by_name=is_page and not is_document, excluded=office.exclusions)
    page_blocks = _page_blocks(page, places, cleaned, prepared, has_formats=not has_title)
    if not is_document:
        select(page_blocks, html, title)
    leave_out_contents(page_blocks)
    leave_out_empty_headings(page_blocks, title)
    _lower_subtitles(page_blocks)
    for one in page_blocks:
        one.block = _without_empty_links(one.block)
    blocks, omissions = split(page_blocks)
    parsed = ParsedArticle(
        blocks,
        source,
        omissions=[*invisible, *numbers, *_readings(page), *prepared.omissions, *cleaned.omissions, *omissions],
        images=images.used(prepared.images, page_blocks),
        language=_language(page),
        definitions=prepared.definitions,
    )
    if has_title:
        _set_title(parsed, title)
    return parsed


def _parse(text: str, *, tex_in_text: bool) -> tuple[LexborHTMLParser, str, str, list[Omission]]:
    """Return the page with its formulas as MathML, its HTML, its style sheets, and its invisible parts."""
    html = without_conditions(cleaning.without_soft_hyphens(text))
    css, limit, all_tex = style_sheets(html), FormulaLimit(), html_formulas.has_program(html)
    html, invisible = cleaning.strip_invisible(html_formulas.convert_source(html, limit))
    check_depth(html)
    page = LexborHTMLParser(html)
    html_formulas.convert_elements(page, limit)
    if tex_in_text:
        html_formulas.convert_text(page, limit, all_tex=all_tex)
    page_code.separate_numbers(page)
    sidenotes.take_out(page)
    return page, html, css, invisible


def _page_blocks(
    page: LexborHTMLParser, places: Collection[str], cleaned: Cleaned, prepared: Preparation, *, has_formats: bool
) -> list[PageBlock]:
    """Return all blocks of the page, each with the link targets in it. has_formats: headings have HTML, too."""
    body = cleaning.body(page)
    names = anchors.mark(page, places)
    try:
        result = _walk(body, cleaned, prepared)
    except RecursionError:
        raise InvalidText(_("This page is nested too deeply. Copy the article and paste it as text.")) from None
    result += [PageBlock(block, body, (), why) for block, why in cleaned.removed_from(body)]
    for one in result:
        if has_formats and one.block.type == "heading":
            one.block = replace(one.block, html=_heading_html(one.node))
        one.block = anchors.collect(one.block, names)
    return result


def _lower_subtitles(page_blocks: list[PageBlock]) -> None:
    """Make paragraphs of the headings that are second lines of the headings directly above them."""
    named: list[PageBlock] = []
    is_name_certain = True
    for above, one in pairwise(page_blocks):
        if one.block.type != "heading":
            continue
        is_below = above.block.type == "heading" and (above.block.level or 6) < (one.block.level or 6)
        if is_below and one.node.parent and one.node.parent.tag == "hgroup":
            _lower(one)
        elif one.node.attributes.get("role") == "doc-subtitle" or SUBTITLE.search(joined_names(one.node)):
            named.append(one)
            is_name_certain = is_name_certain and is_below
    for one in named if is_name_certain else ():
        _lower(one)


def _lower(one: PageBlock) -> None:
    anchors_of = one.block.anchors
    one.block = replace(_paragraph(one.node.inner_html or "") or one.block, anchors=anchors_of)


def _language(page: LexborHTMLParser) -> str:
    """Return the language that the page declares ("de"), empty if it declares none."""
    root = page.css_first("html")
    name = (root.attributes.get("lang") or root.attributes.get("xml:lang") or "") if root else ""
    code = name.strip().replace("_", "-").partition("-")[0].lower()
    return code if code.isascii() and code.isalpha() and 2 <= len(code) <= 3 else ""


def _readings(page: LexborHTMLParser) -> list[Omission]:
    """Return the readings (ruby), which are not part of the plain text."""
    readings = [ruby.css("rt") for ruby in page.css("ruby") if not ruby.css_first("rp")]
    text = " ".join(reading.text(deep=True).strip() for one in readings for reading in one)
    return [Omission(text, _("Readings above characters in headings: only paragraphs can show them."))] if text else []


def _without_empty_links(block: Block) -> Block:
    """Return the block without links that have no URL, such as those to scripts. Call it after measuring links."""
    return replace(block, html=UNLINKED.sub(r"\1", block.html)) if "<a rel=" in block.html else block


def _set_title(parsed: ParsedArticle, title: PageTitle) -> None:
    """Use the main heading as the title, or else what the head of the page says, without the name of the site.

    The page's source begins with what its head says.
    """
    count = len(parsed.blocks)
    titles.set_title(parsed, title)
    if title.browser and (title.browser != parsed.title or len(parsed.blocks) < count):
        parsed.omissions.insert(0, Omission(title.browser, _("The page’s title in the browser.")))


def _walk(
    node: LexborNode, cleaned: Cleaned, prepared: Preparation, exclusions: tuple[Exclusion, ...] = ()
) -> list[PageBlock]:
    """Return the blocks of a container inside `exclusions`; loose text in it makes paragraphs."""
    result: list[PageBlock] = []
    inline: list[str] = []
    aside: list[PageBlock] = []

    def end_paragraph() -> None:
        result.extend(PageBlock(block, node, exclusions) for block in _paragraphs("".join(inline)))
        result.extend(aside)
        inline.clear()
        aside.clear()

    for child in node.iter(include_text=True):
        if child.is_text_node:
            inline.append(escape_html(child.text(deep=False)))
            continue
        own = cleaned.exclusions_around(child, exclusions)
        if child.tag not in BLOCKS and not child.css_first(BLOCK_SELECTOR):
            if own != exclusions:
                aside += [PageBlock(block, child, own) for block in _paragraphs(child.html or "")]
            elif images.stands_alone(child, inline):
                end_paragraph()
                result += [PageBlock(block, child, exclusions) for block in images.blocks(child)]
            else:
                inline.append(child.html or "")
            continue
        end_paragraph()
        note = prepared.note(child)
        blocks = [_footnote(note)] if note else _blocks_of(child)
        if own and own[-1].reason is boilerplate.INFOBOX:
            blocks = _infobox(child)
        if blocks is None:
            result += _walk(child, cleaned, prepared, own)
            removed = cleaned.removed_from(child)
        else:
            result += [PageBlock(block, child, own) for block in blocks]
            removed = cleaned.removed_within(child)
        result += [PageBlock(block, child, own, why) for block, why in removed]
    end_paragraph()
    return result


def _footnote(note: Note) -> Block:
    """Return a footnote in the form that `document` requires, its text beginning with the mark it has on the page."""
    html = _sanitise(note.html)
    return Block("footnote", " ".join([note.mark, *text_lines(html)]).strip(), element("li", html, id=note.key))


def _infobox(node: LexborNode) -> list[Block]:
    """Return an infobox as one table, whatever its elements."""
    if node.tag == "table":
        return _table(node)
    lines = text_lines(_sanitise(node.html))
    return [table_block([[line] for line in lines])] if lines else []


def _paragraphs(inline: str) -> list[Block]:
    """Return the paragraphs of inline HTML; two line breaks in a row end a paragraph, as on old pages."""
    return [block for part in BREAKS.split(inline) if (block := _paragraph(part))]


def _paragraph(inline: str) -> Block | None:
    html = _sanitise(inline)
    text = " ".join(text_lines(html))
    if is_formula(html):
        return Block("formula", text, element("p", html))
    return Block("paragraph", text, element("p", html), strong=bool(STRONG.fullmatch(html))) if text else None


def _sanitise(html: str | None) -> SafeString:
    if html and "<" not in html:  # Text that is escaped already: there is nothing to sanitise.
        return SafeString(clean_text(html).strip())
    return SafeString(sanitise(images.with_placeholders(html or "")))


def _alternative_texts(html: str) -> list[str]:
    images = LexborHTMLParser(html).css("img")
    return [alt for image in images if (alt := (image.attributes.get("alt") or "").strip())]


def _blocks_of(node: LexborNode) -> list[Block] | None:
    """Return the blocks that an element makes as a whole, or None for one that contains others."""
    if node.tag in HEADINGS:
        text = _heading_text(node)
        return [Block("heading", text, level=int(node.tag[1]))] if text else []
    if node.tag in LISTS and is_layout(node):
        return None
    if (block := structures.block_of(node)) is not None:
        return [block] if block.text or "<img" in block.html else []
    if node.tag == "figure" and images.has_asset(node):
        return _single_block("image", node)
    if node.tag == "blockquote":
        return _single_block("quote", node)
    if node.tag == "table" and not is_layout(node):
        return _table(node)
    return None


def _heading_text(node: LexborNode) -> str:
    """Return the text of a heading, with formulas as `$TEX$` and raised digits, without readings (ruby)."""
    if node.css_first("sup, sub"):
        node = _with_raised_digits(node)
    if not node.css_first(NO_PLAIN_HEADING):
        return " ".join(node.text(deep=True).split())
    text = text_by_block(without_readings(_sanitise(node.html)))
    return " ".join(text.split())


def _with_raised_digits(node: LexborNode) -> LexborNode:
    """Return a copy, for which text is enough: the page itself keeps the elements."""
    copy = LexborHTMLParser(f"<body>{node.html}").body
    for raised in copy.css("sup, sub") if copy else ():
        raised.replace_with(raise_digits(raised.text(deep=True), raised.tag or ""))
    return copy or node


def _heading_html(node: LexborNode) -> SafeString:
    """Return a heading with the formats in it, but not bold and underlined: all of it may be."""
    html = NO_HEADING_FORMATS.sub(lambda tag: " " if tag[1] in LINE_TAGS else "", _sanitise(node.inner_html))
    return SafeString(html.strip())


def _single_block(block_type: str, node: LexborNode) -> list[Block]:
    html = _sanitise(node.html)
    lines = text_lines(html)
    if block_type == "image":
        lines = _alternative_texts(html) + lines
    text = "\n".join(lines)
    return [Block(block_type, text, html)] if text or block_type == "image" else []


def _table(node: LexborNode) -> list[Block]:
    caption = node.css_first("caption")
    rows = [[_cell_text(cell) for cell in row.css("td, th")] for row in node.css("tr")]
    lines = [" ".join(text_lines(caption.html or ""))] if caption else []
    lines += [" | ".join(row) for row in rows if any(row)]
    return [Block("table", "\n".join(lines), _sanitise(node.html))] if lines else []


def _cell_text(cell: LexborNode) -> str:
    return " ".join(text_lines(cell.html or ""))
