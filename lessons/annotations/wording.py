"""Pure: what became of words, for people to read."""

import re
from difflib import SequenceMatcher

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

# A word with what clings to it and the space behind; one sign of a script that puts no spaces between words.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
PIECE = re.compile(rf"(?:[{UNSPACED}]|[^\s{UNSPACED}]+)\s*")


def difference(old: str, new: str, *, keep: int | None = None) -> SafeString:
    """What makes `new` of `old`, both plain text: what went in <del>, what came in <ins>, each said to screen readers.

    White space is not compared, and shown as one space. With `keep`, of unchanged stretches of more than twice as many
    words only so many stand at either end.
    """
    before, after = (PIECE.findall(" ".join(words.split()) + " ") for words in (old, new))
    keys = ([piece.rstrip() for piece in pieces] for pieces in (before, after))
    steps = SequenceMatcher(None, *keys, autojunk=True).get_opcodes()
    said = {"del": _("removed:"), "ins": _("added:")}
    shown = ((_step(kind, before[a:b], after[c:d], keep, said),) for kind, a, b, c, d in steps)
    return mark_safe(format_html_join("", "{}", shown).rstrip())


def _step(kind: str, before: list[str], after: list[str], keep: int | None, said: dict) -> SafeString:
    if kind == "equal":
        return conditional_escape(_shortened(after, keep))
    return _marked("del", "".join(before), said) + _marked("ins", "".join(after), said)


def _marked(tag: str, words: str, said: dict) -> SafeString:
    """In its element, the space behind it outside."""
    if not words:
        return mark_safe("")
    element, space = mark_safe(tag), " " if words[-1].isspace() else ""
    hidden = format_html('<span class="visually-hidden">{} </span>', said[tag])
    return format_html("<{}>{}{}</{}>{}", element, hidden, words.rstrip(), element, space)


def _shortened(pieces: list[str], keep: int | None) -> str:
    if keep is None or len(pieces) <= 2 * keep:
        return "".join(pieces)
    return "".join([*pieces[:keep], "… ", *pieces[-keep:]])
