"""What the page of a review shows: the document's sections as rows, with what can be done to each. Pure."""

from django.utils.translation import gettext_lazy as _

from lessons.importing.document import CASE_STUDY, LESSON, SECTION, count_characters
from lessons.importing.review.sections import MAX_DEPTH
from lessons.importing.review.state import completeness, missing_characters

KINDS = {LESSON: _("Lesson"), SECTION: _("Section of the lesson before"), CASE_STUDY: _("Case study")}
NAME_FIELDS = {"tags": "name", "glossary": "term", "timeline": "event", "prompts": "text"}
HEADINGS = {
    "tags": _("Tags"),
    "glossary": _("Glossary"),
    "timeline": _("Timeline"),
    "prompts": _("Questions to discuss"),
}


def review_context(state: dict) -> dict:
    """Template context."""
    levels = [section["level"] for section in state["sections"]]
    return {
        "state": state,
        "statement": completeness(state),
        "is_whole": not missing_characters(state),
        "rows": [_row(section, n, levels) for n, section in enumerate(state["sections"])],
        "kinds": KINDS.items(),
        "suggestions": [_group(kind, head, state) for kind, head in HEADINGS.items()],
        "left_out": [left | {"letters": count_characters([left["text"]]).total()} for left in state["left_out"]],
    }


def _row(section: dict, at: int, levels: list[int]) -> dict:
    level, end = levels[at], _end(levels, at)
    return section | {
        "label": KINDS[section["kind"]],
        "is_case_study": section["kind"] == CASE_STUDY,
        "words": sum(len(block["text"].split()) for block in section["blocks"]),
        "can_promote": level > 1,
        "can_demote": at > 0 and levels[at - 1] >= level and max(levels[at:end]) < MAX_DEPTH,
        "can_rise": _sibling_before(levels, at),
        "can_sink": end < len(levels) and levels[end] == level,
        "can_merge": at > 0,
    }


def _end(levels: list[int], at: int) -> int:
    return next((n for n in range(at + 1, len(levels)) if levels[n] <= levels[at]), len(levels))


def _sibling_before(levels: list[int], at: int) -> bool:
    before = next((level for level in reversed(levels[:at]) if level <= levels[at]), None)
    return before == levels[at]


def _group(kind: str, head: str, state: dict) -> dict:
    items = [_item(kind, item) for item in state[kind]]
    taken = sum(item["accepted"] for item in items)
    return {"kind": kind, "head": head, "items": items, "taken": taken, "template": f"authoring/_review_{kind}.html"}


def _item(kind: str, item: dict) -> dict:
    """With what it is called, and its evidence only where that says more than the item itself."""
    said = [word for name, word in item.items() if name != "evidence"]
    proof = "" if item["evidence"] in said else item["evidence"]
    return item | {"called": item[NAME_FIELDS[kind]], "address": f"{kind}-{item['id']}", "evidence": proof}
