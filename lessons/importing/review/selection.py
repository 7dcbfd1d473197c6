"""Change several sections of a review at once, each with the functions of `sections`. Pure."""

from collections.abc import Callable, Collection
from itertools import pairwise

from lessons.importing.review import sections
from lessons.importing.review.errors import UnknownPart


def _in_order(review: dict, selected: Collection[str]) -> list[str]:
    """Return the selected sections in the order of the text. Raise UnknownPart for those that are not there."""
    chosen = set(selected)
    ids = [section["id"] for section in review["sections"] if section["id"] in chosen]
    if len(ids) != len(chosen):
        raise UnknownPart(", ".join(sorted(chosen - set(ids))))
    return ids


def _topmost(review: dict, selected: Collection[str]) -> list[str]:
    """Return the selected sections without the subsections of others, which move with them."""
    chosen, ids, end = set(_in_order(review, selected)), [], 0
    for index, section in enumerate(review["sections"]):
        if section["id"] in chosen and index >= end:
            ids.append(section["id"])
            end = sections.end_of(review["sections"], index)
    return ids


def omit(review: dict, selected: Collection[str]) -> dict:
    for section_id in _in_order(review, selected):
        review = sections.omit(review, section_id)
    return review


def set_kind(review: dict, selected: Collection[str], kind: str) -> dict:
    for section_id in _in_order(review, selected):
        review = sections.set_kind(review, section_id, kind)
    return review


def merge(review: dict, selected: Collection[str]) -> dict:
    """Merge each run of adjacent selected sections into its first one."""
    chosen = set(_in_order(review, selected))
    neighbours = list(pairwise(section["id"] for section in review["sections"]))
    for section_id in [second for first, second in neighbours if {first, second} <= chosen]:
        review = sections.merge(review, section_id)
    return review


def promote(review: dict, selected: Collection[str]) -> dict:
    for section_id in reversed(_topmost(review, selected)):
        review = sections.promote(review, section_id)
    return review


def demote(review: dict, selected: Collection[str]) -> dict:
    for section_id in _topmost(review, selected):
        review = sections.demote(review, section_id)
    return review


def move(review: dict, selected: Collection[str], direction: int) -> dict:
    """Move the selected sections; those that have reached the end keep their order."""
    ids = _topmost(review, selected)
    stuck: set[str] = set()
    for section_id in ids if direction < 0 else reversed(ids):
        neighbour = _neighbour(review, section_id, direction)
        if neighbour is None or neighbour in stuck:
            stuck.add(section_id)
        else:
            review = sections.move(review, section_id, direction)
    return review


def _neighbour(review: dict, section_id: str, direction: int) -> str | None:
    """Return the section with which this one would be swapped."""
    rows = review["sections"]
    index = sections.find(review, section_id)
    other = sections.sibling_before(rows, index) if direction < 0 else sections.end_of(rows, index)
    is_sibling = other is not None and other < len(rows) and rows[other]["level"] == rows[index]["level"]
    return rows[other]["id"] if other is not None and is_sibling else None


CHANGES: dict[str, Callable[..., dict]] = {
    "omit": omit,
    "merge": merge,
    "promote": promote,
    "demote": demote,
    "up": lambda review, selected: move(review, selected, -1),
    "down": lambda review, selected: move(review, selected, 1),
    "kind": set_kind,
}
