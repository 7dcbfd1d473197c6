"""The form of a check: what it reads, and what it says is wrong."""

import pytest
from django.http import QueryDict

from lessons.authoring.checks.forms import CheckForm, initial_values, moved_up
from lessons.practice.checks import MAX_OPTIONS, Check, Kind, Option
from tests.practice.make import SINGLE

BODY = "<h2>Moon</h2><p>It pulls.</p>"
CHOICE = {
    "kind": "single",
    "question": "What causes  the tides?",
    "options-1-text": "The moon",
    "options-1-right": "1",
    "options-3-text": "The wind",
    "options-3-feedback": "It makes waves.",
    "place": "end",
}
OPTIONS = (Option("The moon", "", True), Option("The wind", "It makes waves."))


def form_with(**fields):
    data = QueryDict(mutable=True)
    data.update(CHOICE | fields)
    return CheckForm(data, draft_body=BODY)


def written(**fields):
    form = form_with(**fields)
    assert form.is_valid(), form.errors
    return form.cleaned_data["check"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": ""}, "Choose the kind of question."),
        ({"kind": "riddle"}, "riddle is not one of the available choices"),
        ({"options-1-right": ""}, "Mark exactly one answer as right."),
        ({"options-3-text": "the moon"}, "Two answers are the same"),
        ({"options-2-feedback": "Of nothing"}, "Remove the empty answer, or write one."),
        ({"kind": "short"}, "Give at least one answer that counts as right."),
        ({"kind": "explain"}, "Write a model answer"),
        ({"question": "x" * 501}, "the limit is 500"),
        ({"place": "gone"}, "The text has changed meanwhile. Choose the place again."),
    ],
)
def test_what_is_wrong_is_said(fields, sentence):
    assert sentence in str(form_with(**fields).errors)


def test_a_check_is_read_as_written():
    assert written() == Check(Kind.SINGLE, "What causes the tides?", OPTIONS)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"kind": "short", "accepted": "spring tide\r\n\r\nspring \r\nspring tide"}, ("spring tide", "spring")),
        ({"kind": "explain", "model_answer": "Two bulges.\r\nThe earth turns."}, "Two bulges.\nThe earth turns."),
        ({"kind": "order"}, (Option("The moon"), Option("The wind"))),
        ({"kind": "several"}, OPTIONS),
    ],
)
def test_each_kind_keeps_what_it_needs_and_nothing_else(sent, read):
    check = written(**sent)
    assert check.kind == sent["kind"]
    assert [part for part in check[2:] if part] == [read]


def test_characters_that_must_not_be_stored_are_left_out():
    check = written(question="Wh\x00y\u202e?", **{"options-1-text": "mo\x07on"}, explanation="one\x01\ntwo\ud800")
    assert (check.question, check.options[0].text, check.explanation) == ("Why?", "moon", "one\ntwo")


def test_all_options_can_be_written_and_the_last_ones_are_folded_away():
    form = CheckForm(initial=initial_values(SINGLE))
    assert [row.number for row in form.shown_rows + form.folded_rows] == list(range(1, MAX_OPTIONS + 1))
    assert [row.text for row in form.shown_rows] == ["The moon", "The wind", "", ""]
    assert [row.number for row in form_with(**{"options-6-text": "The sun"}).folded_rows] == [7, 8, 9, 10]


@pytest.mark.parametrize("number", [0, 1, MAX_OPTIONS + 1, 10**9])
def test_what_cannot_be_moved_up_stays(number):
    data = form_with().data
    assert moved_up(data, number) == data


def test_a_check_that_stands_in_the_text_is_not_put_there_again():
    assert "place" not in CheckForm(draft_body=None).fields
