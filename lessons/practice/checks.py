"""What a check is, what is wrong with one that somebody writes, and what is right about an answer. Pure.

A check is a question at the end of a section. Its definition is JSON: it is frozen in a revision when its lesson is
published, together with the text, and each edit gives it the next version. `shown` is what a reader gets before they
have answered: it never tells which answer is right, not even by its order or length.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import blake2b
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from lessons.indexing.terms import fold

MAX_QUESTION, MAX_OPTION, MAX_TEXT = 500, 300, 2000
"""In characters: of a question, of an option or its feedback, and of a model answer."""
MAX_OPTIONS = 10
MAX_ACCEPTED = 20
MAX_RESPONSE = 4000
"""In characters, of an answer in one's own words."""


class Kind(StrEnum):
    """How a check is answered."""

    SINGLE = "single"
    SEVERAL = "several"
    SHORT = "short"
    ORDER = "order"
    EXPLAIN = "explain"


CHOICES = {Kind.SINGLE, Kind.SEVERAL}


class Closeness(StrEnum):
    """How close learners think that their own words come to a model answer."""

    FAR = "far"
    PARTLY = "partly"
    SAME = "same"


class Option(NamedTuple):
    """Something to choose, or to put in order; options to be ordered stand in the right order."""

    text: str
    feedback: str = ""
    is_right: bool = False


class Check(NamedTuple):
    """A check as it is written. `accepted` are the forms of a short answer, `explanation` follows every answer."""

    kind: Kind
    question: str
    options: tuple[Option, ...] = ()
    accepted: tuple[str, ...] = ()
    model_answer: str = ""
    explanation: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Check":
        """Return the check that `to_json` gave."""
        options = tuple(Option(o["text"], o.get("feedback", ""), o.get("is_right", False)) for o in data["options"])
        return cls(
            Kind(data["kind"]),
            data["question"],
            options,
            tuple(data["accepted"]),
            data["model_answer"],
            data["explanation"],
        )

    def to_json(self) -> dict[str, Any]:
        """Return the check with its solution, as it is stored."""
        return self._asdict() | {
            "kind": self.kind.value,
            "options": [option._asdict() for option in self.options],
            "accepted": list(self.accepted),
        }

    def shown_order(self, uid: str) -> list[int]:
        """Return the positions of the options in the order in which readers see them.

        What is to be put in order is shuffled, for everybody alike, and never in the right order already.
        """
        positions = list(range(len(self.options)))
        if self.kind is not Kind.ORDER:
            return positions
        shuffled = sorted(positions, key=lambda n: blake2b(f"{uid} {n}".encode(), digest_size=8).digest())
        return shuffled if shuffled != positions else [*positions[1:], positions[0]]


class Verdict(NamedTuple):
    """What is said about one option once an answer was given.

    is_chosen: whether the learner chose it; of an order, whether they put it in its place.
    """

    option: Option
    is_chosen: bool

    @property
    def is_missed(self) -> bool:
        return self.option.is_right and not self.is_chosen


class Marked(NamedTuple):
    """An answer with what is right about it.

    is_right: None where only the learner can tell, of an answer in their own words.
    found, wanted, wrong: of several choices, how many right ones were chosen, how many there are, and how many wrong
        ones were chosen; of an order, how many are in their place, and out of it.
    """

    is_right: bool | None
    verdicts: tuple[Verdict, ...] = ()
    found: int = 0
    wanted: int = 0
    wrong: int = 0


class InvalidResponse(ValueError):
    """An answer that cannot be marked; the message tells the learner what to do."""


Response = list[int] | str
"""An answer: positions of options, or text."""
Stored = list[str] | str
"""An answer as it is stored: the texts of the options, so that it can be read whatever becomes of the check."""


def stored(check: Check, response: Response) -> Stored:
    """Return a response as it is stored."""
    return response if isinstance(response, str) else [check.options[n].text for n in response]


def restored(check: Check, response: Stored) -> Response:
    """Return a stored response to this version of the check, without options that it does not have."""
    if isinstance(response, str):
        return response
    positions = {option.text: n for n, option in enumerate(check.options)}
    return [positions[text] for text in response if text in positions]


def mark(check: Check, response: Response) -> Marked:
    """Return what is right about an answer, which `read_response` or `restored` has returned."""
    if check.kind is Kind.EXPLAIN:
        return Marked(None)
    if isinstance(response, str):
        return Marked(normalised(response) in set(map(normalised, check.accepted)))
    if check.kind is Kind.ORDER:
        return _mark_order(check, response)
    return _mark_choices(check, set(response))


def _mark_choices(check: Check, chosen: set[int]) -> Marked:
    verdicts = tuple(Verdict(option, n in chosen) for n, option in enumerate(check.options))
    found = sum(v.is_chosen and v.option.is_right for v in verdicts)
    wanted = sum(v.option.is_right for v in verdicts)
    return Marked(found == wanted == len(chosen), verdicts, found, wanted, len(chosen) - found)


