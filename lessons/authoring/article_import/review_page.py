"""The context of the review page: the document's sections as rows, with the buttons that each row has. Pure."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lessons.importing.document import CASE_STUDY, LESSON, SECTION
from lessons.importing.proof import count_words
from lessons.importing.review.sections import MAX_DEPTH
from lessons.importing.review.state import completeness, is_complete

KINDS = {LESSON: _("Lesson"), SECTION: _("Section of the previous lesson"), CASE_STUDY: _("Case study")}
# So many places where words are missing are shown with their surroundings.
MAX_HOLES = 20
NAME_FIELDS = {"tags": "name", "glossary": "term", "timeline": "event", "prompts": "text"}
HEADINGS = {
    "tags": _("Tags"),
    "glossary": _("Glossary"),
    "timeline": _("Timeline"),
    "prompts": _("Discussion prompts"),
}


def review_context(review: dict) -> dict:
    """Return the template context of the page."""
    levels = [section["level"] for section in review["sections"]]
    return {
        "review": review,
        "completeness": completeness(review),
        "is_complete": is_complete(review),
        "holes": review.get("missing", [])[:MAX_HOLES],
        "rows": [_row(section, n, levels) for n, section in enumerate(review["sections"])],
        "kinds": KINDS.items(),
        "suggestions": [_group(kind, heading, review) for kind, heading in HEADINGS.items()],
        "omissions": [omission | {"word_count": count_words(omission["text"])} for omission in review["omissions"]],
    }


def _row(section: dict, index: int, levels: list[int]) -> dict:
    level, end = levels[index], _end(levels, index)
    return section | {
        "is_case_study": section["kind"] == CASE_STUDY,
        "word_count": sum(len(block["text"].split()) for block in section["blocks"]),
        "can_promote": level > 1,
        "can_demote": index > 0 and levels[index - 1] >= level and max(levels[index:end]) < MAX_DEPTH,
        "can_move_up": _has_sibling_before(levels, index),
        "can_move_down": end < len(levels) and levels[end] == level,
        "can_merge": index > 0,
    }


def _end(levels: list[int], index: int) -> int:
    """Return the index after the last subsection of the section at `index`."""
    return next((n for n in range(index + 1, len(levels)) if levels[n] <= levels[index]), len(levels))


def _has_sibling_before(levels: list[int], index: int) -> bool:
    before = next((level for level in reversed(levels[:index]) if level <= levels[index]), None)
    return before == levels[index]


def _group(kind: str, heading: str | Promise, review: dict) -> dict:
    items = [_item(kind, item) for item in review[kind]]
    return {
        "kind": kind,
        "heading": heading,
        "items": items,
        "accepted_count": sum(item["accepted"] for item in items),
        "template": f"authoring/_review_{kind}.html",
    }


def _item(kind: str, item: dict) -> dict:
    """Return the item with its label and, if that says more than the item itself, its evidence."""
    texts = [value for name, value in item.items() if name != "evidence"]
    evidence = "" if item["evidence"] in texts else item["evidence"]
    return item | {"label": item[NAME_FIELDS[kind]], "field_prefix": f"{kind}-{item['id']}", "evidence": evidence}
