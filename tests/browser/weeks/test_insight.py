"""A teacher finds what confuses the class most, rewrites it, and those who asked hear of it."""

import re

import pytest

PASSAGE, ADDED = "Six days later the matter was moved", " France had no chair in this committee. "


@pytest.mark.thorough
def test_the_most_confusing_passage_is_rewritten_and_those_who_asked_are_told(page_of):
    teacher = page_of("instructor")
    teacher.get_by_role("navigation", name="Course").get_by_role("link", name="Insight").click()
    first = teacher.get_by_role("main").get_by_role("listitem").first
    first.get_by_text("Who moved it?").wait_for()
    first.get_by_text("Confused 5").wait_for()
    first.get_by_role("link", name="Edit text").click()
    teacher.locator(".ProseMirror p", has_text=PASSAGE).click()
    teacher.keyboard.press("End")
    teacher.keyboard.type(ADDED)
    publish(teacher)

    asker = page_of("learner-b")
    asker.get_by_role("link", name=re.compile("new notification")).click()
    told = asker.get_by_role("main").get_by_role("listitem").filter(has_text="rewrote a passage you asked about")
    told.get_by_role("button", name=re.compile("Clear now")).click()
    asker.wait_for_load_state()

    teacher.goto("/courses/alliances-and-diplomacy/insight/")
    teacher.get_by_text("Clear now to 1–4").first.wait_for()


def publish(teacher):
    """Publish the lesson, and then what the page says it means for the notes on it."""
    teacher.get_by_role("button", name="Publish").click()
    teacher.get_by_role("heading", name="What happens to the notes").wait_for()
    teacher.get_by_role("button", name="Publish").click()
    teacher.get_by_text("Revision 2 is published.").wait_for()
