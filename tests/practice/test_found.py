"""What is found of checks, and what feeds have of them: never what is right."""

import xml.etree.ElementTree as ET

import pytest

from lessons.annotations.services import publish
from lessons.indexing.models import TextEntry
from lessons.operations.search_index import check_texts
from lessons.practice.checks import Check, Kind, Option
from lessons.practice.writing import save_check
from tests.practice.make import publish_with_checks

pytestmark = pytest.mark.django_db
SINGLE = Check(
    Kind.SINGLE,
    "Which  body pulls?",
    (Option("Celestial moon", "Feedbackword.", True), Option("A <zephyr>", "Errorword.")),
    explanation="Explainword.",
)
SHORT = Check(Kind.SHORT, "What is it called?", accepted=("springtide",))
ORDER = Check(Kind.ORDER, "Put in order:", tuple(map(Option, ("alpha", "beta", "gamma"))))
EXPLAIN = Check(Kind.EXPLAIN, "Why?", model_answer="Modelword.")
SECRETS = "Feedbackword Errorword Explainword springtide Modelword".split()


@pytest.fixture
def asked(lesson):
    publish_with_checks(lesson, SINGLE, SHORT, ORDER, EXPLAIN)
    return lesson


def entries(lesson):
    return list(TextEntry.objects.filter(kind="lesson", object_id=lesson.pk, anchor__startswith="check-"))


def test_a_check_is_a_passage_where_it_stands(asked):
    found = sorted(entries(asked), key=lambda entry: entry.number)
    assert found[0].text == "Which body pulls? · Celestial moon · A <zephyr>"
    assert [entry.text for entry in found[1::2]] == ["What is it called?", "Why?"]
    assert sorted(found[2].text.split(" · ")) == ["Put in order:", "alpha", "beta", "gamma"]
    assert not found[2].text.endswith("alpha · beta · gamma")
    assert {entry.start for entry in found} == {len(asked.current_revision.text)}
    assert check_texts(fix=False).are_none


def test_question_and_options_are_found_and_nothing_else(client, asked):
    address = f"{asked.get_absolute_url()}#check-{asked.checks.order_by('pk')[0].uid}"
    page = client.get("/courses/tides/search/", {"q": "celestial"}).content.decode()
    assert f'href="{address}"' in page
    assert "Check</" in page
    for word in SECRETS:
        page = client.get("/courses/tides/search/", {"q": word}).content.decode()
        assert asked.title not in page, word


def test_what_is_found_follows_the_publication(asked):
    row = asked.checks.order_by("pk")[0]
    save_check(row=row, check=SINGLE._replace(question="Which sphere?"), version=1)
    assert "Which body" in entries(asked)[0].text
    publish(lesson=asked, by=None)
    assert "Which sphere" in sorted(entries(asked), key=lambda entry: entry.number)[0].text
    asked.body = "<p>Without checks.</p>"
    asked.save()
    publish(lesson=asked, by=None)
    assert not entries(asked)


def test_the_feed_has_the_questions_without_what_is_right(client, asked, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        source = client.get("/courses/tides/feed/").content
    entry = ET.fromstring(source).find("{*}entry")
    content = entry.findtext("{*}content")
    assert content.startswith(
        "<p>Which  body pulls?</p><ul><li>Celestial moon</li><li>A &lt;zephyr&gt;</li></ul><p>What is it called?</p>"
    )
    assert not [word for word in SECRETS if word in source.decode()]


def test_a_lesson_without_checks_has_no_content_in_the_feed(client, lesson):
    entry = ET.fromstring(client.get("/courses/tides/feed/").content).find("{*}entry")
    assert entry.find("{*}content") is None
