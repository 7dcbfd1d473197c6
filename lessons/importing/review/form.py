"""The whole review as one HTML form, so that it works without JavaScript.

Fields: `title`, `summary`; `section-ID-heading`, `-kind`, `-location`, `-began`, `-ended`, `-parties`, `-outcome`;
`glossary-ID-term`, `-definition`; `timeline-ID-date`, `-event`; `tags-ID-name`; `prompts-ID-text`; and for each of
these four the checkbox `KIND-ID-accepted`, which counts only if a text field of the item was sent with it. For an
article that was imported before: `reimport`, update or new, and `version-ID`, draft or article. Missing fields change
nothing. Last, `action` is the value of the button that was pressed:

    promote:ID demote:ID up:ID down:ID merge:ID omit:ID split:ID:BLOCK restore:NUMBER accept:KIND reject:KIND
"""

from collections.abc import Callable, Mapping
from inspect import signature

from lessons.db.ids import parse_number
from lessons.importing.review import reimport_choice, sections, suggestions
from lessons.importing.review.errors import UnknownPart

TEXT_FIELDS = {"heading", *sections.FACT_FIELDS, *(n for names in suggestions.EDITABLE_FIELDS.values() for n in names)}


class UnknownAction(ValueError):
    """The form requests something that is not possible, or concerns a part that no longer exists."""


def apply_form(review: dict, data: Mapping[str, str]) -> dict:
    """Return the review with everything that the form says. Raise UnknownAction."""
    review = sections.set_title(review, data.get("title", review["title"]))
    review = {**review, "summary": data.get("summary", review["summary"]).strip()}
    for section in review["sections"]:
        review = _apply_section(review, section, data)
    for kind in suggestions.EDITABLE_FIELDS:
        review = {**review, kind: [_apply_suggestion(item, kind, data) for item in review[kind]]}
    if "reimport" in review:
        review = _apply_reimport_choice(review, data)
    return _run_action(review, data.get("action", ""))


def form_texts(review: dict) -> dict[str, str]:
    """Return the texts of the review by the names of their fields in the form."""
    texts = {"title": review["title"], "summary": review["summary"]}
    for section in review["sections"]:
        texts[f"section-{section['id']}-heading"] = section["heading"]
        texts |= {f"section-{section['id']}-{name}": section["facts"][name] for name in sections.FACT_FIELDS}
    for kind, names in suggestions.EDITABLE_FIELDS.items():
        texts |= {f"{kind}-{item['id']}-{name}": item[name] for item in review[kind] for name in names}
    return texts


def is_text_field(name: str) -> bool:
    """Return whether a field of the form has a text that somebody may have written."""
    prefix, _dash, last = name.rpartition("-")
    return last in TEXT_FIELDS if prefix else name in ("title", "summary")


def _apply_reimport_choice(review: dict, data: Mapping[str, str]) -> dict:
    if "reimport" in data:
        review = _checked(reimport_choice.choose, review, data["reimport"])
    for name, version in data.items():
        if name.startswith("version-"):
            review = _checked(reimport_choice.choose_version, review, name.removeprefix("version-"), version)
    return review


def _apply_section(review: dict, section: dict, data: Mapping[str, str]) -> dict:
    """Apply only what differs, since each change copies the document."""
    prefix = f"section-{section['id']}-"
    heading = data.get(prefix + "heading", "").strip()
    if heading and heading != section["heading"]:
        review = sections.rename(review, section["id"], heading)
    kind = data.get(prefix + "kind", section["kind"])
    if kind != section["kind"]:
        review = _checked(sections.set_kind, review, section["id"], kind)
    facts = {name: data[prefix + name] for name in sections.FACT_FIELDS if prefix + name in data}
    if any(section["facts"][name] != value for name, value in facts.items()):
        review = sections.set_facts(review, section["id"], **facts)
    return review


def _apply_suggestion(item: dict, kind: str, data: Mapping[str, str]) -> dict:
    prefix = f"{kind}-{item['id']}-"
    fields = {name: data[prefix + name].strip() for name in suggestions.EDITABLE_FIELDS[kind] if prefix + name in data}
    if not fields:
        return item
    not_empty = {name: value for name, value in fields.items() if value}
    return {**item, **not_empty, "accepted": prefix + "accepted" in data}


def _run_action(review: dict, action: str) -> dict:
    name, _colon, subject = action.partition(":")
    if not name or name == "save":
        return review
    if name not in ACTIONS:
        raise UnknownAction(action)
    return _checked(ACTIONS[name], review, *subject.split(":"))


def _checked(change: Callable[..., dict], review: dict, *arguments: str) -> dict:
    """Return what `change` returns. Raise UnknownAction for a part that the review does not have, and for a number
    of arguments that it does not take; any other error is a bug."""
    try:
        signature(change).bind(review, *arguments)
    except TypeError:
        raise UnknownAction(":".join(arguments)) from None
    try:
        return change(review, *arguments)
    except UnknownPart as error:
        raise UnknownAction(":".join(arguments)) from error


def _parse_number(text: str) -> int:
    number = parse_number(text)
    if number is None:
        raise UnknownPart(text)
    return number


ACTIONS: dict[str, Callable[..., dict]] = {
    "promote": sections.promote,
    "demote": sections.demote,
    "up": lambda review, section: sections.move(review, section, -1),
    "down": lambda review, section: sections.move(review, section, 1),
    "merge": sections.merge,
    "omit": sections.omit,
    "split": lambda review, section, block: sections.split(review, section, _parse_number(block)),
    "restore": lambda review, number: sections.restore(review, _parse_number(number)),
    "accept": lambda review, kind: suggestions.accept_all(review, kind),
    "reject": lambda review, kind: suggestions.accept_all(review, kind, accepted=False),
}
