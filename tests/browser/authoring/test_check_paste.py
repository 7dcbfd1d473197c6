"""A check that is copied in the editor of one lesson, and pasted in that of another, is a check of its own there."""

import pytest

pytestmark = pytest.mark.thorough
CREATE = """
from lessons.models import Lesson, Module
from lessons.practice.checks import Check, Kind
from lessons.practice.writing import add_check
one, other = (Lesson.objects.create(module=Module.objects.first(), title=t, slug=t) for t in ("ebb", "flood"))
row = add_check(lesson=one, check=Check(Kind.SHORT, "What rises?", accepted=("water",)))
one.body, other.body = f'<p>Before.</p><hr data-check="{row.uid}">', "<p>There.</p>"
one.save()
other.save()
print(one.pk, other.pk, row.uid)
"""
READ = """
from lessons.models import Lesson
other = Lesson.objects.get(pk={})
print(other.checks.get().uid, other.body)
"""


def open_editor(page, pk):
    page.goto(f"/admin/lessons/lesson/{pk}/change/")
    text = page.locator(".ProseMirror[aria-label]")
    text.wait_for()
    return text


def test_a_pasted_check_is_shown_as_a_check_of_its_own(new_page, sign_in_as, shell):
    one, other, uid = shell(CREATE).split()
    page = new_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in_as(page, "instructor")
    open_editor(page, one).get_by_text("What rises?").click()
    page.keyboard.press("Control+c")
    text = open_editor(page, other)
    text.locator("p").click()
    page.keyboard.press("End")
    page.keyboard.press("Control+v")
    page.get_by_text("Checks that you pasted are checks of their own here").wait_for()
    text.locator(".check-place").filter(has_text="Check 1").filter(has_text="What rises?").wait_for()
    copy, body = shell(READ.format(other)).split(maxsplit=1)
    assert copy != uid
    assert f'<hr data-check="{copy}">' in body
    assert uid not in body
