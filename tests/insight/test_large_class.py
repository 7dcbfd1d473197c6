"""Pages about a class of thousands take as many queries as those about a few learners."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.insight.large_class import add_learners, fill_lesson
from tests.participation.make import make_rule

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
LEARNERS, NOTES = 2000, 10_000


def test_a_large_class_with_thousands_of_notes_on_a_passage_takes_no_more_queries(sign_in, course, lesson, assistant):
    make_rule(course, notes=5, checks=1)
    client = sign_in(assistant)
    pages = {
        "map": reverse("insight:lesson", args=[lesson.pk]),
        "learners": reverse("insight:learners", args=[lesson.pk]),
        "board": reverse("insight:board", args=[course.slug]),
        "participation": reverse("participation:overview", args=[course.slug]),
    }

    def queries():
        """Return how many queries each page takes when nothing of it is kept."""
        found = {}
        for name, address in pages.items():
            cache.clear()
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found[name] = len(captured)
        return found

    def warm_queries():
        """Return how many queries the pages of insight take within a minute of another visit."""
        found = {}
        for name in ("map", "board", "learners"):
            client.get(pages[name])
            with CaptureQueriesContext(connection) as captured:
                assert client.get(pages[name]).status_code == 200
            found[name] = len(captured)
        return found

    fill_lesson(lesson, add_learners(course, 3), notes=3)
    queries()
    few = queries()
    fill_lesson(lesson, add_learners(course, LEARNERS - 3), notes=NOTES - 3)
    assert queries() == few
    assert few["map"] <= 8
    assert few["board"] <= 10
    content = client.get(pages["map"]).content.decode()
    assert max(warm_queries().values()) <= 8
    figures = re.search(r'<a class="passage".*?<b>(.*?)</b>.*?<b>(.*?)</b>.*?<b>(.*?)</b>', content, re.DOTALL)
    assert (figures[2], figures[3]) == (str(LEARNERS), str(LEARNERS))
    assert f"<b>{NOTES}</b> notes by {LEARNERS} people" in " ".join(content.split())
    line = client.get(pages["board"]).context["lines"][0]
    assert (line.people, line.unanswered) == (str(LEARNERS), NOTES)
