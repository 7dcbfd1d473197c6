"""What a review of an article that was imported before also holds: `{"choice": "update" | "new", "take": [section]}`.

`take` names the sections whose text is to replace a draft that was edited here, or to come back though it was deleted
here. Each function returns a new document.
"""

UPDATE, NEW = "update", "new"
KEEP_DRAFT, USE_ARTICLE = "mine", "article"


def add_reimport_choice(state: dict) -> dict:
    return {**state, "again": {"choice": UPDATE, "take": []}}


def choose(state: dict, choice: str) -> dict:
    """Raises ValueError for what is no choice; an article that came for the first time has none."""
    if choice not in (UPDATE, NEW):
        raise ValueError(choice)
    return {**state, "again": {**state["again"], "choice": choice}} if "again" in state else state


def choose_version(state: dict, section: str, whose: str) -> dict:
    """whose: mine or article. Raises ValueError for others."""
    if whose not in (KEEP_DRAFT, USE_ARTICLE):
        raise ValueError(whose)
    others = [one for one in state["again"]["take"] if one != section]
    return {**state, "again": {**state["again"], "take": others + [section] * (whose == USE_ARTICLE)}}


def is_update(state: dict) -> bool:
    return state.get("again", {}).get("choice") == UPDATE


def chosen_sections(state: dict) -> set[str]:
    return set(state.get("again", {}).get("take", ()))
