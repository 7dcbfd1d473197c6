"""HTML of office programs, saved or copied: Word, Outlook, Word Online, Google Docs, LibreOffice and Pages.

Before such a page is read like any other, its paragraphs are converted to the elements that they stand for: titles,
headings, lists, inline formats. Changes, comments and tables of contents are marked to be left out. What is pasted
into the editor goes the same way.
"""

from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser

from lessons.importing.readers.office_html import asides, elements, headings, lists, styles, word_lists
from lessons.importing.readers.pages.page_block import Exclusion

SIGNS = (
    "mso-", "class=Mso", 'class="Mso', "urn:schemas-microsoft-com:office", "docs-internal-guid", "lst-kix_",
    'content="Microsoft Word', 'content="LibreOffice', 'content="OpenOffice', "Cocoa HTML Writer", "SCXW",
    "sdfootnote", "doc-content",
)  # fmt: skip

GOOGLE_COPY = "docs-internal-guid"


@dataclass(slots=True)
class Office:
    """What was found. title: in the style of a title. exclusions: of what is not the article, by `mem_id`."""

    is_office: bool = False
    title: str = ""
    exclusions: dict[int, Exclusion] = field(default_factory=dict)


def is_office(html: str) -> bool:
    """Return whether an office program wrote the page, so that all of it is the article."""
    return any(sign in html for sign in SIGNS)


def write_bullets(page: LexborHTMLParser) -> None:
    """Write bullets that are letters of the source, in place, as bullets: before its words are counted."""
    word_lists.write_bullets(page)


def normalise(page: LexborHTMLParser, html: str, css: str) -> Office:
    """Convert the paragraphs of an office program, in place, to the elements that they stand for.

    html: the original page. css: its style sheets.
    """
    office = Office(is_office(html) or is_office(css))
    sheet = styles.StyleSheet(css if office.is_office else "")
    styles.unwrap_normal(page)
    elements.remove_fillers(page)
    asides.mark_deletions(page)
    if office.is_office:
        asides.mark_comments(page)
        asides.mark_contents(page)
        asides.mark_page_margins(page)
        office.title = headings.make_headings(page, by_size=GOOGLE_COPY in html)
        headings.make_quotations(page)
        elements.remove_direction(page)
    lists.make_lists(page, sheet.counters)
    styles.mark_formats(page, sheet)
    office.exclusions = asides.collect_exclusions(page)
    return office
