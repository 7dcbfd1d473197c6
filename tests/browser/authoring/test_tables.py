"""The tables of glossary and timeline by keyboard. Any violation of the CSP is a failure."""

import pytest
from playwright.sync_api import expect

FOCUSED = "document.activeElement.name"


@pytest.mark.thorough
def test_rows_are_written_sorted_and_saved_by_keyboard(new_page, sign_in_as):
    page = new_page(width=390)
    sign_in_as(page, "instructor")
    page.goto("/admin/lessons/module/1/glossary/")
    page.locator("[name=new-2-term]").fill("zeal")
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED) == "new-3-term"
    page.keyboard.type("Aachen")
    page.keyboard.press("Tab")
    page.keyboard.type("A city of treaties.")
    page.get_by_role("link", name="Term", exact=True).click()
    first = page.locator("tbody tr").first
    expect(first.locator("[name$=-term]")).to_have_value("zeal")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".errornote")).to_contain_text("1 row needs your attention")
    wrong = page.locator("tr.is-wrong [name$=-definition]")
    assert wrong.get_attribute("aria-describedby") == page.locator(".row-details .row-error").get_attribute("id")
    wrong.fill("Much of it is too much.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".messagelist")).to_contain_text("Saved: 2 new, 0 changed, 0 deleted.")
    for term in ("zeal", "Aachen"):
        page.get_by_label(f"Delete {term}", exact=True).check()
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator(".messagelist")).to_contain_text("Saved: 0 new, 0 changed, 2 deleted.")
