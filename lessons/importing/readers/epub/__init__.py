"""EPUB: the book's pages in reading order, its table of contents as outline, its notes, links and images."""

from lessons.importing.document import ParsedArticle
from lessons.importing.readers.archives import MEGABYTE, open_archive
from lessons.importing.readers.epub.book import Book
from lessons.importing.readers.epub.package import read_package

MAX_MEMBERS = 2_000
MAX_UNPACKED = 200 * MEGABYTE
MAX_MEMBER = 50 * MEGABYTE


def read(data: bytes) -> ParsedArticle:
    """Read a book. Raise InvalidText for one that is damaged, encrypted or too large."""
    archive = open_archive(data, max_members=MAX_MEMBERS, max_total=MAX_UNPACKED, max_member=MAX_MEMBER)
    return Book(archive, read_package(archive)).parsed()
