"""Limits for the size of files, by format, and for the length of articles."""

from django.utils.translation import gettext as _

from lessons.importing.document import ParsedArticle
from lessons.markup.sanitise import MAX_CHARACTERS, InvalidText

MEGABYTE = 1024 * 1024
TEXT_MEGABYTES = 5
PAGE_MEGABYTES = 20
DOCUMENT_MEGABYTES = 50
MAX_MEGABYTES = {
    ".html": PAGE_MEGABYTES,
    ".htm": PAGE_MEGABYTES,
    ".xhtml": PAGE_MEGABYTES,
    ".zip": PAGE_MEGABYTES,
    ".mht": PAGE_MEGABYTES,
    ".mhtml": PAGE_MEGABYTES,
    ".docx": DOCUMENT_MEGABYTES,
    ".epub": DOCUMENT_MEGABYTES,
    ".pdf": DOCUMENT_MEGABYTES,
}
MAX_BLOCKS = 20_000
# A text with more bytes, words, signs of markup or lines is read in a child process, since that may take seconds.
LARGE_BYTES = 400_000
LARGE_WORDS = 20_000
LARGE_MARKS = 12_000
LARGE_LINES = 10_000


def check_bytes(extension: str, size: int) -> None:
    """Raise InvalidText for a file that is too large for its format; formats not listed are text."""
    limit = MAX_MEGABYTES.get(extension, TEXT_MEGABYTES)
    if size > limit * MEGABYTE:
        raise InvalidText(
            _("This file is larger than %(max)d MB. Split it or remove its images, then import it again.")
            % {"max": limit}
        )


def check_upload(size: int) -> None:
    """Raise InvalidText for a file that is too large for any format."""
    check_bytes(".pdf", size)


def check_content(parsed: ParsedArticle) -> None:
    """Raise InvalidText for an article that exceeds the limits of a course's texts."""
    if len(parsed.blocks) > MAX_BLOCKS:
        raise InvalidText(
            _("This text has more than %(max)s paragraphs. Split it and import the parts one by one.")
            % {"max": f"{MAX_BLOCKS:,}"}
        )
    if sum(len(block.html) for block in parsed.blocks) > MAX_CHARACTERS:
        raise InvalidText(
            _("This text has more than %(max)s characters. Split it and import the parts one by one.")
            % {"max": f"{MAX_CHARACTERS:,}"}
        )


def is_large(data: bytes) -> bool:
    """Return whether reading this text may take long. Counting words by spaces, lines and signs is cheap."""
    if len(data) > LARGE_BYTES or data.count(b" ") > LARGE_WORDS or data.count(b"\n") > LARGE_LINES:
        return True
    return sum(map(data.count, (b"<", b"*", b"_", b"`", b"["))) > LARGE_MARKS
