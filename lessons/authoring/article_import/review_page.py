"""Build the template context of the review page: the outline and, of a long text, some sections. Pure.

A long article is shown section by section: `Window` says which, so that the page stays small.
"""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from lessons.importing.document import CASE_STUDY, LESSON, SECTION
from lessons.importing.review.blocks import Blocks, current, omitted_ids
from lessons.importing.review.completeness import completeness, is_complete, missing_texts
from lessons.importing.review.images import with_descriptions, without_description
from lessons.importing.review.omissions import is_by_reader
from lessons.importing.review.paragraph_text import editable_text
from lessons.importing.review.sections import MAX_DEPTH, end_of

KINDS = {LESSON: _("Lesson"), SECTION: _("Section of the previous lesson"), CASE_STUDY: _("Case study")}
NAME_FIELDS = {"tags": "name", "glossary": "term", "timeline": "event", "prompts": "text"}
HEADINGS = {
    "tags": _("Tags"),
    "glossary": _("Glossary"),
    "timeline": _("Timeline"),
    "prompts": _("Discussion prompts"),
}
# An article that exceeds the first line is shown section by section, as many at once as the second line allows.
WHOLE_WORDS, WHOLE_SECTIONS = 12_000, 60
SHOWN_WORDS, SHOWN_SECTIONS = 6_000, 20
# The number of earlier sections that are fetched at once.
EARLIER_SECTIONS = 10
SECTION_WORDS = 6_000
SHOWN_ITEMS = 25
SHOWN_IMAGES = 50
EXCERPT_WORDS = 12


class View(NamedTuple):
    """What the page shows: the first section, how many, the block being edited, the list shown in full."""

    at: str = ""
    number: int = 0
    start: str = ""
    editing: str = ""
    whole: str = ""


class Window(NamedTuple):
    """The sections that are shown: from index `first` up to `end`."""

    first: int
    end: int


def window_of(review: dict, counts: Mapping[str, int], view: View) -> Window:
    """Return which sections to show: all of a short article, otherwise some from `view.at` on."""
    sizes = [sum(counts.get(block, 0) for block in section["blocks"]) for section in review["sections"]]
    if sum(sizes) <= WHOLE_WORDS and len(sizes) <= WHOLE_SECTIONS:
        return Window(0, len(sizes))
    ids = [section["id"] for section in review["sections"]]
    first = ids.index(view.at) if view.at in ids else 0
    end, words = first, 0
    most = view.number or SHOWN_SECTIONS
    while end < len(sizes) and end - first < most and (view.number or not words or words + sizes[end] <= SHOWN_WORDS):
        words += sizes[end]
        end += 1
    return Window(first, end)


def review_context(review: dict, blocks: Blocks, counts: Mapping[str, int], view: View) -> dict:
    """Return the template context of the page. counts: the number of words of each block."""
    window = window_of(review, counts, view)
    sections = review["sections"]
    return {
        "review": review,
        "completeness": completeness(review, counts),
        "is_complete": is_complete(review, counts),
        "missing": missing_texts(review, blocks),
        "outline": [outline_row(section) for section in sections],
        "rows": section_rows(review, blocks, counts, view, window),
        "before": sections[max(0, window.first - EARLIER_SECTIONS)]["id"] if window.first else "",
        "before_count": window.first,
        "after": sections[window.end]["id"] if window.end < len(sections) else "",
        "after_count": len(sections) - window.end,
        "kinds": KINDS.items(),
        "suggestions": suggestion_groups(review, view),
        "omissions": omission_list(review, blocks, counts, view),
        "images": image_list(review, view),
    }


def outline_row(section: dict) -> dict:
    return {"id": section["id"], "heading": section["heading"], "level": section["level"], "kind": section["kind"]}


def section_rows(review: dict, blocks: Blocks, counts: Mapping[str, int], view: View, window: Window) -> list[dict]:
    """Return the sections of the window as rows, each with its buttons."""
    levels = [section["level"] for section in review["sections"]]
    places = _omissions_by_place(review, blocks, counts)
    texts = _Texts(review, current(review, blocks), counts, view, places)
    return [
        _row(review["sections"][n], n, levels, review["sections"]) | texts.of(review["sections"][n])
        for n in range(window.first, window.end)
    ]


def _row(section: dict, index: int, levels: list[int], sections: list[dict]) -> dict:
    level, end = levels[index], end_of(sections, index)
    return section | {
        "is_case_study": section["kind"] == CASE_STUDY,
        "can_promote": level > 1,
        "can_demote": index > 0 and levels[index - 1] >= level and max(levels[index:end]) < MAX_DEPTH,
        "can_move_up": _has_sibling_before(levels, index),
        "can_move_down": end < len(levels) and levels[end] == level,
        "can_merge": index > 0,
    }


def _has_sibling_before(levels: list[int], index: int) -> bool:
    before = next((level for level in reversed(levels[:index]) if level <= levels[index]), None)
    return before == levels[index]


