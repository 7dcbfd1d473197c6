"""Small pieces of a document as plain text, for the article and for the source that it is compared with."""

from lxml.etree import _Element as Element

from lessons.importing.readers.docx import symbols
from lessons.importing.readers.docx.namespaces import M, W, is_on, number, value
from lessons.markup.characters import clean_text

NO_BREAK_HYPHEN = "\u2011"
SOFT_HYPHEN = "\u00ad"
SPACES = (W + "tab", W + "ptab", W + "br", W + "cr", W + "p")


def joins_next(properties: Element | None) -> bool:
    """Return whether a paragraph continues in the next one; see `ParagraphReader.joins_next`."""
    if properties is None:
        return False
    frame, mark = properties.find(W + "framePr"), properties.find(W + "rPr")
    if frame is not None and frame.get(W + "dropCap") in ("drop", "margin"):
        return True
    return mark is not None and (mark.find(W + "del") is not None or mark.find(W + "moveFrom") is not None)


def note_key(kind: str, count: int) -> tuple[str, str]:
    """Return (key, label) of the note with this number: endnotes have a key of their own."""
    return (str(count), str(count)) if kind == "footnote" else (f"e{count}", str(count))


def symbol_of(node: Element) -> str:
    try:
        code = int(node.get(W + "char") or "", 16)
    except ValueError:
        return ""
    return symbols.symbol(node.get(W + "font") or "", code)


def form_field_text(begin: Element) -> str:
    """Return the text of a form field without a result: a box, or the chosen list entry."""
    data = begin.find(W + "ffData")
    box = data.find(W + "checkBox") if data is not None else None
    if box is not None:
        checked = box.find(W + "checked")
        checked = checked if checked is not None else box.find(W + "default")
        return "☒" if checked is not None and is_on(checked) else "☐"
    choice = data.find(W + "ddList") if data is not None else None
    entries = [entry.get(W + "val") or "" for entry in choice.findall(W + "listEntry")] if choice is not None else []
    index = number(value(choice, "result"))
    return entries[index] if 0 <= index < len(entries) else ""


def text_of(node: Element) -> str:
    """Return the plain text of an element: of a comment, a deletion, a reading."""
    pieces = []
    for child in node.iter(W + "t", W + "delText", M + "t", W + "sym", W + "noBreakHyphen", *SPACES):
        if child.tag in (W + "t", W + "delText", M + "t"):
            pieces.append(child.text or "")
        elif child.tag == W + "noBreakHyphen":
            pieces.append(NO_BREAK_HYPHEN)
        elif child.tag == W + "sym":
            pieces.append(symbol_of(child))
        else:
            pieces.append(" ")
    return clean_text("".join(pieces).replace(SOFT_HYPHEN, ""))
