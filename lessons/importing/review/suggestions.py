"""Accept, reject and edit suggestions. Each function returns a new document."""

from lessons.importing.review.errors import UnknownPart

EDITABLE_FIELDS = {
    "glossary": ("term", "definition"),
    "timeline": ("date", "event"),
    "tags": ("name",),
    "prompts": ("text",),
}


def accept(review: dict, kind: str, suggestion_id: str, accepted: bool = True) -> dict:
    """Accept or reject one suggestion of a kind of EDITABLE_FIELDS. Unknown kinds and ids raise UnknownPart."""
    return _replaced(review, kind, suggestion_id, {"accepted": accepted})


def accept_all(review: dict, kind: str, accepted: bool = True) -> dict:
    return {**review, kind: [{**item, "accepted": accepted} for item in _items(review, kind)]}


def accept_everything(review: dict) -> dict:
    for kind in EDITABLE_FIELDS:
        review = accept_all(review, kind)
    return review


def edit(review: dict, kind: str, suggestion_id: str, **fields: str) -> dict:
    """Change the texts of a suggestion; an empty one keeps the old text."""
    texts = {name: text.strip() for name, text in fields.items() if name in EDITABLE_FIELDS[kind] and text.strip()}
    return _replaced(review, kind, suggestion_id, texts)


def accepted(review: dict, kind: str) -> list[dict]:
    return [item for item in _items(review, kind) if item["accepted"]]


def _items(review: dict, kind: str) -> list[dict]:
    if kind not in EDITABLE_FIELDS:
        raise UnknownPart(kind)
    return review[kind]


def _replaced(review: dict, kind: str, suggestion_id: str, changes: dict) -> dict:
    items = _items(review, kind)
    if all(item["id"] != suggestion_id for item in items):
        raise UnknownPart(suggestion_id)
    return {**review, kind: [{**item, **changes} if item["id"] == suggestion_id else item for item in items]}
