"""PDF: the text of its pages in the order of reading, with headings, lists, notes, and what is no part of it.

file.py        the file: opened, or refused; its pages, its own outline and title
words.py       what PDFium finds on a page: words with their places and fonts
pictures.py    pictures
layout.py      words become lines, columns are found
running.py     running heads and feet, page numbers
paragraphs.py  lines become paragraphs
joining.py     words that a hyphen divides at the end of a line
notes.py       footnotes
headings.py    which paragraphs are headings
front.py       title, authors, table of contents
blocks.py      paragraphs become blocks
article.py     all of it together
quick_check.py what is wrong with a file, before it is read
"""

import pypdfium2 as pdfium

from lessons.importing.document import ParsedArticle
from lessons.importing.pdf_check import MAX_PAGES
from lessons.importing.readers.pdf import file
from lessons.importing.readers.pdf.article import make_article
from lessons.importing.readers.pdf.pictures import without_repeated
from lessons.markup.sanitise import InvalidText


def read(data: bytes) -> ParsedArticle:
    """Read a PDF. Raise InvalidText for one that is damaged, protected, too long, or has no text."""
    document = file.open_document(data)
    try:
        if len(document) > MAX_PAGES:
            raise InvalidText(file.too_long())
        pages, pictures = file.read_pages(document)
        file.check_readable(pages)
        return make_article(
            pages,
            without_repeated(pictures),
            file.read_outline(document),
            file.read_title(document),
            file.read_language(document),
        )
    except pdfium.PdfiumError:
        raise InvalidText(file.damaged()) from None
    finally:
        document.close()
