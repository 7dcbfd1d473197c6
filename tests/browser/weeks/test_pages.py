"""axe finds nothing on the pages of the demo class, in light or dark colours, on wide or narrow screens."""

import pytest

from tests.browser.axe import violations

COURSE = "/courses/alliances-and-diplomacy/"
DISCUSSIONS = f"{COURSE}discussions/"
PAGES = {
    "learner-a": [
        "/",
        COURSE,
        f"{COURSE}lessons/",
        DISCUSSIONS,
        f"{DISCUSSIONS}text/",
        "/notifications/",
        "/notebook/",
        "/review/",
        f"{COURSE}work/",
        f"{COURSE}participation/",
    ],
    "assistant": [COURSE, f"{DISCUSSIONS}inbox/", f"{COURSE}members/"],
    "instructor": [COURSE, f"{COURSE}insight/", f"{COURSE}participation/"],
}
LESSON = "Collective defence"
THREADS = ["Does silence really mean consent?", "هل التشاور التزام قانوني؟", "Our presentation: who does what?"]


@pytest.mark.thorough
@pytest.mark.parametrize("who", PAGES)
def test_pages_full_of_what_a_class_has_written(page_of, who):
    page = page_of(who)
    for address in PAGES[who]:
        page.goto(address)
        assert violations(page, narrow=True) == [], address


@pytest.mark.thorough
def test_a_lesson_with_its_notes_and_the_discussions_about_it(page_of):
    page = page_of("learner-a")
    page.goto(f"{COURSE}lessons/")
    page.get_by_role("main").get_by_role("link", name=LESSON).click()
    page.locator(".annotation").first.wait_for()
    assert violations(page, narrow=True) == []
    for title in THREADS:
        page.goto(DISCUSSIONS)
        page.get_by_role("link", name=title).click()
        page.get_by_role("heading", name=title, level=1).wait_for()
        assert violations(page, narrow=True) == [], title
