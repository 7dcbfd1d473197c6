"""Recognise the marks of notes, and the names of references, note lists and back links."""

import re
from collections.abc import Container

from selectolax.lexbor import LexborNode

from lessons.importing.readers.pages.layout import BLOCKS
from lessons.importing.readers.pages.names import joined_names

MARK = re.compile(
    r"[\[(]?\s?(?:(?:note|nota|anm|fn|nb|n)\.?\s?)?"
    r"(?:\d{1,4}(?::\d{1,3})?|[a-z]{1,2}|[ivxlc]{1,7}|[*†‡§¶#]{1,4})\s?[\])]?[.:]?",
    re.IGNORECASE,
)
LEADING_MARK = re.compile(r"\s*([\[(]?(?:\d{1,4}|[*†‡§]{1,4})[\])]?[.:]?)(?=\s)")
RAISED = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡§]{1,3})[\])]?")
AFTER_WORD = re.compile(r"(?:[^\W\d_]{3}|[.,;:!?…”’\"'»)\]])\s?$")
REPETITION = re.compile(r":\d+$")  # Markdown renders the second reference to a note as "1:1"
ARROWS = "↩↑↵⏎←^⤴⇑\ufe0e\ufe0f"
BRACKETS = " \t\n\xa0[]().:,"
NOTE_LIST = re.compile(r"-(?:footnotes?|endnotes?|sdfootnote|sdendnote|references|reflist|notelist|notes|ftn|edn|fn)-")
FOOTNOTE_LIST = re.compile(r"-(?:footnotes|endnotes|fussnoten)-")
REFERENCE_NAME = re.compile(r"-(?:footnotes?|noteref|fnref|endnote|reference|fn)-")
BACK_NAME = re.compile(r"-(?:backref|backlink|footnote-back|fn-back|return-footnote|footnote-return|footnote-to-top)-")
ROLES = {"doc-endnotes", "doc-footnote", "doc-endnote", "footnotes", "footnote", "endnotes", "endnote", "rearnotes"}
REFERENCE_ROLES = {"doc-noteref", "noteref"}
BACK_ROLES = {"doc-backlink", "backlink"}
MAX_MARK = 14
MAX_LEVELS = 4


def label_of(link: LexborNode) -> str:
    """Return the mark of a reference without brackets and repetitions."""
    return REPETITION.sub("", "".join(link.text(deep=True).split()).strip(BRACKETS))


def is_mark(link: LexborNode) -> bool:
    text = link.text(deep=True).strip()
    return 0 < len(text) <= MAX_MARK and bool(MARK.fullmatch(text))


def is_raised(link: LexborNode) -> bool:
    text = link.text(deep=True).strip()
    parent = link.parent
    return text[:1] in "[(*†‡§" or bool(link.css_first("sup")) or (parent is not None and parent.tag == "sup")


def is_called_reference(link: LexborNode) -> bool:
    return _is_within(link, REFERENCE_ROLES, REFERENCE_NAME, levels=3, ends=BLOCKS)


def is_in_note_list(note: LexborNode) -> bool:
    return _is_within(note, ROLES, NOTE_LIST, levels=MAX_LEVELS, ends=("body", "main", "article"))


def is_footnote_list(node: LexborNode) -> bool:
    return node.tag not in ("body", "a", "sup") and _is_called(node, ROLES, FOOTNOTE_LIST)


def is_called_back_link(node: LexborNode) -> bool:
    return _is_called(node, BACK_ROLES, BACK_NAME)


def _is_within(
    node: LexborNode, roles: set[str], names: re.Pattern[str], *, levels: int, ends: Container[str]
) -> bool:
    """Return whether an element or an ancestor, below the first of `ends`, has such a role or name."""
    around: LexborNode | None = node
    for _level in range(levels):
        if around is None or around.tag in ends:
            return False
        if _is_called(around, roles, names):
            return True
        around = around.parent
    return False


def _is_called(node: LexborNode, roles: set[str], names: re.Pattern[str]) -> bool:
    return bool(_types(node) & roles or names.search(joined_names(node)))


def _types(node: LexborNode) -> set[str]:
    attributes = node.attributes
    return {*(attributes.get("role") or "").split(), *(attributes.get("epub:type") or "").split()}
