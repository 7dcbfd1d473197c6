"""What is done to a page before it is taken apart: notes, links, pictures and definitions are brought into order."""

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import Omission, SourceImage
from lessons.importing.readers.pages import definitions, links, notes, pictures, titles
from lessons.importing.readers.pages.notes import Note
from lessons.importing.readers.pages.titles import PageTitle


@dataclass(frozen=True, slots=True)
class Preparation:
    """notes: by the `mem_id` of the empty element that stands where each note stood."""

    title: PageTitle
    notes: dict[int, Note]
    images: list[SourceImage]
    definitions: list[tuple[str, str]]
    omissions: list[Omission]

    def note(self, node: LexborNode) -> Note | None:
        return self.notes.get(node.mem_id)


def prepare(page: LexborHTMLParser, html: str, find: pictures.Finder | None) -> Preparation:
    """Take notes, pictures and hidden definitions out of `page`, and make its links lead somewhere.

    html: the page's source, with comments. find: as in `pictures.take`.
    """
    title = titles.read(page)
    defined, hidden = definitions.take(page)
    other_links = links.resolve(page, html)
    base = links.base_address(page, links.page_address(page, html))
    taken_pictures = pictures.take(page, base, find)
    taken_notes = notes.take(page)
    return Preparation(
        title,
        taken_notes.by_place,
        taken_pictures.images,
        defined,
        [*hidden, *other_links, *taken_pictures.omissions, *taken_notes.omissions],
    )
