"""An instructor publishes a lesson with notes: previews the changes, places a note by hand; also without scripts."""

import re

import pytest

from tests.browser.annotations.make import until
from tests.browser.axe import violations

OLD = "<h2>Walls</h2><p>A wall keeps the sea out for a while.</p><p>Dunes drink what comes over them.</p>"
NEW = "<h2>Walls</h2><p>A wall keeps the sea out for a while.</p><p>Sand takes up the water, 𝔸 and all.</p>"
CREATE_LESSONS = """
from lessons.models import Lesson, Module
from lessons.accounts.models import User
from lessons.annotations.services import publish
from tests.annotations.make import note_by
by, assistant = (User.objects.get(email=f"{name}@example.org") for name in ("instructor", "assistant"))
for number in range(%(number)s):
    lesson = Lesson.objects.create(
        module=Module.objects.first(), title=f"Walls {number}", slug="walls", body="%(old)s"
    )
    publish(lesson=lesson, by=by)
    note_by(assistant, lesson, "keeps the sea out", "Which sea?")
    note_by(assistant, lesson, "Dunes drink", "Like a sponge!")
    lesson = Lesson.objects.get(pk=lesson.pk)
    lesson.body = "%(new)s"
    lesson.save()
    print(lesson.pk)
"""


@pytest.fixture(scope="module")
def lessons(server, shell):
    """Return the ids of lessons, one per test and one more for each that is run again."""
    return iter(map(int, shell(CREATE_LESSONS % {"number": 6, "old": OLD, "new": NEW}).split()))


@pytest.fixture
def lesson(lessons):
    """Return the id of a lesson with two notes, one of which loses its passage in the draft."""
    return next(lessons)


@pytest.fixture
def author(new_page, sign_in_as):
    def open_page(**look):
        page = new_page(**look)
        sign_in_as(page, "instructor")
        return page

    return open_page


def publish(page, lesson):
    page.goto(f"/admin/lessons/lesson/{lesson}/change/")
    page.get_by_label("What changed").fill("Plainer")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.wait_for_url("**/publication/**")


def assert_placed(page, lesson, passage):
    page.get_by_role("button", name="Publish", exact=True).last.click()
    page.get_by_text("Revision 2 is published.").wait_for()
    page.goto(f"/admin/lessons/lesson/{lesson}/annotations/")
    assert "placed by hand" in page.locator(".annotation-impact").inner_text().lower()
    assert passage in page.locator(".annotation-impact").inner_text()


@pytest.mark.thorough
@pytest.mark.parametrize("look", [{}, pytest.param({"width": 390}, marks=pytest.mark.thorough)])
def test_the_passage_is_selected_in_the_new_text(author, lesson, look):
    page = author(**look)
    publish(page, lesson)
    assert page.locator(".publish-summary").inner_text().split() == "1 unchanged 0 changed 1 loses its passage".split()
    assert violations(page) == []
    page.get_by_role("link", name="Place by hand").click()
    page.locator("[data-revision] p").last.wait_for()
    page.evaluate(
        """() => {
          const text = document.querySelector("[data-revision] p:last-child").firstChild;
          const range = new Range();
          range.setStart(text, 0);
          range.setEnd(text, text.data.indexOf(" and all"));
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }"""
    )
    until(page, "document.querySelector('[name=search_text]').value === 'Sand takes up the water, 𝔸'")
    assert violations(page) == []
    page.get_by_role("button", name="Place note").click()
    page.wait_for_url(re.compile(r"/publication/#note-\d+$"))
    assert "placed by hand" in page.locator(".annotation-impact").inner_text().lower()
    assert_placed(page, lesson, "Sand takes up the water, 𝔸")


@pytest.mark.thorough
def test_without_scripts_the_passage_is_copied(author, lesson):
    page = author(script=False)
    publish(page, lesson)
    page.get_by_role("link", name="Place by hand").click()
    page.get_by_label("Passage", exact=True).fill("the")
    page.get_by_role("button", name="Place note").click()
    assert page.locator(".candidates li").count() == 2
    page.get_by_label("Passage", exact=True).fill("nowhere to be found")
    page.get_by_role("button", name="Place note").click()
    page.get_by_text("This passage is not in the text below").wait_for()
    page.get_by_label("Passage", exact=True).fill("Sand takes up")
    page.get_by_role("button", name="Place note").click()
    page.wait_for_url(re.compile(r"/publication/#note-\d+$"))
    assert_placed(page, lesson, "Sand takes up")
