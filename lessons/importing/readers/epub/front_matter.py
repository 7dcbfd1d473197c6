"""Pages of a book that are not its text: cover, title page, copyright page, table of contents."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lessons.importing.readers.epub.chapters import Chapter
from lessons.importing.readers.epub.package import Package, resolve

COVER = _("The book’s cover.")
TITLE_PAGE = _("The book’s title page.")
COPYRIGHT = _("The book’s copyright page.")
CONTENTS = _("The book’s table of contents.")
INDEX = _("The book’s index, with the page numbers of the printed edition.")
PAGE_LIST = _("A list of the book’s pages or illustrations.")
REASONS: dict[str, Promise] = {
    "cover": COVER,
    "coverpage": COVER,
    "titlepage": TITLE_PAGE,
    "title-page": TITLE_PAGE,
    "halftitlepage": TITLE_PAGE,
    "copyright-page": COPYRIGHT,
    "copyright": COPYRIGHT,
    "imprint": COPYRIGHT,
    "imprimatur": COPYRIGHT,
    "toc": CONTENTS,
    "doc-toc": CONTENTS,
    "landmarks": CONTENTS,
    "page-list": PAGE_LIST,
    "loi": PAGE_LIST,
    "lot": PAGE_LIST,
    "index": INDEX,
    "doc-index": INDEX,
}
COPYRIGHT_WORDS = re.compile(r"©|\bcopyright\b|\ball rights reserved\b|\bISBN\b", re.IGNORECASE)
NOT_WORDS = re.compile(r"[\W_]+")
FIRST_PAGES, LAST_PAGES = 6, 2
MAX_COPYRIGHT_WORDS, WORDS_A_HIT = 400, 80
MAX_TITLE_WORDS = 40
MIN_CONTENTS_LINKS = 4
CONTENTS_SHARE = 0.7


def reasons(chapters: list[Chapter], package: Package) -> dict[str, str | Promise]:
    """Return the reasons why pages are left out, by path; an empty dictionary if no page would remain."""
    found: dict[str, str | Promise] = {}
    for number, chapter in enumerate(chapters):
        is_outer = number < FIRST_PAGES or number >= len(chapters) - LAST_PAGES
        reason = _by_role(chapter, package) or (_by_text(chapter, package, number) if is_outer else None)
        if reason:
            found[chapter.path] = reason
    return found if any(chapter.path not in found and chapter.text.strip() for chapter in chapters) else {}


def _by_role(chapter: Chapter, package: Package) -> str | Promise | None:
    roles = [package.roles.get(chapter.path, ""), *sorted(chapter.types)]
    return next((REASONS[role] for role in roles if role in REASONS), None)


def _by_text(chapter: Chapter, package: Package, number: int) -> str | Promise | None:
    words = chapter.text.split()
    if not "".join(chapter.body.itertext()).strip():  # only images, with their alternative texts
        return COVER if number == 0 or (number < FIRST_PAGES and "cover" in chapter.path.lower()) else None
    if _is_contents(chapter, package):
        return CONTENTS
    hits = len(COPYRIGHT_WORDS.findall(chapter.text))
    if hits > 1 and len(words) <= min(MAX_COPYRIGHT_WORDS, hits * WORDS_A_HIT):
        return COPYRIGHT
    if number < FIRST_PAGES and len(words) <= MAX_TITLE_WORDS and package.title:
        return TITLE_PAGE if _key(chapter.text).startswith(_key(package.title)) else None
    return None


def _is_contents(chapter: Chapter, package: Package) -> bool:
    """Return whether most of the page consists of links to other pages."""
    links = [
        link for link in chapter.body.iter("a") if resolve(chapter.path, link.get("href") or "")[0] in package.pages
    ]
    length = sum(len("".join(link.itertext())) for link in links)
    return len(links) >= MIN_CONTENTS_LINKS and length >= CONTENTS_SHARE * len(" ".join(chapter.text.split()))


def _key(text: str) -> str:
    return NOT_WORDS.sub("", text).casefold()
