"""What a container does not accept, and what it says then."""

import json

import pytest

from lessons.annotations.models import Annotation
from tests.discussions.make import known
from tests.webannotations.test_container import LD, annotation, send

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"target": "https://www.example.com/index.html"}, 422),
        ({"target": [{}, {}]}, 422),
        ({"target": 5}, 422),
        ({"target": None}, 422),
        ({"type": "Person"}, 422),
        ({"type": 7}, 422),
        ({"type": {"a": 1}}, 422),
        ({"body": 7}, 422),
        ({"body": [[]]}, 422),
        ({"body": {"type": "TextualBody", "value": {"a": 1}}}, 422),
        ({"body": {"type": "TextualBody", "value": "nul\x00"}}, 422),
        ({"body": {"type": "TextualBody", "value": "half \ud800"}}, 422),
        ({"body": {"type": "TextualBody", "value": "x" * 30_000}}, 422),
        ({"body": {"type": "Choice", "items": []}}, 422),
        ({"body": "https://example.org/sound.mp3"}, 422),
        ({"motivation": 9}, 422),
        ({"motivation": [{}]}, 422),
        ({"audience": {"schema:audienceType": []}}, 422),
        ({"creator": {"name": 4}}, 422),
        ({"id": "x" * 3000}, 422),
        ({"canonical": ["a"]}, 422),
    ],
)
def test_unsupported_annotations_are_refused_with_a_sentence(lesson, learner, sign_in, change, status):
    answer = send(sign_in(known(learner)), lesson, json.dumps(annotation(lesson) | change))
    assert answer.status_code == status, answer.content
    assert all(sentence.endswith((".", ")")) for sentence in answer.json()["errors"])
    assert not Annotation.objects.exists()


@pytest.mark.parametrize(
    "selector",
    [
        {"type": "TextQuoteSelector", "exact": "words that are nowhere"},
        {"type": "TextQuoteSelector", "exact": 5},
        {"type": "TextPositionSelector", "start": 5, "end": 5},
        {"type": "TextPositionSelector", "start": -1, "end": 5},
        {"type": "TextPositionSelector", "start": 1.5, "end": 5},
        {"type": "TextPositionSelector", "start": True, "end": 5},
        {"type": "TextPositionSelector", "start": 0, "end": 10**9},
        {"type": "TextPositionSelector", "start": 0, "end": 10**30},
        {"type": "TextPositionSelector", "end": 3},
        {"type": "SvgSelector", "value": "<svg/>"},
        {},
        [],
        "quote",
    ],
)
def test_passage_not_found(lesson, learner, sign_in, selector):
    given = annotation(lesson)
    given["target"]["selector"] = selector
    assert send(sign_in(known(learner)), lesson, given).status_code == 422
    assert not Annotation.objects.exists()


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", LD, 400),
        (b"\xff\xfe", LD, 400),
        (b'{"a": NaN}', LD, 400),
        (b"[" * 100_000, LD, 400),
        (b"[]", LD, 422),
        (b'"Annotation"', LD, 422),
        (b"{}", LD, 422),
        (b"{}", "text/turtle", 415),
        (b"{}", "application/x-www-form-urlencoded", 415),
        (b" " * 300_000, LD, 413),
    ],
)
def test_body_that_is_not_an_annotation_is_refused(lesson, learner, sign_in, body, kind, status):
    answer = send(sign_in(learner), lesson, body, kind)
    assert answer.status_code == status
    assert answer.json()["errors"][0]
    assert "Link" in answer
