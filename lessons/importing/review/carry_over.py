"""What was decided in the review of an article is decided already when the article comes again. Pure.

Sections are the same where their heading in the article is the same and stands there once. Carried over: a new title
or heading, kind and level, sections that were left out or merged into the one before, facts the article does not
tell, and what was done with each suggestion. A split and a change of order are to be done again.
"""

from collections import Counter
from collections.abc import Mapping

from lessons.importing.review import sections
from lessons.tagging.models import normalise_tag

SUGGESTION_FIELD = {"glossary": "term", "timeline": "event", "tags": "name", "prompts": "text"}


def carry_over(state: dict, earlier: dict, there: Mapping[str, set[str]]) -> dict:
    """`state`, a review that has just begun, with what `earlier` decided.

    there: by kind of suggestion, the `suggestion_key` of what the module has. What it was given and has no longer was
    taken out by hand, and is not suggested again.
    """
    state = _sections(_title(state, earlier), earlier)
    return {**state, **{kind: _suggestions(kind, state, earlier, there[kind]) for kind in SUGGESTION_FIELD}}


def suggestion_key(kind: str, item: Mapping[str, str]) -> str:
    return normalise_tag(item[SUGGESTION_FIELD[kind]])


def _title(state: dict, earlier: dict) -> dict:
    state = {**state, "summary": earlier["summary"]}
    renamed = earlier.get("found_title") == state["title"] and earlier["title"]
    return sections.set_title(state, earlier["title"]) if renamed else state


def _sections(state: dict, earlier: dict) -> dict:
    before = _once([(_found_heading(one), one) for one in earlier["sections"]])
    left = earlier["left_out"]
    dropped = {_found_heading(one["section"]) for one in left if "section" in one}
    merged = {one["text"] for one in left if one.get("merged")}
    for heading, section in _once([(_found_heading(one), one) for one in state["sections"]]).items():
        if heading in before:
            state = _section(state, section, before[heading])
        elif heading in dropped:
            state = sections.omit(state, section["id"])
        elif heading in merged:
            state = sections.merge(state, section["id"])
    return sections.close_level_gaps(state)


def _section(state: dict, section: dict, before: dict) -> dict:
    facts = {name: before["facts"][name] for name in sections.FACT_FIELDS if not section["facts"][name]}
    state = sections.rename(state, section["id"], before["heading"])
    state = sections.set_facts(state, section["id"], **facts)
    return sections.set_level(state, section["id"], kind=before["kind"], level=before["level"])


def _once(pairs: list[tuple[str, dict]]) -> dict[str, dict]:
    count = Counter(heading for heading, _section in pairs)
    return {heading: section for heading, section in pairs if count[heading] == 1}


def _found_heading(section: dict) -> str:
    return section.get("found_heading", section["heading"])


def _suggestions(kind: str, state: dict, earlier: dict, there: set[str]) -> list[dict]:
    wanted = {suggestion_key(kind, item): item["accepted"] for item in earlier[kind]}
    made = []
    for item in state[kind]:
        key = suggestion_key(kind, item)
        made.append({**item, "accepted": wanted[key] and key in there} if key in wanted else item)
    return made
