"""A search as a person meets it: typed, sent, and its result opened at the passage; without scripts as well."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations

COURSE = "/courses/alliances-and-diplomacy/"


@pytest.mark.thorough
def test_a_result_opens_the_text_at_its_passage_without_scripts(new_page):
    page = new_page(script=False)
    page.goto(f"{COURSE}search/")
    field = page.get_by_role("main").get_by_role("searchbox")
    field.fill("silence procedure")
    field.press("Enter")
    page.wait_for_url("**q=silence**")
    passage = page.locator('.result .passage a[href*="/lessons/"]').first
    words = passage.inner_text().strip("… ")[:60]
    passage.click()
    page.wait_for_url("**/lessons/**")
    paragraph = page.locator("[data-revision] p", has_text=words)
    expect(paragraph).to_be_in_viewport()


@pytest.mark.thorough
def test_axe_finds_nothing_on_the_results(page, sign_in_as):
    sign_in_as(page, "learner-a")
    page.goto(f"{COURSE}search/?q=silense+procedure")
    assert page.locator(".result").count()
    assert violations(page, narrow=True) == []
