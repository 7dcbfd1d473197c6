"""The whole review out of one HTML form, so that it works without JavaScript.

Fields: `title`, `summary`; `section-ID-heading`, `-kind`, `-place`, `-began`, `-ended`, `-parties`, `-outcome`;
`glossary-ID-term`, `-definition`; `timeline-ID-date`, `-event`; `tags-ID-name`; `prompts-ID-text`; and for each of
these four `KIND-ID-accepted`, a checkbox, which counts only where one of the item's words came along. For an article
that was imported before `again`, update or new, and `take-ID`, mine or article. Fields that are missing change
nothing. At last `action`, the value of the button that was pressed:

    promote:ID demote:ID up:ID down:ID merge:ID drop:ID split:ID:BLOCK restore:NUMBER accept:KIND reject:KIND
"""

from collections.abc import Mapping

from lessons.db.ids import parse_number
from lessons.importing.review import reimport_choice, sections, suggestions


class UnknownAction(ValueError):
    """The form asks for something that this review cannot do, or about something that is gone."""


def apply_form(state: dict, data: Mapping[str, str]) -> dict:
    """The document after everything the form says. Raises UnknownAction."""
    state = sections.set_title(state, data.get("title", state["title"]))
    state = {**state, "summary": data.get("summary", state["summary"]).strip()}
    for section in state["sections"]:
        state = _section(state, section, data)
    for kind in suggestions.EDITABLE_FIELDS:
        state = _suggestions(state, kind, data)
    if "again" in state:
        state = _apply_reimport_choice(state, data)
    return _run_action(state, data.get("action", ""))


def _apply_reimport_choice(state: dict, data: Mapping[str, str]) -> dict:
    if "again" in data:
        state = _checked(reimport_choice.choose, state, data["again"])
    for name, whose in data.items():
        if name.startswith("take-"):
            state = _checked(reimport_choice.choose_version, state, name.removeprefix("take-"), whose)
    return state


def _section(state: dict, section: dict, data: Mapping[str, str]) -> dict:
    """Only what differs is applied: each change copies the document."""
    address = f"section-{section['id']}-"
    heading = data.get(address + "heading", "").strip()
    if heading and heading != section["heading"]:
        state = sections.rename(state, section["id"], heading)
    kind = data.get(address + "kind", section["kind"])
    if kind != section["kind"]:
        state = _checked(sections.set_kind, state, section["id"], kind)
    facts = {name: data[address + name] for name in sections.FACT_FIELDS if address + name in data}
    if any(section["facts"][name] != value for name, value in facts.items()):
        state = sections.set_facts(state, section["id"], **facts)
    return state


def _suggestions(state: dict, kind: str, data: Mapping[str, str]) -> dict:
    return {**state, kind: [_suggestion(item, kind, data) for item in state[kind]]}


def _suggestion(item: dict, kind: str, data: Mapping[str, str]) -> dict:
    address = f"{kind}-{item['id']}-"
    words = {
        name: data[address + name].strip() for name in suggestions.EDITABLE_FIELDS[kind] if address + name in data
    }
    if not words:
        return item
    return {
        **item,
        **{name: value for name, value in words.items() if value},
        "accepted": address + "accepted" in data,
    }


def _run_action(state: dict, action: str) -> dict:
    name, _colon, subject = action.partition(":")
    if not name or name == "save":
        return state
    if name not in ACTIONS:
        raise UnknownAction(action)
    return _checked(ACTIONS[name], state, *subject.split(":"))


def _checked(change, state: dict, *subject: str) -> dict:
    try:
        return change(state, *subject)
    except (KeyError, ValueError, TypeError) as error:
        raise UnknownAction(":".join(subject)) from error


def _whole(text: str) -> int:
    number = parse_number(text)
    if number is None:
        raise ValueError(text)
    return number


ACTIONS = {
    "promote": sections.promote,
    "demote": sections.demote,
    "up": lambda state, section: sections.move(state, section, -1),
    "down": lambda state, section: sections.move(state, section, 1),
    "merge": sections.merge,
    "drop": sections.omit,
    "split": lambda state, section, block: sections.split(state, section, _whole(block)),
    "restore": lambda state, number: sections.restore(state, _whole(number)),
    "accept": suggestions.accept_all,
    "reject": lambda state, kind: suggestions.accept_all(state, kind, accepted=False),
}
