"""Word documents, from their XML: styles, lists, notes, formulas and tracked changes as Word shows them."""

from dataclasses import replace

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml.etree import _Element as Element

from lessons.importing.document import Block, Omission, ParsedArticle, element
from lessons.importing.readers.docx import headings
from lessons.importing.readers.docx.assemble import Assembler, cell_blocks
from lessons.importing.readers.docx.body import BodyReader
from lessons.importing.readers.docx.content import Item, LeftOut, Paragraph, TableItem
from lessons.importing.readers.docx.context import Context
from lessons.importing.readers.docx.lists import mark_typed_lists
from lessons.importing.readers.docx.namespaces import W
from lessons.importing.readers.docx.package import Package, related
from lessons.importing.readers.docx.paragraph import COMMENT, note_key, text_of
from lessons.importing.readers.docx.source import source_text
from lessons.markup.sanitise import InvalidText, sanitise

HEADER = gettext_lazy("A header or footer of the document’s pages.")
UNUSED_NOTE = gettext_lazy("A note that nothing in the text refers to.")
SPECIAL_NOTES = {"separator", "continuationSeparator", "continuationNotice"}
TITLE = "{http://purl.org/dc/elements/1.1/}title"


def read(data: bytes) -> ParsedArticle:
    """Read a .docx, .docm or .dotx. Raise InvalidText for anything else, and for what is damaged or too large."""
    try:
        return _read(Package(data))
    except RecursionError:
        raise InvalidText(_("This document is nested too deeply. Copy its text and paste it.")) from None


def _read(package: Package) -> ParsedArticle:
    root = package.xml(package.document)
    body = root.find(W + "body") if root is not None else None
    if body is None:
        raise InvalidText(_("This is not a Word document. Save it in Word as .docx, or copy the text and paste it."))
    context = Context(package)
    items = BodyReader(context).read(body)
    title = headings.take_title(items)
    headings.set_levels(items)
    mark_typed_lists(items)
    assembler = Assembler()
    assembler.add(items)
    blocks, omissions = assembler.blocks, assembler.omissions
    blocks += _notes(context, omissions)
    omissions += _headers(context) + _other_comments(context)
    parsed = ParsedArticle(
        [replace(block, html=SafeString(sanitise(block.html))) if block.html else block for block in blocks],
        source_text(body, context),
        title,
        omissions,
        images=context.images,
        language=context.most_used_language().partition("-")[0].lower(),
    )
    return parsed


def _notes(context: Context, omissions: list[Omission]) -> list[Block]:
    """Return the notes in the order of the references to them, footnotes first."""
    blocks: list[Block] = []
    for kind, nodes in (("footnote", context.footnotes), ("endnote", context.endnotes)):
        context.relationships = context.package.relationships(context.part_name(kind + "s"))
        # A note may refer to another.
        done = 0
        while done < len(context.notes[kind]):
            note_id, count = list(context.notes[kind].items())[done]
            blocks.append(_note(nodes[note_id], note_key(kind, count)[0], context, omissions))
            done += 1
        for note_id, node in nodes.items():
            is_special = node.get(W + "type") in SPECIAL_NOTES
            text = text_of(node).strip()
            if note_id not in context.notes[kind] and text and not is_special:
                omissions.append(Omission(text, UNUSED_NOTE))
    context.relationships = context.main_relationships
    return blocks


def _note(node: Element, key: str, context: Context, omissions: list[Omission]) -> Block:
    items = [item for item in BodyReader(context).read(node) if not isinstance(item, LeftOut)]
    for item in items:
        omissions += [Omission(one.text, one.reason) for one in item.left_out]
    visible: list[Item] = [item for item in items if isinstance(item, TableItem) or item.spans]
    parts = cell_blocks(visible)
    is_single = len(visible) == 1 and isinstance(visible[0], Paragraph)
    inside = visible[0].html() if is_single else SafeString("".join(part.html for part in parts))
    text = " ".join(" ".join(part.text.split()) for part in parts)
    return Block("footnote", text, element("li", inside, id=f"fn-{key}"))


def _headers(context: Context) -> list[Omission]:
    """List headers and footers; the same one stands on several kinds of pages."""
    texts: dict[str, None] = {}
    for kind in ("header", "footer"):
        for name in related(context.main_relationships, kind):
            root = context.package.xml(name)
            text = " ".join(text_of(root).split()) if root is not None else ""
            if text:
                texts[text] = None
    return [Omission(text, HEADER) for text in texts]


def _other_comments(context: Context) -> list[Omission]:
    """List the comments to which nothing in the text refers."""
    texts = [" ".join(text_of(node).split()) for key, node in context.comments.items() if key not in context.comments_seen]
    return [Omission(text, COMMENT) for text in texts if text]
