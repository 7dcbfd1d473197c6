"""What an instructor does to the sections of a review. Each function returns a new document.

Unknown ids raise KeyError. What cannot be done (promoting the top level, moving past the end) changes nothing.
"""

from copy import deepcopy

from django.utils.translation import gettext as _

from lessons.importing.document import CASE_STUDY, LESSON, SECTION
from lessons.importing.outline import titles
from lessons.importing.outline.headings import is_heading_like

MAX_DEPTH = 4
KINDS = (LESSON, SECTION, CASE_STUDY)
FACT_FIELDS = ("location", "began", "ended", "parties", "outcome")


def rename(state: dict, section: str, heading: str) -> dict:
    """An empty heading keeps the old one. The article's own words stay known, for the count of letters."""
    state, at = _found(state, section)
    heading = " ".join(heading.split())
    here = state["sections"][at]
    if heading and heading != here["heading"]:
        here.setdefault("found_heading", here["heading"])
        here["heading"] = heading
    return state


def set_title(state: dict, title: str) -> dict:
    """An empty title is kept: `texts.problems` asks for one before the module is made."""
    title = " ".join(title.split())
    if title == state["title"]:
        return state
    return {**state, "found_title": state.get("found_title", state["title"]), "title": title}


def set_kind(state: dict, section: str, kind: str) -> dict:
    """kind: lesson, section or case_study; others raise ValueError."""
    if kind not in KINDS:
        raise ValueError(kind)
    state, at = _found(state, section)
    state["sections"][at]["kind"] = kind
    return state


def set_level(state: dict, section: str, *, kind: str, level: int) -> dict:
    """As it stood in another review. `levelled` belongs at the end of several."""
    state, at = _found(state, section)
    state["sections"][at].update(kind=kind, level=level)
    return state


def set_facts(state: dict, section: str, **facts: str) -> dict:
    """place, began, ended (EDTF), parties (one a line), outcome of a case study."""
    state, at = _found(state, section)
    state["sections"][at]["facts"].update({name: facts[name].strip() for name in FACT_FIELDS if name in facts})
    return state


def promote(state: dict, section: str) -> dict:
    """One level up, with all that stands under it. On the top level a section becomes a lesson."""
    state, at = _found(state, section)
    if state["sections"][at]["level"] > 1:
        _shift(state, at, -1)
    return state


def demote(state: dict, section: str) -> dict:
    """One level down, with all that stands under it. A lesson that leaves the top level becomes a section."""
    state, at = _found(state, section)
    sections = state["sections"]
    deepest = max(one["level"] for one in sections[at : _end(sections, at)])
    if at and sections[at - 1]["level"] >= sections[at]["level"] and deepest < MAX_DEPTH:
        _shift(state, at, 1)
    return state


def move(state: dict, section: str, by: int) -> dict:
    """Past `by` neighbours of its level, -1 up or 1 down, with all that stands under it."""
    state, at = _found(state, section)
    sections = state["sections"]
    end = _end(sections, at)
    if by > 0 and end < len(sections) and sections[end]["level"] == sections[at]["level"]:
        other = _end(sections, end)
        sections[at:other] = sections[end:other] + sections[at:end]
    elif by < 0:
        before = next((n for n in range(at - 1, -1, -1) if sections[n]["level"] <= sections[at]["level"]), None)
        if before is not None and sections[before]["level"] == sections[at]["level"]:
            sections[before:end] = sections[at:end] + sections[before:at]
    return state


def merge(state: dict, section: str) -> dict:
    """Its text goes to the end of the section before; its heading is listed as left out. The first one stays."""
    state, at = _found(state, section)
    if not at:
        return state
    gone = state["sections"].pop(at)
    before = state["sections"][at - 1]
    before["blocks"] += gone["blocks"]
    if not gone["ours"]:
        heading = gone.get("found_heading", gone["heading"])
        state["left_out"].append(
            {
                "text": heading,
                "why": _("The heading of a section that was merged into the one before."),
                "merged": True,
            }
        )
    _reassign_suggestions(state, gone["id"], before["id"])
    return close_level_gaps(state)


