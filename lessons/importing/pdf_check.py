"""The process in which a PDF is looked at before it is read: `python -m lessons.importing.pdf_check`.

It answers in a tenth of a second because it imports nothing of the site, so that an upload that cannot be read is
refused at once. It writes one of the outcomes below; what it cannot decide in SECONDS is for the reader to find out.
"""

import sys
from time import process_time

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from lessons.importing.limited_process import limit

READABLE, PROTECTED, DAMAGED, TOO_LONG, NO_TEXT = "readable", "protected", "damaged", "too long", "no text"
MAX_PAGES = 1_000
MIN_WORDS_A_PAGE, MIN_LETTERS_A_PAGE = 3, 20
ENOUGH_WORDS = 200
MEMORY_BYTES = 600 * 1024 * 1024
SECONDS = 0.5
"""The CPU time after which it gives up; the system ends it if it still runs a second later."""


def main() -> None:
    limit(MEMORY_BYTES, 1)
    sys.stdout.write(check(sys.stdin.buffer.read()))


def check(data: bytes) -> str:
    """Return what is wrong with a PDF, READABLE if nothing is, or nothing was found in the time that there is."""
    end = process_time() + SECONDS
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        return PROTECTED if is_password_missing() else DAMAGED
    if len(document) > MAX_PAGES:
        return TOO_LONG
    words = letters = 0
    for page in document:
        text_page = page.get_textpage()
        text = text_page.get_text_range().replace("\0", " ")
        text_page.close()
        page.close()
        words += len(text.split())
        letters += sum(map(str.isalpha, text))
        if has_text(words, letters, len(document)) or process_time() > end:
            return READABLE
    return NO_TEXT


def is_password_missing() -> bool:
    """Return whether this was the reason why PDFium could not open a document just now."""
    return pdfium_c.FPDF_GetLastError() in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY)


def has_text(words: int, letters: int, pages: int) -> bool:
    """Return whether so many pages have more text than a scan has by chance: a stamp, a line of the scanner."""
    return words >= min(MIN_WORDS_A_PAGE * max(1, pages), ENOUGH_WORDS) or letters > MIN_LETTERS_A_PAGE * pages


if __name__ == "__main__":
    main()
