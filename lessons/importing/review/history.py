"""Store and name the steps of a review, and find where to put the focus after one. Pure."""

import json
import zlib
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lessons.importing.review.sections import find

MAX_STEPS = 50
LEVEL = 1  # of compression: a higher one takes much longer and saves little
# Keys that no change affects, which are not stored in the steps.
UNCHANGING = ("missing", "word_count")
NAMES = {
    "promote": gettext_lazy("Promote “%(heading)s”"),
    "demote": gettext_lazy("Demote “%(heading)s”"),
    "up": gettext_lazy("Move “%(heading)s” up"),
    "down": gettext_lazy("Move “%(heading)s” down"),
    "merge": gettext_lazy("Merge “%(heading)s”"),
    "omit": gettext_lazy("Leave out “%(heading)s”"),
    "split": gettext_lazy("Split “%(heading)s”"),
    "leave-out": gettext_lazy("Leave out a paragraph"),
    "original": gettext_lazy("Restore the original paragraph"),
    "restore": gettext_lazy("Put back what was left out"),
    "accept": gettext_lazy("Accept all"),
    "reject": gettext_lazy("Accept none"),
}


def packed(review: dict) -> bytes:
    """Return the review in the form that a step stores."""
    changing = {name: value for name, value in review.items() if name not in UNCHANGING}
    return zlib.compress(json.dumps(changing, ensure_ascii=False).encode(), LEVEL)


def unpacked(document: bytes, review: dict) -> dict:
    """Return the review that a step stores. review: the current one."""
    return json.loads(zlib.decompress(document)) | {name: review[name] for name in UNCHANGING if name in review}


def step_name(action: str, data: Mapping[str, str], review: dict) -> str:
    """Return the label of a step in the interface. review: before the step."""
    name, _colon, subject = action.partition(":")
    if name == "selected":
        count = len([section for section in data.get("selected", "").split(",") if section])
        return _selection_step_name(subject, count)
    if name not in NAMES:
        return _("Edit")
    section = next((one for one in review["sections"] if one["id"] == subject.partition(":")[0]), None)
    return str(NAMES[name]) % {"heading": section["heading"] if section else ""}


def _selection_step_name(action: str, count: int) -> str:
    names = {
        "omit": ngettext("Leave out %(n)s section", "Leave out %(n)s sections", count),
        "merge": ngettext("Merge %(n)s section", "Merge %(n)s sections", count),
        "promote": ngettext("Promote %(n)s section", "Promote %(n)s sections", count),
        "demote": ngettext("Demote %(n)s section", "Demote %(n)s sections", count),
        "up": ngettext("Move %(n)s section up", "Move %(n)s sections up", count),
        "down": ngettext("Move %(n)s section down", "Move %(n)s sections down", count),
    }
    return names.get(action, ngettext("Change %(n)s section", "Change %(n)s sections", count)) % {"n": count}


def typing_key(review: dict, changed: dict) -> str:
    """Return the key by which steps of typing are merged: the names of the parts that they change."""
    parts = []
    for name, value in changed.items():
        if value is review.get(name) or value == review.get(name):
            continue
        parts.append(name)
        before = review.get(name)
        if isinstance(value, list) and isinstance(before, list) and len(value) == len(before):
            parts += [item["id"] for item, old in zip(value, before, strict=True) if item != old and "id" in item]
        elif isinstance(value, dict) and isinstance(before, dict):
            parts += [key for key in value if value[key] != before.get(key)]
    return ":".join(parts)[:100]


def focus_after(action: str, before: dict, after: dict, selected: str = "") -> str:
    """Return the id of the element to focus after an action.

    That is a section, a block, or a part of the page; for the `selected` sections it is a line of the outline.
    """
    name, _colon, subject = action.partition(":")
    first, _colon, second = subject.partition(":")
    ids = {section["id"] for section in after["sections"]}
    if name in ("edit", "done", "original"):
        return first
    if name == "restore":
        return second or _new_part(before, after) or "left-out"
    if name == "split":
        return _new_part(before, after) or first
    if name == "leave-out":
        return _next_block(before, first, second)
    if name == "selected":
        return f"l-{_nearest(selected.split(','), before, ids)}"
    if first in ids:
        return first
    if name in ("accept", "reject"):
        return first
    if name == "merge":
        return _nearest([first], {"sections": before["sections"][::-1]}, ids)
    return _nearest([first], before, ids) if name == "omit" else "review"


def _nearest(selected: list[str], before: dict, ids: set[str]) -> str:
    """Return the first of the selected sections that is still there, or the one after it, or else before it."""
    rows = [section["id"] for section in before["sections"]]
    index = min((rows.index(one) for one in selected if one in rows), default=0)
    candidates = [*selected, *rows[index + 1 :], *reversed(rows[:index])]
    return next((one for one in candidates if one in ids), "")


def _next_block(before: dict, section_id: str, block_id: str) -> str:
    """Return the block after one that was left out, or the one before, or else its section."""
    ids = before["sections"][find(before, section_id)]["blocks"]
    index = ids.index(block_id)
    return next(iter([*ids[index + 1 :], *reversed(ids[:index])]), section_id)


def _new_part(before: dict, after: dict) -> str:
    """Return the section that is new, or else the first block that is."""
    known = {section["id"] for section in before["sections"]}
    new = next((section["id"] for section in after["sections"] if section["id"] not in known), "")
    if new:
        return new
    old_blocks = {block for section in before["sections"] for block in section["blocks"]}
    blocks = (block for section in after["sections"] for block in section["blocks"])
    return next((block for block in blocks if block not in old_blocks), "")
