"""Checks in the editor: shown at their places, moved, deleted and undone. Any violation of the CSP is a failure."""

import pytest

CREATE = """
from lessons.models import Lesson, Module
from lessons.practice.checks import Check, Kind, Option
from lessons.practice.writing import add_check
lesson = Lesson.objects.create(module=Module.objects.first(), title="Tides", slug="tides")
options = (Option("The moon", "", True), Option("The wind"))
row = add_check(lesson=lesson, check=Check(Kind.SINGLE, "What causes the tides?", options))
lesson.body = f'<p>Water rises.</p><hr data-check="{row.uid}"><hr><p>Water falls.</p>'
lesson.save()
print(lesson.pk, row.uid)
"""
LATEST = "from lessons.models import Lesson\nprint(Lesson.objects.get(pk={}).body)"


@pytest.fixture
def made(shell):
    """Return the id of a lesson, and the uid of the check in it."""
    return shell(CREATE).split()


def text_of(page):
    return page.locator(".ProseMirror[aria-label]")


@pytest.fixture
def editor(new_page, sign_in_as, made):
    page = new_page()
    sign_in_as(page, "instructor")
    page.goto(f"/admin/lessons/lesson/{made[0]}/change/")
    text_of(page).wait_for()
    return page


def save(page):
    page.keyboard.press("Control+s")
    page.locator("[data-part=save-state]").filter(has_text="Saved").wait_for()


def test_a_check_keeps_its_place_while_the_text_is_written(editor, shell, made):
    pk, uid = made
    text_of(editor).locator("p").last.click()
    editor.keyboard.press("End")
    editor.keyboard.type(" Twice a day.")
    save(editor)
    expected = f'<p>Water rises.</p><hr data-check="{uid}"><hr><p>Water falls. Twice a day.</p>'
    assert shell(LATEST.format(pk)).strip() == expected
