"""Word documents, from their XML: styles, lists, notes, formulas and tracked changes as Word shows them."""

import re
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
from lessons.importing.readers.docx.package import Package, not_word, related
from lessons.importing.readers.docx.runs import COMMENT
from lessons.importing.readers.docx.source import source_text
from lessons.importing.readers.docx.text import note_key, text_of
from lessons.importing.readers.pages import titles
from lessons.importing.readers.pages.titles import PageTitle
from lessons.markup.sanitise import InvalidText, sanitise

HEADER = gettext_lazy("A page header or footer.")
UNUSED_NOTE = gettext_lazy("A footnote or endnote that the text does not refer to.")
SPECIAL_NOTES = {"separator", "continuationSeparator", "continuationNotice"}
NO_TITLE = re.compile(r"\bMicrosoft\b|\.(?:docx?|dotx?|rtf|odt)\b|^(?:Document|Untitled)\s?\d*$", re.IGNORECASE)
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
        raise InvalidText(not_word())
    context = Context(package)
    context.look_at_fonts(body)
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
    if not title:
        named = _title_of_properties(package)
        titles.set_title(parsed, PageTitle("", (named,) if named else (), ()))
    return parsed


def _title_of_properties(package: Package) -> str:
    """Return the title in the document's properties, unless it is one that Word or a template has put there."""
    name = next(related(package.relationships(""), "core-properties"), "docProps/core.xml")
    root = package.xml(name)
    text = " ".join((root.findtext(TITLE) or "").split()) if root is not None else ""
    return "" if NO_TITLE.search(text) else text


def _notes(context: Context, omissions: list[Omission]) -> list[Block]:
    """Return the notes in the order of the references to them, footnotes first."""
    blocks: list[Block] = []
    for kind, nodes in (("footnote", context.footnotes), ("endnote", context.endnotes)):
        context.relationships = context.package.relationships(context.part_name(kind + "s"))
        # A note may refer to others, which then follow.
        order = context.notes[kind]
        read: set[str] = set()
        while len(read) < len(order):
            for note_id in [one for one in order if one not in read]:
                read.add(note_id)
                key, _label = note_key(kind, order[note_id])
                blocks.append(_note(nodes[note_id], key, context, omissions))
        for note_id, node in nodes.items():
            is_special = node.get(W + "type") in SPECIAL_NOTES
            text = text_of(node).strip()
            if note_id not in order and text and not is_special:
                omissions.append(Omission(text, UNUSED_NOTE))
    context.relationships = context.main_relationships
    return blocks


def _note(node: Element, key: str, context: Context, omissions: list[Omission]) -> Block:
    """Return a note as a block, and add what is left out of it to the omissions."""
    visible: list[Item] = []
    for item in BodyReader(context).read(node):
        left_out = [item] if isinstance(item, LeftOut) else item.left_out
        omissions += [Omission(one.text, one.reason) for one in left_out if one.text.strip()]
        if isinstance(item, TableItem) or (isinstance(item, Paragraph) and item.spans):
            visible.append(item)
    parts = cell_blocks(visible)
    inside = SafeString("".join(part.html for part in parts))
    if len(visible) == 1 and isinstance(visible[0], Paragraph):
        inside = visible[0].html()
    text = " ".join(" ".join(part.text.split()) for part in parts)
    return Block("footnote", text, element("li", inside, id=f"fn-{key}"))


def _headers(context: Context) -> list[Omission]:
    """List headers and footers, each once, although it may be on several kinds of pages."""
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
    texts = [
        " ".join(text_of(node).split()) for key, node in context.comments.items() if key not in context.comments_seen
    ]
    return [Omission(text, COMMENT) for text in texts if text]
