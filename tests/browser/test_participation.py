"""Participation in the browser: a teacher writes a rule, decides about a learner and undoes it; axe finds nothing."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations

COURSE = "/courses/alliances-and-diplomacy/"


@pytest.mark.thorough
def test_a_teacher_writes_a_rule_and_decides_about_a_learner(page, sign_in_as):
    sign_in_as(page, "instructor")
    page.goto(f"{COURSE}participation/")
    page.get_by_role("link", name="New rule").click()
    page.get_by_label("Name").fill("Spring term")
    page.get_by_label("notes", exact=True).fill("2")
    page.get_by_label("different days with a note").fill("2")
    page.get_by_role("button", name="Show as a sentence").click()
    expect(page.get_by_text("Write at least 2 notes on 2 different days.")).to_be_visible()
    assert violations(page, narrow=True) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Learners")).to_be_visible()
    assert violations(page, narrow=True) == []
    page.get_by_role("row").nth(1).get_by_role("link").click()
    page.get_by_label("Participation").select_option("Complete")
    page.get_by_label("Reason").fill("Gave a talk.")
    assert violations(page, narrow=True) == []
    page.get_by_role("button", name="Save decision").click()
    expect(page.get_by_text("Confirmed", exact=False).first).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("2 notes on 2 more days left").first).to_be_visible()
    page.get_by_role("link", name="What the staff did").click()
    assert violations(page, narrow=True) == []
    sign_in_as(page, "learner-a")
    page.goto(COURSE)
    page.get_by_role("link", name="Spring term").click()
    expect(page.get_by_role("heading", name="Your participation")).to_be_visible()
    assert violations(page, narrow=True) == []
