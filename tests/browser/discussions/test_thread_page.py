"""On a thread's page everything opens, changes and is undone where one is; the page is never loaded again."""

import pytest

from tests.browser.axe import violations
from tests.browser.discussions.test_discussions import ask
from tests.browser.discussions.test_sending import send

LOOKS = [{}, pytest.param({"width": 390, "touch": True}, marks=pytest.mark.thorough)]
# Counts the pages that were loaded, as long as the tab lives.
STAYS = "window.isSamePage = true"


def said(page, words):
    page.get_by_role("status").filter(has_text=words).wait_for()


def focused(page):
    return page.evaluate("(document.activeElement.ariaLabel ?? document.activeElement.textContent).trim()")


@pytest.mark.thorough
@pytest.mark.sampled
@pytest.mark.parametrize("look", LOOKS)
def test_an_author_edits_deletes_and_restores_a_post_where_it_is(new_page, sign_in_as, look):
    page = new_page(**look)
    sign_in_as(page, "learner-a")
    ask(page, "What is edited here?")
    page.evaluate(STAYS)
    send(page, "The first words.")
    post, panel = page.locator("#posts .post").last, page.locator(".in-place")
    post.get_by_role("link", name="Edit post 2").press("Enter")
    panel.get_by_label("Your text").fill("Other words.")
    panel.get_by_role("button", name="Save").click()
    post.locator(".post-body", has_text="Other words.").wait_for()
    assert focused(page).startswith("Edit post 2")
    post.get_by_role("link", name="edited").click()
    panel.get_by_text("The first words.").wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")
    panel.wait_for(state="detached")
    assert focused(page).startswith("edited")
    post.get_by_role("button", name="Delete post 2").click()
    said(page, "Your post has been deleted.")
    assert post.get_attribute("class") == "post tombstone"
    page.get_by_role("button", name="Undo").click()
    post.locator(".post-body", has_text="Other words.").wait_for()
    assert page.evaluate("window.isSamePage")


@pytest.mark.thorough
def test_staff_report_and_merge_by_searching_and_split_by_ticking(new_page, sign_in_as):
    page = new_page()
    sign_in_as(page, "assistant")
    target = ask(page, "Where does the fleet sail?")
    ask(page, "Fleet and sail")
    page.evaluate(STAYS)
    page.get_by_role("button", name="Pin").click()
    said(page, "The discussion is pinned")
    assert focused(page) == "Unpin"
    page.get_by_role("button", name="Undo").click()
    said(page, "Undone.")
    page.get_by_role("link", name="Move").click()
    page.get_by_label("Lesson").select_option(index=1)
    page.locator(".in-place").get_by_role("button", name="Move").click()
    said(page, "has been moved")
    page.get_by_role("link", name="Merge").click()
    page.get_by_role("main").get_by_role("searchbox").fill("flêet WHERE")
    page.locator(".merge-targets li").nth(1).wait_for(state="detached")
    page.get_by_role("radio", name="Where does the fleet sail?").check()
    assert violations(page) == []
    assert page.evaluate("window.isSamePage")
    page.get_by_role("button", name="Merge into the chosen discussion").click()
    page.wait_for_url(target)
    said(page, "“Fleet and sail” has been merged into this discussion.")
    page.get_by_role("link", name="Split", exact=True).click()
    page.get_by_role("checkbox", name="Split off post 2").check()
    page.get_by_label("Title of the new discussion").fill("A fleet of its own")
    assert violations(page) == []
    page.get_by_role("button", name="Split into a new discussion").click()
    page.get_by_role("heading", name="A fleet of its own").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url(target)
    assert page.locator("#posts .post").count() == 2
