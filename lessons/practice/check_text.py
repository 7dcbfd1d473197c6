"""A check as text that people write in a Markdown file: read, and written. Pure.

It stands in a fenced block, ```check, at its place in the text of a lesson. Its content is YAML:

    kind: single                              or several, short, order, explain
    question: "What causes the tides?"
    answers:                                  of single and several: what is right, and what is wrong
      - right: "The moon"
        feedback: "Its pull is the strongest."
      - wrong: "The wind"
    accepted:                                 of short: the answers that count as right
      - "spring tide"
    lines:                                    of order: in the right order
      - "New moon"
      - "First quarter"
    model_answer: "The earth turns below."    of explain: what learners compare their own words with
    explanation: "Said after every answer."   of any kind; may be left out
"""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _

from lessons.markup.sanitise import InvalidText
from lessons.markup.yaml_text import InvalidYAML, keys, read_yaml
from lessons.practice.checks import CHOICES, Check, Kind, Option, problems

MAX_SOURCE = 20_000
"""In characters: more than the longest check has."""
MAX_CHECKS, MAX_SOURCES = 200, 200_000
"""How many checks one text may have, and with how many characters in all."""
MAX_SHOWN = 60
"""In characters, of what is wrong: messages repeat no more of it."""
KEYS = {
    Kind.SINGLE: "answers",
    Kind.SEVERAL: "answers",
    Kind.SHORT: "accepted",
    Kind.ORDER: "lines",
    Kind.EXPLAIN: "model_answer",
}
COMMON_KEYS = ("kind", "question", "explanation")
ANSWER_KEYS = {"right", "wrong", "feedback"}


def write_check(check: Check) -> str:
    """Return a check as the content of its block. Two checks that say the same have the same text."""
    values = {"kind": check.kind.value, "question": check.question, KEYS[check.kind]: _own_value(check)}
    return keys(values | {"explanation": check.explanation}, ("kind",))


def _own_value(check: Check) -> str | list[str] | list[dict[str, str]]:
    """Return the value of the key that only checks of its kind have."""
    if check.kind in CHOICES:
        return [_answer(option) for option in check.options]
    if check.kind is Kind.ORDER:
        return [option.text for option in check.options]
    return list(check.accepted) if check.kind is Kind.SHORT else check.model_answer


def _answer(option: Option) -> dict[str, str]:
    return {"right" if option.is_right else "wrong": option.text, "feedback": option.feedback}


def read_check(source: str) -> Check:
    """Return the check that the content of a block describes. Raise InvalidText, which says what to change."""
    check = _parse(_read(source))
    if found := problems(check):
        raise InvalidText(" ".join(found))
    return check


def _read(source: str) -> dict[str, Any]:
    if len(source) > MAX_SOURCE:
        raise InvalidText(
            _("This check has %(length)s characters; the limit is %(max)s. Shorten it.")
            % {"length": f"{len(source):,}", "max": f"{MAX_SOURCE:,}"}
        )
    try:
        values = read_yaml(source)
    except InvalidYAML as error:
        raise InvalidText(_("This is not valid YAML: %(error)s") % {"error": error}) from None
    if not isinstance(values, dict):
        raise InvalidText(_("Write the check as “key: value” lines, such as “kind: single” and “question: …”."))
    return values


def _parse(values: dict[str, Any]) -> Check:
    kind = _kind(values.get("kind", ""))
    own_key = KEYS[kind]
    if unknown := next((key for key in values if key not in (*COMMON_KEYS, own_key)), None):
        raise InvalidText(
            _("A check of the kind “%(kind)s” has no key “%(key)s”. You can use: %(known)s.")
            % {"kind": kind.value, "key": unknown[:MAX_SHOWN], "known": ", ".join((*COMMON_KEYS, own_key))}
        )
    own = values.get(own_key, "" if kind is Kind.EXPLAIN else [])
    return Check(
        kind,
        _text("question", values.get("question", "")),
        options=_options(kind, own),
        accepted=tuple(_texts(own_key, own)) if kind is Kind.SHORT else (),
        model_answer=_text(own_key, own) if kind is Kind.EXPLAIN else "",
        explanation=_text("explanation", values.get("explanation", "")),
    )


def _kind(value: object) -> Kind:
    if not isinstance(value, str) or value not in [kind.value for kind in Kind]:
        message = _("kind is “%(value)s”. You can use: %(known)s.")
        raise InvalidText(message % {"value": str(value)[:MAX_SHOWN], "known": ", ".join(kind.value for kind in Kind)})
    return Kind(value)


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise InvalidText(_("%(key)s must be text; put it in quotes.") % {"key": key})
    return value


def _list(key: str, value: object) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidText(_("%(key)s must be a list, one “- …” per line.") % {"key": key})
    return value


def _texts(key: str, value: object) -> list[str]:
    return [_text(key, item) for item in _list(key, value)]


def _options(kind: Kind, value: object) -> tuple[Option, ...]:
    if kind is Kind.ORDER:
        return tuple(map(Option, _texts("lines", value)))
    return tuple(map(_option, _list("answers", value))) if kind in CHOICES else ()


def _option(value: object) -> Option:
    """Return an answer to choose, which has one of the keys `right` and `wrong`."""
    if not isinstance(value, Mapping) or not set(value) <= ANSWER_KEYS or ("right" in value) == ("wrong" in value):
        raise InvalidText(_("Write each of the answers as “- right: …” or “- wrong: …”, with “feedback: …” below it."))
    is_right = "right" in value
    text = _text("right" if is_right else "wrong", value["right" if is_right else "wrong"])
    return Option(text, _text("feedback", value.get("feedback", "")), is_right)


class CheckReader:
    """Reads the checks of one text. checks: by the uids that stand for them in its HTML."""

    def __init__(self) -> None:
        self.checks: dict[str, Check] = {}
        self._length = 0

    def uid(self, source: str) -> str:
        """Return the uid of the next check, whose block has this content. Raise InvalidText."""
        self._length += len(source)
        number = len(self.checks) + 1
        if number > MAX_CHECKS or self._length > MAX_SOURCES:
            raise InvalidText(_("This text has too many checks. Split it into several lessons."))
        try:
            check = read_check(source)
        except InvalidText as error:
            message = _("Check %(number)s: %(problem)s")
            raise InvalidText(message % {"number": number, "problem": error}) from None
        uid = str(uuid4())
        self.checks[uid] = check
        return uid
