"""What a check is, and what is right about an answer to it."""

import pytest

from lessons.practice.checks import (
    Check,
    InvalidResponse,
    Kind,
    Option,
    mark,
    problems,
    read_response,
    restored,
    stored,
)

UID = "0d9f1a52-7f43-4f0e-9d60-0f1b8f6f3c11"
YES, NO = Option("The moon", "Its pull is the strongest.", True), Option("The wind", "It only raises waves.")
SINGLE = Check(Kind.SINGLE, "What causes the tides?", (YES, NO))
SEVERAL = Check(Kind.SEVERAL, "Which are tides?", (Option("Ebb", "", True), Option("Surf"), Option("Flood", "", True)))
SHORT = Check(Kind.SHORT, "What is the tide after new moon called?", accepted=("spring tide", "Springflut"))
ORDER = Check(Kind.ORDER, "Put in order.", (Option("Ebb"), Option("Low water"), Option("Flood"), Option("High water")))
EXPLAIN = Check(Kind.EXPLAIN, "Why twice a day?", model_answer="The earth turns below two bulges.")


@pytest.mark.parametrize("check", [SINGLE, SEVERAL, SHORT, ORDER, EXPLAIN])
def test_a_check_survives_being_stored(check):
    assert Check.from_json(check.to_json()) == check
    assert problems(check) == []


def test_one_right_answer():
    assert mark(SINGLE, read_response(SINGLE, UID, ["0"])).is_right
    wrong = mark(SINGLE, read_response(SINGLE, UID, ["1"]))
    assert not wrong.is_right
    assert [(v.option.text, v.is_chosen, v.is_missed) for v in wrong.verdicts] == [
        ("The moon", False, True),
        ("The wind", True, False),
    ]


def test_several_right_answers_say_how_many_were_found():
    part = mark(SEVERAL, read_response(SEVERAL, UID, ["0", "1"]))
    assert (part.is_right, part.found, part.wanted, part.wrong) == (False, 1, 2, 1)
    assert mark(SEVERAL, read_response(SEVERAL, UID, ["2", "0", "2"])).is_right


@pytest.mark.parametrize(
    "answer", ["spring tide", " Spring  Tide. ", "SPRING TIDE", "ｓｐｒｉｎｇ tide", "springflut", "“Springflut”"]
)
def test_a_short_answer_may_differ_in_what_does_not_matter(answer):
    assert mark(SHORT, read_response(SHORT, UID, [answer])).is_right


@pytest.mark.parametrize("answer", ["neap tide", "spring", "springtide", "."])
def test_a_short_answer_may_not_be_another(answer):
    assert mark(SHORT, read_response(SHORT, UID, [answer])).is_right is False


def test_an_order_is_shuffled_alike_for_everybody_and_never_right_already():
    shown = ORDER.shown_order(UID)
    assert sorted(shown) == [0, 1, 2, 3]
    assert shown == ORDER.shown_order(UID)
    pair = ORDER._replace(options=ORDER.options[:2])
    assert all(pair.shown_order(f"{n}") == [1, 0] for n in range(20))


def test_an_order_says_how_many_are_in_their_place():
    shown = ORDER.shown_order(UID)
    right = [str(option + 1) for option in shown]
    assert mark(ORDER, read_response(ORDER, UID, right)).is_right
    places = {"1": "2", "2": "1"}
    swapped = mark(ORDER, read_response(ORDER, UID, [places.get(place, place) for place in right]))
    assert (swapped.is_right, swapped.found, swapped.wanted) == (False, 2, 4)


def test_only_the_learner_can_tell_about_their_own_words():
    assert mark(EXPLAIN, read_response(EXPLAIN, UID, ["Because."])).is_right is None


@pytest.mark.parametrize(
    ("check", "values"),
    [
        (SINGLE, []),
        (SINGLE, ["0", "1"]),
        (SINGLE, ["2"]),
        (SINGLE, ["-1"]),
        (SINGLE, ["²"]),
        (SINGLE, ["1" * 5000]),
        (SEVERAL, ["a"]),
        (SHORT, ["  "]),
        (EXPLAIN, [""]),
        (EXPLAIN, ["x" * 4001]),
        (ORDER, ["1", "1", "2", "3"]),
        (ORDER, ["1", "2", "3"]),
        (ORDER, ["0", "1", "2", "3"]),
    ],
)
def test_an_answer_that_cannot_be_marked_is_refused_with_a_sentence(check, values):
    with pytest.raises(InvalidResponse, match=r"\.$"):
        read_response(check, UID, values)


@pytest.mark.parametrize(("check", "values"), [(SINGLE, ["1"]), (SEVERAL, ["0", "2"]), (SHORT, ["ebb"])])
def test_an_answer_is_stored_in_words(check, values):
    response = read_response(check, UID, values)
    assert restored(check, stored(check, response)) == response


def test_an_option_that_is_gone_is_left_out_of_a_stored_answer():
    assert restored(SEVERAL, ["Ebb", "Gone"]) == [0]


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        (SINGLE._replace(question=" "), "Write the question."),
        (SINGLE._replace(options=(YES,)), "at least two answers"),
        (SINGLE._replace(options=(YES, NO, NO)), "the same"),
        (SINGLE._replace(options=(YES, Option(" "))), "empty answer"),
        (SINGLE._replace(options=(NO, Option("The sea"))), "exactly one"),
        (SEVERAL._replace(options=(NO, Option("Surf"))), "at least one answer as right"),
        (SINGLE._replace(options=tuple(Option(f"{n}", "", n == 0) for n in range(11))), "at most 10"),
        (SHORT._replace(accepted=(" ",)), "counts as right"),
        (SHORT._replace(accepted=tuple(map(str, range(21)))), "at most 20"),
        (EXPLAIN._replace(model_answer=""), "model answer"),
        (ORDER._replace(options=ORDER.options[:1]), "two lines"),
        (SINGLE._replace(question="x" * 501), "501"),
    ],
)
def test_what_is_wrong_with_a_check_is_said(check, sentence):
    assert any(sentence in problem for problem in problems(check))
