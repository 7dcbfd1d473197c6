"""Accepting, rejecting and editing what was suggested. Each function returns a new document."""

from copy import deepcopy

EDITABLE_FIELDS = {
    "glossary": ("term", "definition"),
    "timeline": ("date", "event"),
    "tags": ("name",),
    "prompts": ("text",),
}


def accept(state: dict, kind: str, suggestion_id: str, accepted: bool = True) -> dict:
    """kind: glossary, timeline, tags or prompts. Unknown kinds and ids raise KeyError."""
    state = deepcopy(state)
    _item(state, kind, suggestion_id)["accepted"] = accepted
    return state


def accept_all(state: dict, kind: str, accepted: bool = True) -> dict:
    return {**state, kind: [{**item, "accepted": accepted} for item in _items(state, kind)]}


def accept_everything(state: dict) -> dict:
    for kind in EDITABLE_FIELDS:
        state = accept_all(state, kind)
    return state


def edit(state: dict, kind: str, suggestion_id: str, **words: str) -> dict:
    """Changes the words of a suggestion; empty ones keep the old."""
    state = deepcopy(state)
    item = _item(state, kind, suggestion_id)
    item.update(
        {name: value.strip() for name, value in words.items() if name in EDITABLE_FIELDS[kind] and value.strip()}
    )
    return state


def accepted(state: dict, kind: str) -> list[dict]:
    return [item for item in _items(state, kind) if item["accepted"]]


def _items(state: dict, kind: str) -> list[dict]:
    if kind not in EDITABLE_FIELDS:
        raise KeyError(kind)
    return state[kind]


def _item(state: dict, kind: str, suggestion_id: str) -> dict:
    for item in _items(state, kind):
        if item["id"] == suggestion_id:
            return item
    raise KeyError(suggestion_id)
