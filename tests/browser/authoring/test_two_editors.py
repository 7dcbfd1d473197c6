"""Two instructors edit one lesson: each sees the other, and nothing that one of them writes is lost."""

import pytest

from tests.browser.axe import violations

PREPARE = """
from lessons.accounts.models import User
from lessons.courses.models import Membership
from lessons.courses.services import enrol
from lessons.models import Lesson, Module
module = Module.objects.first()
ada = User.objects.get(email="learner-a@example.org")
ada.display_name = "Ada Lund"
ada.save()
Membership.objects.filter(user=ada, course=module.course).update(role=Membership.Role.INSTRUCTOR)
body = "<p>The first paragraph.</p><p>The second paragraph.</p>"
print(Lesson.objects.create(module=module, title="Together", slug="together", body=body).pk)
"""
UNDO = """
from lessons.accounts.models import User
from lessons.courses.models import Membership
from lessons.models import Lesson
Lesson.objects.filter(title__startswith="Together").delete()
Membership.objects.filter(user__email="learner-a@example.org").update(role=Membership.Role.LEARNER)
"""


def save(page, body):
    page.locator("[name=body]").fill(body)
    page.get_by_role("button", name="Save draft").click()


@pytest.mark.thorough
def test_two_people_edit_one_lesson_and_nothing_is_lost(new_page, sign_in_as, shell):
    """Ada has no script; the other sees her at once, writes with the editor, and what both wrote is merged."""
    url = f"/admin/lessons/lesson/{shell(PREPARE).strip()}/change/"
    ada, page = new_page(script=False), new_page()
    sign_in_as(ada, "learner-a")
    sign_in_as(page, "instructor")
    ada.goto(url)
    page.goto(url)
    page.locator("editing-presence").get_by_text("Ada Lund is also here").wait_for()
    surface = page.get_by_role("textbox", name="Text", exact=True)
    surface.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Typed in the editor.")
    page.get_by_role("button", name="Save draft").click()
    page.locator(".messagelist").wait_for()

    save(ada, "<p>The first paragraph, by Ada.</p><p>The second paragraph.</p>")
    ada.get_by_text("saved this lesson while you were writing").wait_for()
    joined = ada.locator("[name=body]").input_value()
    assert ("by Ada" in joined, "Typed in the editor" in joined) == (True, True)

    surface.click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Changed, too. ")
    page.locator(".editor-bar").get_by_role("button", name="Save draft").click()
    page.get_by_role("radio", name="Both, theirs first").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Save with these choices").click()
    page.get_by_text("Changed, too. The first paragraph.", exact=True).wait_for()
    page.get_by_text("The first paragraph, by Ada.", exact=True).wait_for()
    page.goto(url.replace("change", "history"))
    page.get_by_role("button", name="Compare the two chosen versions").click()
    page.get_by_role("heading", name="What changed").wait_for()
    assert violations(page) == []
    shell(UNDO)