class _Texts(NamedTuple):
    """Builds the rows of a section's blocks; a very long section is shown in parts."""

    review: dict
    blocks: Blocks
    counts: Mapping[str, int]
    view: View
    places: dict[str, list[dict]]

    def of(self, section: dict) -> dict:
        ids = section["blocks"]
        start = ids.index(self.view.start) if self.view.start in ids else 0
        end, words = start, 0
        while end < len(ids) and (end == start or words + self.counts.get(ids[end], 0) <= SECTION_WORDS):
            words += self.counts.get(ids[end], 0)
            end += 1
        return {
            "word_count": sum(self.counts.get(block_id, 0) for block_id in ids),
            "blocks": [self._block(block_id, n > 0) for n, block_id in enumerate(ids[start:end], start)],
            "left_out": self.places.get(section["id"], []),
            "left_out_after": self.places.get(f"{section['id']} end", []),
            "earlier": ids[max(0, start - (end - start))] if start else "",
            "later": ids[end] if end < len(ids) else "",
            "later_count": len(ids) - end,
        }

    def _block(self, block_id: str, can_split: bool) -> dict:
        block = self.blocks[block_id]
        return {
            "id": block_id,
            "html": mark_safe(with_descriptions(block["html"], self.review["images"])),  # noqa: S308, sanitised
            "excerpt": excerpt(block["text"]),
            "can_split": can_split,
            "is_footnote": block["type"] == "footnote",
            "is_edited": block_id in self.review["edits"],
            "field": editable_text(block["html"]) if block_id == self.view.editing else None,
            "left_out": self.places.get(block_id, []),
        }


def excerpt(text: str, words: int = EXCERPT_WORDS) -> str:
    """Return the first words of a text."""
    first = text[: words * 20].split()
    cut = " ".join(first[:words])
    return cut + "…" if len(cut) < len(text.strip()) else cut


def _omissions_by_place(review: dict, blocks: Blocks, counts: Mapping[str, int]) -> dict[str, list[dict]]:
    """Return the omissions by what they followed: a block, a section's heading or, as `ID end`, a section.

    A merged heading followed the block before its own.
    """
    places: dict[str, list[dict]] = {}
    before_of = {
        block: previous
        for section in review["sections"]
        for previous, block in zip([section["id"], *section["blocks"]], section["blocks"], strict=False)
    }
    first = review["sections"][0]["id"] if review["sections"] else ""
    for omission in review["omissions"]:
        if "section" in omission:
            place = f"{omission['after']} end" if omission["after"] else first
        else:
            place = before_of.get(omission["before"]) if "heading" in omission else omission["after"]
        if place is not None and (place or first):
            places.setdefault(place or first, []).append(_omission(omission, blocks, counts))
    return places


def _omission(omission: dict, blocks: Blocks, counts: Mapping[str, int]) -> dict:
    """Return an omission for the list: its heading or first words, and its pieces if they can be put back singly."""
    ids = omitted_ids(omission)
    texts = [blocks[block_id]["text"] for block_id in ids if block_id in blocks]
    section = omission.get("section") or omission.get("heading")
    return {
        "id": omission["id"],
        "reason": omission["reason"],
        "title": section["heading"] if section else excerpt(texts[0] if texts else ""),
        "excerpt": excerpt(" ".join(text[:300] for text in texts[:3]), 30),
        "word_count": sum(counts.get(block_id, 0) for block_id in ids),
        "pieces": [{"id": i, "text": text[:2_000]} for i, text in zip(ids, texts, strict=False)][:SHOWN_ITEMS]
        if len(ids) > 1
        else [],
        "more_pieces": max(0, len(ids) - SHOWN_ITEMS) if len(ids) > 1 else 0,
    }


def omission_list(review: dict, blocks: Blocks, counts: Mapping[str, int], view: View) -> dict:
    """Return the omissions: those of the review, latest first; then those of the reader, in the article's order."""
    by_reader = [omission for omission in review["omissions"] if is_by_reader(omission)]
    listed = [omission for omission in reversed(review["omissions"]) if not is_by_reader(omission)] + by_reader
    shown = listed if view.whole == "left-out" else listed[:SHOWN_ITEMS]
    return {
        "items": [_omission(omission, blocks, counts) for omission in shown],
        "count": len(listed),
        "more": len(listed) - len(shown),
    }


def suggestion_groups(review: dict, view: View) -> list[dict]:
    return [_group(kind, heading, review, view) for kind, heading in HEADINGS.items()]


def _group(kind: str, heading: str | Promise, review: dict, view: View) -> dict:
    all_items = review[kind]
    shown = all_items if view.whole == kind else all_items[:SHOWN_ITEMS]
    return {
        "kind": kind,
        "heading": heading,
        "items": [_item(kind, item) for item in shown],
        "count": len(all_items),
        "more": len(all_items) - len(shown),
        "accepted_count": sum(item["accepted"] for item in all_items),
        "template": f"authoring/_review_{kind}.html",
    }


def _item(kind: str, item: dict) -> dict:
    """Return the item with its label and, if that says more than the item itself, its evidence."""
    texts = [value for name, value in item.items() if name != "evidence"]
    evidence = "" if item["evidence"] in texts else item["evidence"]
    return item | {"label": item[NAME_FIELDS[kind]], "field_prefix": f"{kind}-{item['id']}", "evidence": evidence}


def image_list(review: dict, view: View) -> dict:
    """Return the images, those without a description first."""
    undescribed = without_description(review)
    known = set(undescribed)
    uids = undescribed + [uid for uid in review["images"] if uid not in known]
    shown = uids if view.whole == "images" else uids[:SHOWN_IMAGES]
    return {
        "items": [{"uid": uid, **review["images"][uid]} for uid in shown],
        "count": len(uids),
        "more": len(uids) - len(shown),
        "undescribed_count": len(undescribed),
    }
