"""Checks in the editor: shown at their places, moved, deleted and undone. Any violation of the CSP is a failure."""

import pytest

from tests.browser.axe import violations

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
READ = """
from lessons.practice.models import KnowledgeCheck
row = KnowledgeCheck.objects.last()
print(row.uid, row.parsed.kind, *[option.text for option in row.parsed.options])
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


def fill(form):
    """Fill in the form of a check that is to be put in order."""
    form.get_by_label("Put in order").check()
    form.get_by_label("Question", exact=True).fill("What comes first?")
    form.get_by_label("Answer 1", exact=True).fill("Ebb")
    form.get_by_label("Answer 2", exact=True).fill("Flood")
    form.get_by_label("Move answer 2 up").click()


@pytest.mark.thorough
def test_a_check_is_written_in_a_dialog_moved_by_keyboard_and_undone(editor, shell, made):
    pk, uid = made
    old = f'<hr data-check="{uid}">'
    shown = text_of(editor).locator(".check-place")
    shown.filter(has_text="Check 1 · One right answer").filter(has_text="What causes the tides?").wait_for()

    text_of(editor).locator("p").last.click()
    editor.keyboard.press("Control+Alt+k")
    form = editor.locator("dialog[open] form")
    form.get_by_role("button", name="Save check").last.click()
    form.get_by_text("Write the question.").wait_for()
    assert violations(editor) == []
    fill(form)
    form.get_by_role("button", name="Save check").last.click()
    shown.filter(has_text="What comes first?").wait_for()
    save(editor)
    row = shell(READ).split()
    assert row[1:] == ["order", "Flood", "Ebb"]
    new = f'<hr data-check="{row[0]}">'
    assert shell(LATEST.format(pk)).strip() == f"<p>Water rises.</p>{old}<hr><p>Water falls.</p>{new}"

    editor.keyboard.press("Alt+ArrowUp")
    editor.keyboard.press("Alt+ArrowUp")
    save(editor)
    assert shell(LATEST.format(pk)).strip() == f"<p>Water rises.</p>{old}{new}<hr><p>Water falls.</p>"
    editor.keyboard.press("Delete")
    shown.filter(has_text="What comes first?").wait_for(state="detached")
    save(editor)
    editor.locator("#checks").get_by_text("Not in the text").wait_for()
    editor.keyboard.press("Control+z")
    shown.filter(has_text="What comes first?").wait_for()

    editor.locator("#checks").get_by_role("link", name="What comes first?").click()
    form.get_by_role("button", name="Delete check").click()
    shown.filter(has_text="Deleted check").wait_for()
    editor.locator("#checks").get_by_text("1 deleted").click()
    editor.locator("#checks").get_by_role("button", name="Restore").click()
    shown.filter(has_text="Check 2 · Put in order").wait_for()
