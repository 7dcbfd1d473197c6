"""PDF: the text of its pages in the order of reading, with headings, lists, notes, and what is no part of it.

words.py       what PDFium finds on a page: words with their places and fonts
layout.py      words become lines, columns are found
running.py     running heads and feet, page numbers
paragraphs.py  lines become paragraphs
joining.py     words that a hyphen parts at the end of a line
headings.py    which paragraphs are headings
notes.py       footnotes
blocks.py      paragraphs become blocks
"""

import re
from collections import defaultdict
from collections.abc import Set

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from django.utils.translation import gettext as _

from lessons.importing.document import Omission, ParsedArticle
from lessons.importing.readers.pdf import headings, layout, notes, running
from lessons.importing.readers.pdf.blocks import Writer, picture_block
from lessons.importing.readers.pdf.headings import OutlineEntry
from lessons.importing.readers.pdf.joining import Vocabulary, is_hyphenated
from lessons.importing.readers.pdf.layout import Line
from lessons.importing.readers.pdf.paragraphs import Paragraph, continues, paragraphs, place_pictures
from lessons.importing.readers.pdf.pictures import Picture, PictureReader, without_repeated
from lessons.importing.readers.pdf.running import Running
from lessons.importing.readers.pdf.words import Geometry, Page, read_page
from lessons.markup.sanitise import InvalidText

MAX_PAGES = 1_000
MAX_OUTLINE = 5_000
MAX_TITLE_PAGE_WORDS = 120
# Paragraphs between two halves of one: a figure's caption, the words in a drawing, a small table.
MAX_BETWEEN = 4
MIN_WORDS_A_PAGE = 3
UNREADABLE = re.compile("[\ufffd\ue000-\uf8ff\x00-\x1f]")
MAX_UNREADABLE = 0.3
UNUSABLE_TITLE = re.compile(
    r"\A\W*\Z|untitled|microsoft (?:word|powerpoint)|\.(?:docx?|pdf|tex|dvi|indd|qxd|odt|pptx?)\b"
    r"|\A[\w-]{1,40}_[\w-]+\Z",
    re.IGNORECASE,
)
CHAPTER_NUMBER = re.compile(
    r"(?:chapter|part|section|appendix|book|lecture|kapitel|teil|anhang|chapitre|partie|annexe|capítulo|parte|capitolo|"
    r"hoofdstuk|deel|rozdział|глава)\s+(?:\d{1,3}|[IVXLC]{1,7}|[A-Z])[.:]?",
    re.IGNORECASE,
)
CONTENTS_LINE = re.compile(r"(?:\.\s?){4,}\s*[\divxlc]{1,5}\Z|(?:…\s?){2,}\s*\d{1,4}\Z", re.IGNORECASE)
CONTENTS = re.compile(
    r"(?:table of )?contents|inhalt(?:sverzeichnis)?|(?:table des mati.res|sommaire)|índice|indice|目录|目次",
    re.IGNORECASE,
)


def read(data: bytes) -> ParsedArticle:
    """Read a PDF. Raise InvalidText for one that is damaged, protected, too long, or has no text."""
    document = _open(data)
    try:
        if len(document) > MAX_PAGES:
            raise InvalidText(
                _("This PDF has more than %(n)s pages. Split it, and import the parts one by one.")
                % {"n": f"{MAX_PAGES:,}"}
            )
        pages, pictures = _read_pages(document)
        _check_readable(pages)
        return _parsed(pages, without_repeated(pictures), _outline(document), _title(document), _language(document))
    except pdfium.PdfiumError:
        raise InvalidText(_damaged()) from None
    finally:
        document.close()


def _read_pages(document: pdfium.PdfDocument) -> tuple[list[Page], list[list[Picture]]]:
    """Return the words and the pictures of each page."""
    pages, pictures, reader = [], [], PictureReader()
    for number in range(len(document)):
        page = document[number]
        geometry = Geometry(page)
        pages.append(read_page(document, page, number, geometry))
        pictures.append(reader.read(page, geometry) if pages[-1].words and not pages[-1].angle else [])
        page.close()
    return pages, pictures


