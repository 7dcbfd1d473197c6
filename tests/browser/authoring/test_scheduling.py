"""An instructor publishes: with few clicks, by keyboard alone, later, and several lessons at once."""

import re

import pytest

from tests.browser.authoring.test_authoring import ARTICLE
from tests.browser.axe import violations

# Counts what a mouse clicks, across pages.
COUNT_CLICKS = """addEventListener("click", (event) => {
  if (event.isTrusted && event.detail) sessionStorage.clicks = Number(sessionStorage.clicks ?? 0) + 1;
}, true);"""
CREATE_LESSONS = """
from lessons.models import Lesson, Module
module = Module.objects.create(course=Module.objects.first().course, title="%(title)s", slug="%(slug)s")
bodies = ['<h2>Walls</h2><p>See <a href="/lessons/0/gone/">the dunes</a>.</p>', "<p>Sand takes up the water.</p>"]
print(module.pk, *[
    Lesson.objects.create(module=module, title=f"Walls {n}", slug="walls", body=bodies[n]).pk for n in range(2)
])
"""


@pytest.fixture
def module(shell, request):
    """Return the ids of a draft module and its two drafts; the first has a dead link."""
    name = re.sub(r"\W+", "-", request.node.name)[-60:]
    return list(map(int, shell(CREATE_LESSONS % {"title": f"Coasts {name}", "slug": name}).split()))


@pytest.fixture
def author(new_page, sign_in_as):
    def open_page(**look):
        page = new_page(**look)
        sign_in_as(page, "instructor")
        return page

    return open_page


def clicks(page):
    """Return how often the mouse was clicked since this was last asked."""
    return page.evaluate(
        "() => { const n = Number(sessionStorage.clicks ?? 0); sessionStorage.clicks = 0; return n; }"
    )


@pytest.mark.thorough
def test_an_article_is_published_with_four_clicks_and_a_typo_corrected_with_three(author):
    page = author(once=True)
    page.add_init_script(COUNT_CLICKS)
    page.goto("/admin/")
    page.get_by_role("link", name="New module from an article").click()
    page.get_by_role("textbox", name="Paste the article").fill(ARTICLE.replace("the Coast", "the Clicks"))
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Create the module").click()
    page.get_by_role("button", name="Publish module with its").click()
    page.get_by_text("lessons were published.").wait_for()
    assert clicks(page) <= 4
    page.get_by_role("link", name="View on site").click()
    page.get_by_role("main").get_by_role("link", name="What a Lighthouse Does").first.click()
    page.wait_for_url("**/lessons/*/*/")
    clicks(page)
    page.get_by_role("link", name="Edit", exact=True).click()
    page.locator(".ProseMirror").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Corrected.")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_text("Revision 2 is published. Readers see it now.").wait_for()
    assert clicks(page) <= 3


@pytest.mark.thorough
def test_the_report_leads_to_the_place_in_the_text_and_the_time_is_chosen_by_keyboard(author, module):
    page = author()
    _module, lesson, _other = module
    page.goto(f"/admin/lessons/lesson/{lesson}/change/")
    page.locator(".ProseMirror").wait_for()
    page.get_by_text("Fix: the link “the dunes” is dead").wait_for()
    page.get_by_role("link", name="Change the link").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.matches('.ProseMirror') && String(getSelection()) === 'the dunes'")
    assert violations(page) == []
    page.locator("#schedule > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("12012036")
    page.keyboard.press("Tab")
    page.keyboard.type("0930AM")
    page.locator("#schedule").get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Save and schedule").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Walls 0” will be published at").wait_for()
    assert "Will be published at" in page.locator("#schedule").inner_text()
    assert "with its module" in page.locator("#schedule").inner_text()
    assert violations(page) == []
    page.get_by_role("button", name="Cancel publication").focus()
    page.keyboard.press("Enter")
    page.get_by_text("is no longer scheduled to be published").wait_for()


@pytest.mark.thorough
@pytest.mark.parametrize("look", [{"width": 390}, {"script": False}])
def test_ticked_lessons_are_scheduled_changed_published_and_withdrawn(author, module, look):
    page = author(**look)
    module, first, _second = module
    page.goto(f"/admin/lessons/module/{module}/change/")
    for n in range(2):
        page.get_by_role("checkbox", name=f"Walls {n}").check()
    assert look.get("script") is False or violations(page) == []
    page.get_by_role("button", name="Schedule…").click()
    page.get_by_text("1 to fix").click()
    page.get_by_text("the link “the dunes” is dead").wait_for()
    assert look.get("script") is False or violations(page) == []
    page.get_by_label("Publish at").fill("2036-12-01T09:30")
    page.get_by_role("button", name="Schedule", exact=True).click()
    page.get_by_text("2 lessons will be published at").wait_for()
    assert page.locator(".schedule-notices").count() == 2
    page.goto(f"/admin/lessons/lesson/{first}/schedule/")
    assert look.get("script") is False or violations(page) == []
    assert page.get_by_label("Publish at").input_value() == "2036-12-01T09:30"
    page.get_by_label("Publish at").fill("2036-12-02T09:30")
    page.get_by_role("button", name="Change the time").click()
    page.get_by_text("will be published at").first.wait_for()
    page.goto(f"/admin/lessons/module/{module}/change/")
    page.get_by_role("checkbox", name="Walls 1").check()
    page.get_by_role("button", name="Publish…").click()
    page.get_by_role("button", name="Publish 1 lesson now").click()
    page.get_by_text("1 lesson was published.").wait_for()
    page.get_by_role("checkbox", name="Walls 1").check()
    page.get_by_role("button", name="Withdraw…").click()
    page.get_by_role("button", name="Withdraw 1 lesson now").wait_for()
    assert look.get("script") is False or violations(page) == []
    page.get_by_role("button", name="Withdraw 1 lesson now").click()
    page.get_by_text("1 lesson was withdrawn.").wait_for()
