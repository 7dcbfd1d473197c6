"""Checks as text in Markdown files."""

import random

import pytest

from lessons.markup.sanitise import InvalidText
from lessons.practice.check_text import MAX_SOURCE, read_check, write_check
from lessons.practice.checks import Check, Kind, Option, problems
from tests.practice.make import EXPLAIN, SHORT, SINGLE

SEVERAL = Check(
    Kind.SEVERAL,
    "Which of these were copied?",
    (Option("The seal", "By a friend.", True), Option("The crane"), Option("The rope: a new one", "No.", True)),
    explanation="Two were copied.\n\n  The third was bought.",
)
ORDER = Check(Kind.ORDER, "Put in order:", (Option("- new moon"), Option("no"), Option("“12” # half")))
AWKWARD = [
    *(
        "no",
        "~",
        "- a",
        "a: b",
        "# c",
        "```",
        "'",
        '"',
        "\\",
        "{x}",
        "[y]",
        "| c |",
        "<b>",
        "null",
        "1.0",
        "@x",
        "%TAG",
    ),
    *(" z", "z ", "two\nlines", "a\n  b", "a\n\nb", "---", "2026-11-30", "é ü", "ß", "\t", "\u2028"),
]


def test_a_check_is_written_as_people_would_write_it():
    assert write_check(SEVERAL) == (
        "kind: several\n"
        'question: "Which of these were copied?"\n'
        "answers:\n"
        '  - right: "The seal"\n'
        '    feedback: "By a friend."\n'
        '  - wrong: "The crane"\n'
        '  - right: "The rope: a new one"\n'
        '    feedback: "No."\n'
        "explanation: |-\n"
        "  Two were copied.\n"
        "\n"
        "    The third was bought.\n"
    )


@pytest.mark.parametrize("check", [SINGLE, SHORT, EXPLAIN, SEVERAL, ORDER], ids=lambda check: check.kind.value)
def test_what_is_written_is_read_as_the_same_check(check):
    assert read_check(write_check(check)) == check


def test_any_text_is_read_as_it_was_written():
    pick = random.Random(7)
    read = 0
    for _n in range(60):
        texts = pick.sample(AWKWARD, 6)
        options = (Option(texts[0], texts[1], True), Option(texts[2], texts[3]))
        check = pick.choice(
            [
                Check(Kind.SINGLE, texts[4], options, explanation=texts[5]),
                Check(Kind.SHORT, texts[4], accepted=tuple(texts[:3]), explanation=texts[5]),
                Check(Kind.EXPLAIN, texts[4], model_answer=texts[0]),
                Check(Kind.ORDER, texts[4], (Option(texts[0]), Option(texts[1]))),
            ]
        )
        if not problems(check):
            assert read_check(write_check(check)) == check
            read += 1
    assert read > 20


def test_a_check_may_be_written_without_quotes():
    source = "kind: single\nquestion: What rises?\nanswers:\n- right: Yes\n- wrong: no\n  feedback: 1.0\n"
    expected = Check(Kind.SINGLE, "What rises?", (Option("Yes", "", True), Option("no", "1.0")))
    assert read_check(source) == expected


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("", "Write the check as “key: value” lines"),
        ("- a", "Write the check as “key: value” lines"),
        ("kind: [", "This is not valid YAML"),
        ("a: &x b\nc: *x", "aliases are not allowed"),
        ("question: Why?", "kind is “”. You can use: single, several, short, order, explain."),
        ("kind: [single]", "kind is"),
        ("kind: quiz", "kind is “quiz”"),
        ("kind: short\nanswers: []", "A check of the kind “short” has no key “answers”"),
        ("kind: short\nquestion: Why?\npoints: 3", "You can use: kind, question, explanation, accepted."),
        ("kind: short\nquestion: [a]", "question must be text; put it in quotes."),
        ("kind: short\nquestion: a\naccepted: b", "accepted must be a list, one “- …” per line."),
        ("kind: short\nquestion: a\naccepted: [[b]]", "accepted must be text"),
        ("kind: order\nquestion: a\nlines: b", "lines must be a list"),
        ("kind: order\nquestion: a\nlines: [b]", "Give two lines."),
        ("kind: explain\nquestion: a\nmodel_answer: [b]", "model_answer must be text"),
        ("kind: explain\nquestion: a", "Write a model answer"),
        ("kind: single\nquestion: a\nanswers: b", "answers must be a list"),
        ("kind: single\nquestion: a\nanswers: [b, c]", "Write each of the answers as “- right: …” or “- wrong: …”"),
        ("kind: single\nquestion: a\nanswers:\n- {right: b, wrong: c}", "Write each of the answers as"),
        ("kind: single\nquestion: a\nanswers:\n- {right: b, points: c}", "Write each of the answers as"),
        ("kind: single\nquestion: a\nanswers:\n- {right: [b]}", "right must be text"),
        (
            "kind: single\nanswers:\n- {right: b}\n- {right: c}",
            "Write the question. Mark exactly one answer as right.",
        ),
        ("kind: short\n" + "#" * MAX_SOURCE, "This check has 20,012 characters; the limit is 20,000. Shorten it."),
    ],
)
def test_what_is_no_check_is_refused_with_what_to_do(source, sentence):
    with pytest.raises(InvalidText) as refusal:
        read_check(source)
    assert sentence in str(refusal.value)