def _open(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        if pdfium_c.FPDF_GetLastError() in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
            raise InvalidText(
                _("This PDF is protected by a password. Remove the password, save it again, and import that.")
            ) from None
        raise InvalidText(_damaged()) from None


def _damaged() -> str:
    return _("This PDF is damaged or incomplete. Open it in a PDF reader, save it again, and import that.")


def _check_readable(pages: list[Page]) -> None:
    """Raise InvalidText if the pages have no text, or text whose letters nobody knows."""
    words = [word.text for page in pages for word in page.words]
    if len(words) < MIN_WORDS_A_PAGE * max(1, len(pages)) and len(words) < 200:
        has_letters = sum(c.isalpha() for word in words for c in word) > 20 * len(pages)
        if not has_letters:
            raise InvalidText(
                _(
                    "This PDF has no text: its pages are pictures, as of a scan. Run text recognition (OCR) on it, "
                    "for example in the program of the scanner, and import the result."
                )
            )
    letters = "".join(words)
    unreadable = len(UNREADABLE.findall(letters))
    if unreadable > MAX_UNREADABLE * len(letters):
        raise InvalidText(
            _(
                "The letters of this PDF cannot be told: its fonts do not say which they are. Print it to a new PDF "
                "with text recognition (OCR), or ask for the original file."
            )
        )


def _parsed(
    pages: list[Page], pictures: list[list[Picture]], outline: list[OutlineEntry], title: str, language: str
) -> ParsedArticle:
    lines = [layout.fragments(page) for page in pages]
    left_out = running.remove_running(pages, lines)
    size = headings.body_size(
        (line.size, len(line.text)) for on_page in lines for line in on_page if not line.style.fixed
    )
    found = [
        paragraph
        for page, on_page in zip(pages, lines, strict=True)
        for region in layout.page_regions(on_page, page.angle)
        for paragraph in paragraphs(region, size)
    ]
    references, keys = notes.find_notes(found, size)
    first = _place_pictures(found, pictures)
    headings.mark_headings([p for p in found if not p.is_note], size, outline)
    _unmark_authors(found, size)
    vocabulary = Vocabulary(line.text for p in found for line in p.lines)
    writer = Writer(vocabulary, references)
    parsed = ParsedArticle([], "", title, language=language)
    found, contents = _without_contents(found)
    title_paragraph = _title_paragraph(found, size, title)
    if title_paragraph:
        parsed.title = writer.inline(title_paragraph.lines, plain=True)[0]
        found = [p for p in found if p is not title_paragraph]
        first += title_paragraph.pictures
    found = _join_chapter_numbers(found)
    _raise_levels(found)
    _omit(parsed, left_out, contents)
    body, of_notes = _joined([p for p in found if not p.is_note]), [p for p in found if p.is_note]
    listed = {id(word) for p in contents for line in p.lines for word in line.words}
    listed |= {id(p.first.words[0]) for p in of_notes}
    texts = [p.lines for p in ([title_paragraph] if title_paragraph else []) + body + of_notes]
    parsed.source = _source(pages, texts, left_out.words | listed, vocabulary)
    parsed.images = [picture.image for of_page in pictures for picture in of_page]
    parsed.blocks = [*map(picture_block, first), *writer.blocks(body)] + [
        writer.footnote(p, keys[id(p)]) for p in of_notes
    ]
    return parsed


def _place_pictures(found: list[Paragraph], pictures: list[list[Picture]]) -> list[Picture]:
    """Place the pictures of all pages; return those that stand before all text."""
    by_page: dict[int, list[Paragraph]] = defaultdict(list)
    for paragraph in found:
        if not paragraph.is_note:
            by_page[paragraph.page].append(paragraph)
    last: Paragraph | None = None
    first: list[Picture] = []
    for page, of_page in enumerate(pictures):
        at_top = place_pictures(by_page[page], of_page)
        (last.pictures if last else first).extend(at_top)
        last = by_page[page][-1] if by_page[page] else last
    return first


def _unmark_authors(found: list[Paragraph], size: float) -> None:
    """Take large lines between the title and the text, such as authors and their institutions, for no headings."""
    first_page = [p for p in found if p.page == found[0].page] if found else []
    start = next((n for n, p in enumerate(first_page) if p.level is not None), None)
    if start is None:
        return
    for paragraph in first_page[start + 1 :]:
        if len(paragraph.text) > 200 or paragraph.is_bold or headings.is_numbered(paragraph.text):
            return
        if paragraph.size < first_page[start].size:
            paragraph.level = None


def _joined(found: list[Paragraph]) -> list[Paragraph]:
    """Join paragraphs that go on in the next column or on the next page, also behind a figure or a table."""
    result: list[Paragraph] = []
    for paragraph in found:
        beginning = _beginning_of(paragraph, result)
        if beginning:
            beginning.lines += paragraph.lines
            beginning.pictures += paragraph.pictures
            beginning.region = paragraph.region
        else:
            result.append(paragraph)
    return result


def _beginning_of(paragraph: Paragraph, earlier: list[Paragraph]) -> Paragraph | None:
    for distance, before in enumerate(reversed(earlier[-MAX_BETWEEN:])):
        if before.level is not None or paragraph.level is not None:
            return None
        if before.region is not paragraph.region and continues(before, paragraph, is_next=distance == 0):
            return before
    return None


def _without_contents(found: list[Paragraph]) -> tuple[list[Paragraph], list[Paragraph]]:
    """Return the paragraphs without the table of contents, whose lines end in dots and a number; and those."""
    is_line = [bool(CONTENTS_LINE.search(p.last.text)) for p in found]
    if sum(is_line) < 3:
        return found, []
    kept: list[Paragraph] = []
    contents: list[Paragraph] = []
    for n, paragraph in enumerate(found):
        is_heading = bool(CONTENTS.fullmatch(paragraph.text.strip())) and any(is_line[n + 1 : n + 4])
        is_between = any(is_line[max(0, n - 2) : n]) and any(is_line[n + 1 : n + 3]) and len(paragraph.lines) < 3
        (contents if is_line[n] or is_heading or is_between else kept).append(paragraph)
    return kept, contents


def _title_paragraph(found: list[Paragraph], size: float, title: str) -> Paragraph | None:
    """Return the largest heading of the first page, if it is larger than those of the text."""
    first_page = (
        [p for p in found[:30] if p.page == found[0].page and any(c.isalpha() for c in p.text)] if found else []
    )
    if not first_page:
        return None
    same = [p for p in first_page if title and _key(p.text) == _key(title)]
    if same:
        return same[0]
    largest = max(first_page, key=lambda p: p.size)
    is_title = largest.level is not None and largest.size >= 1.15 * size and len(largest.text) < 250
    others = [p for p in found if p.level is not None and p is not largest and p.size >= largest.size]
    is_title_page = sum(len(p.text.split()) for p in first_page) < MAX_TITLE_PAGE_WORDS and len(first_page) < len(
        found
    )
    if not is_title or largest.in_outline or headings.is_numbered(largest.text):
        return None
    if len(others) > 1 and not is_title_page:
        return None
    return largest if first_page.index(largest) < 6 else None


def _join_chapter_numbers(found: list[Paragraph]) -> list[Paragraph]:
    """Join "Chapter 1" to the heading below it."""
    result: list[Paragraph] = []
    for paragraph in found:
        before = result[-1] if result else None
        is_below = (
            before and before.level is not None and paragraph.level is not None and before.page == paragraph.page
        )
        if before and is_below and CHAPTER_NUMBER.fullmatch(before.text.strip()):
            before.lines += paragraph.lines
            before.pictures += paragraph.pictures
            before.level = min(before.level or 1, paragraph.level or 1)
        else:
            result.append(paragraph)
    return result


def _raise_levels(found: list[Paragraph]) -> None:
    """Let the levels begin at 1: the title has had a level of its own."""
    levels = [p.level for p in found if p.level is not None]
    for paragraph in found:
        if paragraph.level is not None:
            paragraph.level -= min(levels) - 1


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _omit(parsed: ParsedArticle, left_out: Running, contents: list[Paragraph]) -> None:
    """List what was left out: each running head once, the page numbers together."""
    for text, count in left_out.heads.items():
        parsed.omissions.append(
            Omission(text, _("A running head or foot, on %(n)d pages.") % {"n": count}, position=0)
        )
    if left_out.numbers:
        reason = _("Page numbers, on %(n)d pages.") % {"n": len(left_out.numbers)}
        parsed.omissions.append(Omission(" ".join(left_out.numbers.values()), reason, position=0))
    if contents:
        text = "\n".join(line.text for p in contents for line in p.lines)
        parsed.omissions.append(Omission(text, _("The table of contents, with the numbers of the pages."), position=0))


def _source(pages: list[Page], texts: list[list[Line]], left_out: Set[int], vocabulary: Vocabulary) -> str:
    """Return the words of the pages, but for those with an id in `left_out`, in the order of `texts`.

    texts: the lines of each paragraph. Words that are in none of them come last, so that the proof finds them missing.
    """
    in_texts = {id(word) for lines in texts for line in lines for word in line.words}
    others = [word for page in pages for word in page.words if id(word) not in in_texts]
    result = []
    for lines in [*([line.words for line in lines] for lines in texts), [others]]:
        joined = ""
        for words in lines:
            kept = [(" " if word.has_space else "") + word.text for word in words if id(word) not in left_out]
            text = "".join(kept).strip()
            is_parted = is_hyphenated(joined, text) and not vocabulary.keeps_hyphen(joined, text)
            joined = joined[:-1] + text if is_parted else f"{joined} {text}"
        result.append(joined)
    return "\n".join(result)


def _outline(document: pdfium.PdfDocument) -> list[OutlineEntry]:
    entries = []
    for bookmark in document.get_toc(max_depth=8):
        title = " ".join((bookmark.get_title() or "").split())
        destination = bookmark.get_dest()
        page = destination.get_index() if destination else None
        if title:
            entries.append(OutlineEntry(title, bookmark.level + 1, -1 if page is None else page))
        if len(entries) >= MAX_OUTLINE:
            break
    return entries


def _title(document: pdfium.PdfDocument) -> str:
    """Return the title that the file states, if it is one: many programs write a file's name there."""
    title = " ".join(document.get_metadata_value("Title").split())
    return "" if UNUSABLE_TITLE.search(title) or len(title) > 250 else title


def _language(document: pdfium.PdfDocument) -> str:
    return ""
