"""An instructor deletes a lesson and takes it back by the keyboard alone, without scripts; axe on these pages."""

import pytest

from tests.browser.axe import violations

CREATE_LESSON = """
from lessons.models import Lesson, Module
module = Module.objects.first()
lesson = Lesson.objects.create(module=module, title="A lesson to lose", body="<p>Text.</p>", position=99)
body = f'<p><a href="/lessons/{lesson.pk}/a-lesson-to-lose/">see there</a></p>'
Lesson.objects.create(module=module, title="Links", body=body, position=98)
print(lesson.pk, module.course_id)
"""


@pytest.mark.thorough
def test_deleting_undoing_and_the_bin_by_keyboard_without_scripts(new_page, sign_in_as, shell):
    pk, course = shell(CREATE_LESSON).split()
    page = new_page(script=False)
    sign_in_as(page, "instructor")
    page.goto(f"/admin/lessons/lesson/{pk}/delete/")
    enter(page, "Move to the bin")
    enter(page, "Undo")
    page.get_by_text("has been restored.").wait_for()
    page.goto(f"/admin/lessons/lesson/{pk}/delete/")
    enter(page, "Move to the bin")
    page.get_by_role("button", name="Undo").wait_for()
    page.goto(f"/admin/courses/course/{course}/bin/")
    enter(page, "Delete for good… (A lesson to lose)")
    page.get_by_text("This cannot be undone.").wait_for()
    enter(page, "Cancel")
    enter(page, "Restore (A lesson to lose)")
    page.get_by_text("has been restored.").wait_for()


def enter(page, name):
    """Go to the button or link of this name with Tab, from the one before it, and press Enter."""
    target = page.get_by_role("button", name=name, exact=True).or_(page.get_by_role("link", name=name, exact=True))
    target.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert target.evaluate("element => element === document.activeElement")
    page.keyboard.press("Enter")


@pytest.mark.thorough
def test_axe_finds_nothing_on_the_pages_of_the_bin(new_page, sign_in_as, shell):
    pk, course = shell(CREATE_LESSON).split()
    page = new_page()
    sign_in_as(page, "instructor")
    page.goto(f"/admin/lessons/lesson/{pk}/delete/")
    assert "see there" in page.get_by_role("main").inner_text()
    assert violations(page, narrow=True) == []
    page.get_by_role("button", name="Move to the bin").click()
    page.get_by_role("button", name="Undo").wait_for()
    assert violations(page) == []
    for address in (f"/admin/courses/course/{course}/bin/", f"/admin/lessons/lesson/{pk}/change/"):
        page.goto(address)
        assert violations(page, narrow=True) == [], address
