"""Make an article from the words of a document's pages. Pure."""

from collections import defaultdict
from collections.abc import Set

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.importing.document import Omission, ParsedArticle
from lessons.importing.readers.pdf import front_matter, headings, layout, notes, running_headers
from lessons.importing.readers.pdf.blocks import Writer, image_block
from lessons.importing.readers.pdf.headings import OutlineEntry
from lessons.importing.readers.pdf.images import PlacedImage
from lessons.importing.readers.pdf.joining import Vocabulary, is_hyphenated
from lessons.importing.readers.pdf.layout import Line
from lessons.importing.readers.pdf.paragraphs import Paragraph, continues, paragraphs, place_images
from lessons.importing.readers.pdf.running_headers import RunningHeaders
from lessons.importing.readers.pdf.words import Page

# Paragraphs between two parts of one: a figure's caption, the text in a drawing, a small table.
MAX_BETWEEN = 4


def make_article(
    pages: list[Page], images: list[list[PlacedImage]], outline: list[OutlineEntry], title: str, language: str
) -> ParsedArticle:
    """Return the article. outline, title and language: as the file states them."""
    lines = [layout.fragments(page) for page in pages]
    left_out = running_headers.remove_running_headers(pages, lines)
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
    first = _place_images(found, images)
    headings.mark_headings([p for p in found if not p.is_note], size, outline)
    front_matter.unmark_authors(found)
    vocabulary = Vocabulary(line.text for p in found for line in p.lines)
    writer = Writer(vocabulary, references)
    parsed = ParsedArticle([], "", title, language=language)
    found, contents = front_matter.without_contents(found)
    title_paragraph = front_matter.title_paragraph(found, size, title)
    if title_paragraph:
        parsed.title = writer.inline(title_paragraph.lines, plain=True)[0]
        found = [p for p in found if p is not title_paragraph]
        first += title_paragraph.images
    found = front_matter.join_chapter_numbers(found)
    front_matter.raise_levels(found)
    _omit(parsed, left_out, contents)
    body, of_notes = _joined([p for p in found if not p.is_note]), [p for p in found if p.is_note]
    listed = {id(word) for p in contents for line in p.lines for word in line.words}
    listed |= {id(p.first.words[0]) for p in of_notes}
    texts = [p.lines for p in ([title_paragraph] if title_paragraph else []) + body + of_notes]
    parsed.source = _source(pages, texts, left_out.words | listed, vocabulary)
    parsed.images = [image.source for of_page in images for image in of_page]
    parsed.blocks = [*map(image_block, first), *writer.blocks(body)] + [
        writer.footnote(p, keys[id(p)]) for p in of_notes
    ]
    return parsed


def _place_images(found: list[Paragraph], images: list[list[PlacedImage]]) -> list[PlacedImage]:
    """Assign the images of all pages to paragraphs; return those before all text."""
    by_page: dict[int, list[Paragraph]] = defaultdict(list)
    for paragraph in found:
        if not paragraph.is_note:
            by_page[paragraph.page].append(paragraph)
    last: Paragraph | None = None
    first: list[PlacedImage] = []
    for page, of_page in enumerate(images):
        at_top = place_images(by_page[page], of_page)
        (last.images if last else first).extend(at_top)
        last = by_page[page][-1] if by_page[page] else last
    return first


def _joined(found: list[Paragraph]) -> list[Paragraph]:
    """Join paragraphs that continue in the next column or on the next page, even after a figure or a table."""
    result: list[Paragraph] = []
    for paragraph in found:
        beginning = _beginning_of(paragraph, result)
        if beginning:
            beginning.lines += paragraph.lines
            beginning.images += paragraph.images
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


def _omit(parsed: ParsedArticle, left_out: RunningHeaders, contents: list[Paragraph]) -> None:
    """Record the omissions: each running header or footer once, the page numbers together."""
    for text, count in left_out.headers.items():
        reason = ngettext(
            "A running header or footer on %(n)d page.", "A running header or footer on %(n)d pages.", count
        )
        parsed.omissions.append(Omission(text, reason % {"n": count}, position=0))
    if left_out.numbers:
        count = len(left_out.numbers)
        reason = ngettext("%(n)d page number.", "%(n)d page numbers.", count)
        parsed.omissions.append(Omission(" ".join(left_out.numbers.values()), reason % {"n": count}, position=0))
    if contents:
        text = "\n".join(line.text for p in contents for line in p.lines)
        parsed.omissions.append(Omission(text, _("The table of contents, with its page numbers."), position=0))


def _source(pages: list[Page], texts: list[list[Line]], left_out: Set[int], vocabulary: Vocabulary) -> str:
    """Return the words of the pages, except those with an id in `left_out`, in the order of `texts`.

    texts: the lines of each paragraph. Words in none of them come last, so that the proof reports them as missing.
    """
    in_texts = {id(word) for lines in texts for line in lines for word in line.words}
    others = [word for page in pages for word in page.words if id(word) not in in_texts]
    result = []
    for lines in [*([line.words for line in lines] for lines in texts), [others]]:
        joined = ""
        for words in lines:
            kept = [(" " if word.has_space else "") + word.text for word in words if id(word) not in left_out]
            text = "".join(kept).strip()
            is_divided = is_hyphenated(joined, text) and not vocabulary.keeps_hyphen(joined, text)
            joined = joined[:-1] + text if is_divided else f"{joined} {text}"
        result.append(joined)
    return "\n".join(result)
