"""Read PDF: the text of its pages in reading order, with headings, lists and notes.

file.py             opens or refuses the file; reads its pages, its own outline and title
words.py            the words that PDFium finds on a page, with their positions and fonts
images.py           the images on the pages
layout.py           joins words to lines, and finds columns
running_headers.py  running headers and footers, page numbers
paragraphs.py       joins lines to paragraphs
joining.py          words that are hyphenated at the end of a line
notes.py            footnotes
headings.py         recognises headings
front_matter.py     title, authors, table of contents
blocks.py           converts paragraphs to blocks
article.py          makes the article
quick_check.py      refuses what cannot be read, before it is read
"""

import pypdfium2 as pdfium

from lessons.importing.document import ParsedArticle
from lessons.importing.pdf_check import MAX_PAGES
from lessons.importing.readers.pdf import file
from lessons.importing.readers.pdf.article import make_article
from lessons.importing.readers.pdf.images import without_repeated
from lessons.markup.sanitise import InvalidText


def read(data: bytes) -> ParsedArticle:
    """Read a PDF. Raise InvalidText for one that is damaged, protected, too long, or has no text."""
    document = file.open_document(data)
    try:
        if len(document) > MAX_PAGES:
            raise InvalidText(file.too_long())
        pages, images = file.read_pages(document)
        file.check_readable(pages)
        return make_article(
            pages,
            without_repeated(images),
            file.read_outline(document),
            file.read_title(document),
            file.read_language(document),
        )
    except pdfium.PdfiumError:
        raise InvalidText(file.damaged()) from None
    finally:
        document.close()
