"""Prepare a page for splitting into blocks: extract notes, images and definitions, and resolve links."""

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import Omission, SourceImage
from lessons.importing.readers.pages import definitions, images, links, notes, titles
from lessons.importing.readers.pages.notes import Note
from lessons.importing.readers.pages.titles import PageTitle


@dataclass(frozen=True, slots=True)
class Preparation:
    """What was extracted from a page. notes: by the `mem_id` of the empty element that replaces each of them."""

    title: PageTitle
    notes: dict[int, Note]
    images: list[SourceImage]
    definitions: list[tuple[str, str]]
    omissions: list[Omission]

    def note(self, node: LexborNode) -> Note | None:
        return self.notes.get(node.mem_id)


def prepare(page: LexborHTMLParser, html: str, find: images.Finder | None) -> Preparation:
    """Extract notes, images and hidden definitions from `page`, and resolve its links.

    html: the page's source, with comments. find: as in `images.extract`.
    """
    title = titles.read(page)
    defined, hidden = definitions.extract(page)
    other_links = links.resolve(page, html)
    base = links.base_address(page, links.page_address(page, html))
    taken_images = images.extract(page, base, find)
    taken_notes = notes.extract(page)
    return Preparation(
        title,
        taken_notes.by_placeholder,
        taken_images.images,
        defined,
        [*hidden, *other_links, *taken_images.omissions, *taken_notes.omissions],
    )
