"""Decisions of the previous review of an article, applied to the new one. Pure.

Sections are the same where their heading in the article is the same and occurs only once. Carried over are a new title
or heading, kind and level, sections that were omitted or merged into the one before, facts that the article does not
state, and what was decided about each suggestion. Splits and changes of order are not.
"""

from collections import Counter
from collections.abc import Mapping

from lessons.importing.review import sections
from lessons.tagging.models import normalise_tag

SUGGESTION_FIELD = {"glossary": "term", "timeline": "event", "tags": "name", "prompts": "text"}


def carry_over(review: dict, previous: dict, existing: Mapping[str, set[str]]) -> dict:
    """Return `review`, which nobody has worked on yet, with the decisions of `previous`.

    existing: the `suggestion_key` of what the module has, by kind of suggestion. An accepted item that is no longer
    there was deleted by somebody, and is not suggested again.
    """
    review = _carry_over_sections(_carry_over_title(review, previous), previous)
    suggestions = {kind: _carry_over_items(kind, review, previous, existing[kind]) for kind in SUGGESTION_FIELD}
    return {**review, **suggestions}


def suggestion_key(kind: str, item: Mapping[str, str]) -> str:
    return normalise_tag(item[SUGGESTION_FIELD[kind]])


def _carry_over_title(review: dict, previous: dict) -> dict:
    review = {**review, "summary": previous["summary"]}
    was_renamed = previous.get("original_title") == review["title"] and previous["title"]
    return sections.set_title(review, previous["title"]) if was_renamed else review


def _carry_over_sections(review: dict, previous: dict) -> dict:
    before = _unambiguous(previous["sections"])
    omitted = {_original_heading(omission["section"]) for omission in previous["omissions"] if "section" in omission}
    merged = {omission["text"] for omission in previous["omissions"] if omission.get("merged")}
    for heading, section in _unambiguous(review["sections"]).items():
        if heading in before:
            review = _carry_over_section(review, section, before[heading])
        elif heading in omitted:
            review = sections.omit(review, section["id"])
        elif heading in merged:
            review = sections.merge(review, section["id"])
    return sections.close_level_gaps(review)


def _carry_over_section(review: dict, section: dict, before: dict) -> dict:
    facts = {name: before["facts"][name] for name in sections.FACT_FIELDS if not section["facts"][name]}
    review = sections.rename(review, section["id"], before["heading"])
    review = sections.set_facts(review, section["id"], **facts)
    return sections.set_level(review, section["id"], kind=before["kind"], level=before["level"])


def _unambiguous(all_sections: list[dict]) -> dict[str, dict]:
    """Return the sections whose heading in the article occurs once, by that heading."""
    by_heading = [(_original_heading(section), section) for section in all_sections]
    count = Counter(heading for heading, _section in by_heading)
    return {heading: section for heading, section in by_heading if count[heading] == 1}


def _original_heading(section: dict) -> str:
    return section.get("original_heading", section["heading"])


def _carry_over_items(kind: str, review: dict, previous: dict, existing: set[str]) -> list[dict]:
    decisions = {suggestion_key(kind, item): item["accepted"] for item in previous[kind]}
    items = []
    for item in review[kind]:
        key = suggestion_key(kind, item)
        items.append({**item, "accepted": decisions[key] and key in existing} if key in decisions else item)
    return items