def split(state: dict, section: str, block: int) -> dict:
    """A new section of the same level from block number `block` on, 1 or more; a block like a heading becomes it."""
    state, at = _found(state, section)
    here = state["sections"][at]
    if not 0 < block < len(here["blocks"]):
        return state
    moved = here["blocks"][block:]
    here["blocks"] = here["blocks"][:block]
    first = moved[0]["text"]
    is_heading = moved[0]["type"] == "paragraph" and is_heading_like(first) and len(moved) > 1
    new = {
        **deepcopy(here),
        "id": _unused_id(state),
        "heading": first if is_heading else titles.title_from_opening(first),
        "blocks": moved[1:] if is_heading else moved,
        "ours": not is_heading,
        "facts": dict.fromkeys(here["facts"], ""),
    }
    new.pop("found_heading", None)
    state["sections"].insert(at + 1, new)
    return state


def omit(state: dict, section: str) -> dict:
    """Takes the section out, not what stands under it. Its text is listed as left out, to be restored."""
    state, at = _found(state, section)
    gone = state["sections"].pop(at)
    heading = [] if gone["ours"] else [gone.get("found_heading", gone["heading"])]
    text = "\n".join(heading + [block["text"] for block in gone["blocks"]])
    before = state["sections"][at - 1]["id"] if at else ""
    state["left_out"].append({"text": text, "why": _("Dropped in the review."), "section": gone, "after": before})
    _reassign_suggestions(state, gone["id"], before)
    return close_level_gaps(state)


def restore(state: dict, number: int) -> dict:
    """Brings back the dropped section that stands at `number` in `left_out`; other entries stay where they are."""
    state = deepcopy(state)
    if not 0 <= number < len(state["left_out"]) or "section" not in state["left_out"][number]:
        return state
    left = state["left_out"].pop(number)
    places = [n for n, one in enumerate(state["sections"], 1) if one["id"] == left["after"]]
    state["sections"].insert(places[0] if places else 0, left["section"])
    return close_level_gaps(state)


def _found(state: dict, section: str) -> tuple[dict, int]:
    """A copy to change, and where the section stands in it."""
    state = deepcopy(state)
    for at, one in enumerate(state["sections"]):
        if one["id"] == section:
            return state, at
    raise KeyError(section)


def _end(sections: list[dict], at: int) -> int:
    """Where the sections under the one at `at` end."""
    level = sections[at]["level"]
    return next((n for n in range(at + 1, len(sections)) if sections[n]["level"] <= level), len(sections))


def _shift(state: dict, at: int, by: int) -> None:
    for one in state["sections"][at : _end(state["sections"], at)]:
        one["level"] += by
    moved = state["sections"][at]
    if moved["level"] == 1 and moved["kind"] == SECTION:
        moved["kind"] = LESSON
    elif by > 0 and moved["level"] > 1 and moved["kind"] == LESSON:
        moved["kind"] = SECTION


def close_level_gaps(state: dict) -> dict:
    """No level is skipped: after a section is gone, what stood under it comes up."""
    last = 0
    for one in state["sections"]:
        one["level"] = last = min(one["level"], last + 1)
        if one["level"] == 1 and one["kind"] == SECTION:
            one["kind"] = LESSON
    return state


def _reassign_suggestions(state: dict, old: str, new: str) -> None:
    """Suggestions that pointed at a section which is gone point at the one that took its place."""
    for name in ("glossary", "timeline", "prompts"):
        for item in state[name]:
            if item["section"] == old:
                item["section"] = new


def _unused_id(state: dict) -> str:
    kept = [left["section"]["id"] for left in state["left_out"] if "section" in left]
    taken = [int(address[1:]) for address in [one["id"] for one in state["sections"]] + kept]
    return f"s{max(taken, default=0) + 1}"