def _mark_order(check: Check, order: Sequence[int]) -> Marked:
    verdicts = tuple(Verdict(check.options[n], n == place) for place, n in enumerate(order))
    found = sum(v.is_chosen for v in verdicts)
    return Marked(found == len(verdicts), verdicts, found, len(verdicts), len(verdicts) - found)


def normalised(answer: str) -> str:
    """Return a short answer without what does not matter: case, accents, width, spaces, punctuation at its ends."""
    return " ".join(fold(answer).split()).strip(" .,;:!?\"'“”‘’«»()[]…")


def read_response(check: Check, uid: str, values: Sequence[str]) -> Response:
    """Return an answer from the values that a form sent. Raise InvalidResponse for one that cannot be marked.

    values: of choices, the numbers of the options as shown; of an order, the place of each option as shown, from 1;
        otherwise one text.
    """
    if check.kind in (Kind.SHORT, Kind.EXPLAIN):
        return _read_text(values)
    if check.kind is Kind.ORDER:
        return _read_order(check, uid, _read_numbers(values, 1, len(check.options)))
    numbers = _read_numbers(values, 0, len(check.options) - 1)
    if not numbers:
        raise InvalidResponse(_("Choose an answer first."))
    if check.kind is Kind.SINGLE and len(set(numbers)) > 1:
        raise InvalidResponse(_("Choose only one answer."))
    return sorted(set(numbers))


def _read_text(values: Sequence[str]) -> str:
    text = " ".join(values).strip()
    if not text:
        raise InvalidResponse(_("Write an answer first."))
    if len(text) > MAX_RESPONSE:
        raise InvalidResponse(
            _("This answer has %(length)s characters; the limit is %(max)s. Shorten it.")
            % {"length": f"{len(text):,}", "max": f"{MAX_RESPONSE:,}"}
        )
    return text


def _read_numbers(values: Sequence[str], first: int, last: int) -> list[int]:
    numbers = [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) < 4]
    if len(numbers) < len(values) or not all(first <= number <= last for number in numbers):
        raise InvalidResponse(_("This question has changed meanwhile. Reload the page, and answer it again."))
    return numbers


def _read_order(check: Check, uid: str, places: Sequence[int]) -> list[int]:
    """Return the positions of the options in the order in which the learner put them."""
    shown = check.shown_order(uid)
    if sorted(places) != list(range(1, len(shown) + 1)):
        raise InvalidResponse(_("Give each line a place of its own, from 1 to %(last)s.") % {"last": len(shown)})
    return [option for _place, option in sorted(zip(places, shown, strict=True))]


def problems(check: Check) -> list[str]:
    """Return what is wrong with a check that somebody has written, each as a sentence that says what to do."""
    found = [] if check.question.strip() else [_("Write the question.")]
    if check.kind in CHOICES or check.kind is Kind.ORDER:
        found += _option_problems(check)
    if check.kind is Kind.SHORT and not any(map(normalised, check.accepted)):
        found.append(_("Give at least one answer that counts as right."))
    if check.kind is Kind.EXPLAIN and not check.model_answer.strip():
        found.append(_("Write a model answer for learners to compare theirs with."))
    return found + _length_problems(check)


def _option_problems(check: Check) -> list[str]:
    texts = [option.text.strip() for option in check.options]
    right = sum(option.is_right for option in check.options)
    found = []
    if len(texts) < 2:
        found.append(_("Give at least two answers to choose from.") if check.kind in CHOICES else _("Give two lines."))
    if len(texts) > MAX_OPTIONS:
        found.append(_("Give at most %(max)s answers.") % {"max": MAX_OPTIONS})
    if "" in texts:
        found.append(_("Remove the empty answer, or write one."))
    if len(set(map(normalised, texts))) < len(texts):
        found.append(_("Two answers are the same: change one of them."))
    if check.kind is Kind.SINGLE and right != 1:
        found.append(_("Mark exactly one answer as right."))
    if check.kind is Kind.SEVERAL and not right:
        found.append(_("Mark at least one answer as right."))
    return found


def _length_problems(check: Check) -> list[str]:
    limits = [
        (_("question"), MAX_QUESTION, [check.question]),
        (_("answer"), MAX_OPTION, [part for o in check.options for part in (o.text, o.feedback)]),
        (_("answer"), MAX_OPTION, check.accepted),
        (_("model answer"), MAX_TEXT, [check.model_answer]),
        (_("explanation"), MAX_TEXT, [check.explanation]),
    ]
    found = [
        _("Shorten the %(part)s: it has %(length)s characters, and the limit is %(max)s.")
        % {"part": part, "length": f"{len(text):,}", "max": f"{limit:,}"}
        for part, limit, texts in limits
        for text in texts
        if len(text) > limit
    ]
    if len(check.accepted) > MAX_ACCEPTED:
        found.append(_("Give at most %(max)s forms of the answer.") % {"max": MAX_ACCEPTED})
    return found
