"""A teacher goes from a confusing passage to the editor, and takes passages from the board. No console errors."""

import pytest

from tests.browser.axe import violations

COURSE = "/courses/alliances-and-diplomacy/"
ASK = """
from uuid import uuid4
from lessons.accounts.models import User
from lessons.annotations.models import DEFAULT_LABELS
from lessons.annotations.passages import locate_passage
from lessons.annotations.services.annotate import annotate
from lessons.discussions.services.posting import prepare_post
from lessons.models import Lesson
lesson = Lesson.objects.with_course().get(title="Collective defence")
learner = User.objects.get(email="learner-a@example.org")
words = "such action as it deems necessary"
annotate(
    by=learner, lesson=lesson, passage=locate_passage(lesson.current_revision, exact=words), key=uuid4(),
    label=DEFAULT_LABELS[2], prepared=prepare_post("Who decides?", course=lesson.module.course), audience="course",
)
print(lesson.pk)
"""


@pytest.fixture
def lesson(shell):
    return shell(ASK).split()[-1]


@pytest.fixture
def staff(page, sign_in_as):
    sign_in_as(page, "instructor")
    return page


@pytest.mark.thorough
def test_a_teacher_edits_the_most_confusing_passage(staff, lesson):
    staff.goto(f"{COURSE}insight/")
    row = staff.locator(".confusion-board > li").filter(has_text="such action as it deems necessary")
    row.get_by_role("link", name="Edit text").click()
    staff.locator(".ProseMirror[aria-label]").wait_for()
    selected = "(words) => getSelection().toString().includes(words)"
    staff.wait_for_function(selected, arg="such action as it deems necessary")


@pytest.mark.thorough
def test_a_teacher_takes_a_passage_from_the_board_and_puts_it_back(staff, lesson):
    staff.goto(f"/lessons/{lesson}/insight/")
    row = staff.locator(".confusion-board > li").filter(has_text="such action as it deems necessary")
    row.get_by_role("button", name="Add to lecture note").click()
    row.get_by_role("button", name="In lecture note").wait_for()
    row.get_by_role("button", name="Dismiss").click()
    staff.get_by_role("button", name="Undo").click()
    row.wait_for()
    staff.goto(f"{COURSE}insight/lecture/")
    staff.get_by_text("Who decides?").first.wait_for()


@pytest.mark.thorough
def test_axe_finds_nothing_on_the_pages_of_insight(staff, lesson):
    pages = (f"/lessons/{lesson}/insight/", f"/lessons/{lesson}/insight/learners/", f"{COURSE}insight/")
    for address in (*pages, f"{COURSE}insight/lecture/"):
        staff.goto(address)
        assert violations(staff, narrow=True) == [], address
