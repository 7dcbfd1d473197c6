"""What a reader sees of a check: before an answer, never which is right; then, what is right about theirs. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from lessons.markup.translations import gettext as _
from lessons.markup.translations import ngettext
from lessons.practice.checks import Check, Closeness, Kind, Marked, Stored, Verdict, mark, restored


class GivenAnswer(NamedTuple):
    """The last answer of a reader to a version of a check."""

    response: Stored
    attempts: int = 1
    closeness: str = ""


class ShownOption(NamedTuple):
    """An option before an answer.

    number: what the form sends for it. place: of an order, what a refused form sent for it. is_chosen: whether a
    refused form chose it.
    """

    number: int
    text: str
    place: str = ""
    is_chosen: bool = False


class ShownVerdict(NamedTuple):
    """What is said about an option after an answer. state: right, wrong, missed, or empty for one that was rightly not
    chosen.
    """

    text: str
    state: str
    feedback: str = ""

    @property
    def sign(self) -> str:
        return {"right": "✓", "wrong": "✗", "missed": "○"}.get(self.state, "")


class ClosenessChoice(NamedTuple):
    value: str
    label: str
    is_chosen: bool


class ShownCheck(NamedTuple):
    """A check as one reader sees it. number: its place in the text, from 1.

    answer, marked: None before an answer, and once the reader tries again. error, values: why a form was refused, and
    what it sent.
    """

    uid: str
    version: int
    number: int
    check: Check
    answer: GivenAnswer | None = None
    marked: Marked | None = None
    error: str = ""
    values: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return self.check.kind.value

    @property
    def is_written(self) -> bool:
        """Return whether it is answered in words, not by options."""
        return not self.check.options

    @property
    def is_multiple(self) -> bool:
        return self.check.kind is Kind.SEVERAL

    @property
    def options(self) -> list[ShownOption]:
        """Return the options in the order in which everybody sees them."""
        sent = dict(enumerate(self.values)) if self.check.kind is Kind.ORDER else {}
        return [
            ShownOption(n, self.check.options[position].text, sent.get(n, ""), str(n) in self.values)
            for n, position in enumerate(self.check.shown_order(self.uid))
        ]

    @property
    def places(self) -> list[str]:
        """Return the places that an order has: “1”, “2” and so on."""
        return [str(place) for place in range(1, len(self.check.options) + 1)]

    @property
    def verdicts(self) -> list[ShownVerdict]:
        return [self._verdict(verdict) for verdict in self.marked.verdicts] if self.marked else []

    def _verdict(self, verdict: Verdict) -> ShownVerdict:
        option = verdict.option
        if self.check.kind is Kind.ORDER:
            return ShownVerdict(option.text, "right" if verdict.is_chosen else "wrong")
        if verdict.is_missed:
            return ShownVerdict(option.text, "missed", option.feedback)
        if verdict.is_chosen:
            return ShownVerdict(option.text, "right" if option.is_right else "wrong", option.feedback)
        return ShownVerdict(option.text, "")

    @property
    def closeness_choices(self) -> list[ClosenessChoice]:
        chosen = self.answer.closeness if self.answer else ""
        labels = {Closeness.FAR: _("Not close"), Closeness.PARTLY: _("Partly"), Closeness.SAME: _("Much the same")}
        return [ClosenessChoice(value.value, label, value == chosen) for value, label in labels.items()]

    @property
    def text(self) -> str:
        """Return the answer that was written; empty for one that was chosen."""
        if self.error:
            return " ".join(self.values)
        return self.answer.response if self.answer and isinstance(self.answer.response, str) else ""

    @property
    def result(self) -> str:
        """Return what is right about the answer, as a sentence; empty where only the learner can tell."""
        if self.marked is None or self.marked.is_right is None:
            return ""
        if self.check.kind is Kind.SEVERAL and not self.marked.is_right:
            return _several_result(self.marked)
        if self.check.kind is Kind.ORDER and not self.marked.is_right:
            return _order_result(self.marked)
        return _("Right.") if self.marked.is_right else _("Not right.")


def _order_result(marked: Marked) -> str:
    text = ngettext(
        "%(found)s of %(wanted)s is in its place.", "%(found)s of %(wanted)s are in their place.", marked.found
    )
    return text % {"found": marked.found, "wanted": marked.wanted}


def _several_result(marked: Marked) -> str:
    found = _("%(found)s of %(wanted)s found") % {"found": marked.found, "wanted": marked.wanted}
    if not marked.wrong:
        return f"{found}."
    wrong = ngettext("%(n)s wrong", "%(n)s wrong", marked.wrong) % {"n": marked.wrong}
    return f"{found}, {wrong}."


def texts_before_answer(data: Mapping[str, Any]) -> list[str]:
    """Return the question of a check, as a revision keeps it, and its options as readers see them at first."""
    check = Check.from_json(data)
    return [check.question, *(option.text for option in ShownCheck(data["uid"], data["version"], 1, check).options)]


def shown_checks(
    checks: Iterable[Mapping[str, Any]], answers: Mapping[tuple[str, int], GivenAnswer] | None = None, again: str = ""
) -> list[ShownCheck]:
    """Return the checks of a lesson as one reader sees them, in the order of the text.

    checks: as a revision keeps them. answers: by uid and version. again: the uid of a check that the reader wants to
    answer anew.
    """
    answers = answers or {}
    shown = []
    for number, data in enumerate(checks, 1):
        uid, version, check = data["uid"], data["version"], Check.from_json(data)
        answer = answers.get((uid, version)) if uid != again else None
        marked = mark(check, restored(check, answer.response)) if answer else None
        shown.append(ShownCheck(uid, version, number, check, answer, marked))
    return shown
