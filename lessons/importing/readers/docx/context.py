"""State shared while a document is read: styles, lists, notes, images, open fields."""

from dataclasses import dataclass
from uuid import uuid4

from lxml.etree import _Element as Element

from lessons.importing.document import SourceImage
from lessons.importing.readers.docx.namespaces import W
from lessons.importing.readers.docx.numbering import Numbering
from lessons.importing.readers.docx.package import Package, Relationship, related
from lessons.importing.readers.docx.styles import MONOSPACE, Styles

# Formats in which Word keeps drawings. They are drawing commands, not images.
DRAWINGS = (".wmf", ".emf", ".wmz", ".emz", ".pict", ".pct", ".svg", ".eps")
MAX_FIELDS = 50
REFERENCES = {"REF", "PAGEREF", "NOTEREF", "HYPERLINK"}


@dataclass(slots=True)
class FieldState:
    """A field whose end has not been reached. Its instruction is not text; its result is."""

    instruction: str = ""
    has_result: bool = False

    @property
    def name(self) -> str:
        return (self.instruction.split() or [""])[0].upper()


class Context:
    """The state of reading one document."""

    def __init__(self, package: Package):
        self.package = package
        self.relationships: dict[str, Relationship] = package.relationships(package.document)
        self.main_relationships = self.relationships
        self.styles = Styles(self.part("styles"))
        self.numbering = Numbering(self.part("numbering"), self.styles)
        self.comments = self._by_id("comments", "comment")
        self.footnotes = self._by_id("footnotes", "footnote")
        self.endnotes = self._by_id("endnotes", "endnote")
        self.notes: dict[str, dict[str, int]] = {"footnote": {}, "endnote": {}}
        self.comments_seen: set[str] = set()
        self.images: list[SourceImage] = []
        self._image_uids: dict[tuple[str, str], str] = {}
        self.fields: list[FieldState] = []
        self.languages: dict[str, int] = {}
        # Whether most of the text is in a monospaced font, which then does not mean code.
        self.is_typewritten = False

    def part(self, kind: str) -> Element | None:
        """Return the root of the document's part of one kind, None if it has none."""
        name = next(related(self.main_relationships, kind), "")
        return self.package.xml(name) if name else None

    def part_name(self, kind: str) -> str:
        return next(related(self.main_relationships, kind), "")

    def _by_id(self, kind: str, name: str) -> dict[str, Element]:
        root = self.part(kind)
        return {node.get(W + "id") or "": node for node in root.iter(W + name)} if root is not None else {}

    def note_number(self, kind: str, note_id: str) -> int:
        """Return the number of a note, counted in the order of the references to it."""
        numbers = self.notes[kind]
        return numbers.setdefault(note_id, len(numbers) + 1)

    def add_image(self, relationship_id: str, alt: str) -> str | None:
        """Return the URL of an image in the file; None for a drawing, or an image that is not in the file."""
        relationship = self.relationships.get(relationship_id)
        if relationship is None or relationship.is_external or relationship.target.lower().endswith(DRAWINGS):
            return None
        key = (relationship.target, alt)
        if key not in self._image_uids:
            data = self.package.image(relationship.target)
            if not data:
                return None
            self._image_uids[key] = str(uuid4())
            name = relationship.target.rpartition("/")[2]
            self.images.append(SourceImage(self._image_uids[key], data, alt, name))
        return f"/assets/{self._image_uids[key]}/"

    def look_at_fonts(self, body: Element) -> None:
        """Set `is_typewritten`."""
        default = bool(MONOSPACE.search({**self.styles.run, **self.styles.paragraph(None).run}.get("font", "")))
        letters = {True: 0, False: 0}
        for run in body.iter(W + "r"):
            fonts = run.find(f"{W}rPr/{W}rFonts")
            font = fonts.get(W + "ascii") if fonts is not None else None
            letters[bool(MONOSPACE.search(font)) if font else default] += len(run.findtext(W + "t") or "")
        self.is_typewritten = letters[True] > letters[False]

    def open_field(self) -> None:
        """Open a field. If more than MAX_FIELDS are nested, forget the outermost, whose ends must be missing."""
        self.fields.append(FieldState())
        del self.fields[:-MAX_FIELDS]

    def is_visible(self) -> bool:
        """Return whether text is in the results of all open fields, not in an instruction."""
        return all(one.has_result for one in self.fields)

    def is_in_toc(self) -> bool:
        return any(one.name in ("TOC", "INDEX") for one in self.fields)

    def end_toc(self) -> None:
        """Forget fields that should have ended: a heading or a long paragraph is in no table of contents."""
        self.fields = [one for one in self.fields if one.name not in ("TOC", "INDEX")]

    def field_link(self) -> str:
        """Return the URL of the innermost open field that has one, or an empty string."""
        for one in reversed(self.fields):
            if one.name in REFERENCES:
                return link_of(one.instruction)
        return ""

    def most_used_language(self) -> str:
        return max(self.languages, key=self.languages.__getitem__, default="")


def link_of(instruction: str) -> str:
    r"""Return the address in the instruction of a field: `HYPERLINK "https://…" \l "part"`, `REF name \h`."""
    words = _words(instruction)
    name, rest = words[0].upper(), words[1:]
    if name != "HYPERLINK":
        return f"#{rest[0]}" if rest and not rest[0].startswith("\\") and "\\h" in rest else ""
    address = anchor = ""
    expects = ""
    for word in rest:
        if word.startswith("\\"):
            expects = word
        elif expects == "\\l":
            anchor, expects = word, ""
        elif expects in ("\\t", "\\o", "\\m"):
            expects = ""
        elif not address:
            address = word
    return f"{address}#{anchor}" if anchor else address


def _words(instruction: str) -> list[str]:
    """Split an instruction at white space outside quotation marks."""
    words: list[str] = []
    for n, piece in enumerate(instruction.replace("“", '"').replace("”", '"').split('"')):
        if n % 2:
            words.append(piece)
        else:
            words += piece.split()
    return words or [""]
