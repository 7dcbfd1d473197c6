"""The course website as a person meets it: with a pointer, by keyboard, by touch, without scripts, on paper."""

import pytest

from tests.environment import sample

COURSE = "/courses/alliances-and-diplomacy/"
MODULE = f"{COURSE}modules/military-diplomacy-in-nato/"
CASE = "Operation Allied Force"


def open_lesson(page, name=CASE):
    page.goto(MODULE)
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()
    page.wait_for_url("**/lessons/**")
    return page


def card(page):
    return page.locator(".term-card")


def first_term(page):
    return page.locator("[data-revision] a.term").first


@pytest.mark.thorough
def test_a_term_explains_itself_under_the_pointer_until_escape(page):
    open_lesson(page)
    first_term(page).hover()
    card(page).wait_for()
    card(page).hover()
    page.wait_for_timeout(500)
    card(page).wait_for()
    page.keyboard.press("Escape")
    card(page).wait_for(state="hidden")


@pytest.mark.thorough
def test_a_term_explains_itself_to_the_keyboard(page):
    open_lesson(page)
    page.get_by_role("link", name="Skip to the text").press("Enter")
    page.keyboard.press("Tab")
    while not page.evaluate("document.activeElement.matches('a.term')"):
        page.keyboard.press("Tab")
    card(page).wait_for()
    described = page.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-describedby')).innerText"
    )
    assert page.evaluate("document.activeElement.textContent").lower() in described.lower()


@pytest.mark.thorough
def test_a_tap_shows_the_definition_and_a_tap_elsewhere_hides_it(new_page):
    page = open_lesson(new_page(width=390, height=800, touch=True))
    card(page).wait_for(state="attached")  # a tap before the script is there follows the link to the definition
    first_term(page).tap()
    card(page).wait_for()
    page.locator("h1").tap()
    card(page).wait_for(state="hidden")


def test_the_outline_marks_the_section_that_one_reads(page):
    open_lesson(page)
    heading = page.locator("[data-revision] h2").nth(1)
    heading.evaluate("heading => heading.scrollIntoView({ behavior: 'instant' })")
    page.locator(".headings [aria-current=location]:visible", has_text=heading.inner_text()).wait_for()


@pytest.mark.thorough
def test_the_reading_position_is_saved_and_restored_only_on_request(page, sign_in_as):
    sign_in_as(page, "learner-b")
    open_lesson(page)
    with page.expect_response("**/progress/"):
        page.evaluate("scrollTo({ top: 1500, behavior: 'instant' })")
    page.goto("about:blank")
    open_lesson(page)
    assert page.evaluate("scrollY") == 0
    page.get_by_role("link", name="Continue where you left off").click()
    page.wait_for_timeout(1500)
    assert abs(page.evaluate("scrollY") - 1500) < 120


@pytest.mark.thorough
def test_a_sheet_opens_on_a_narrow_screen_and_closes_when_a_heading_is_chosen(new_page):
    page = open_lesson(new_page(width=390, height=800))
    page.locator("#outline").wait_for(state="hidden")
    page.get_by_role("button", name="Contents").click()
    page.locator("#outline").get_by_role("link", name="The argument since").click()
    page.locator("#outline").wait_for(state="hidden")
    assert page.url.endswith("#sec-the-argument-since")


@pytest.mark.thorough
def test_without_scripts_a_term_leads_to_its_definition_and_the_button_marks_as_read(new_page, sign_in_as):
    page = new_page(script=False)
    sign_in_as(page, "learner-a")
    open_lesson(page)
    first_term(page).click()
    page.locator(".terms :target").wait_for()
    page.get_by_role("button", name="Mark as read").click()
    page.get_by_text("You have read this.").wait_for()
    page.get_by_role("button", name="Mark as unread").click()
    page.get_by_role("button", name="Mark as read").wait_for()


@pytest.mark.sampled
@pytest.mark.parametrize(
    "address", sample(["/", COURSE, MODULE, f"{COURSE}glossary/", f"{COURSE}timeline/", "/nowhere/"], parts=2)
)
def test_nothing_scrolls_sideways_on_the_smallest_screen(new_page, address):
    page = new_page(width=320, height=640)
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.thorough
def test_a_lesson_fits_the_smallest_screen_and_text_twice_as_large(new_page):
    page = open_lesson(new_page(width=320, height=640))
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page = open_lesson(new_page(width=1280, height=800))
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_the_facts_of_a_case_study_are_not_indented_as_definitions_in_its_text_are(page):
    open_lesson(page)
    indents = "all => [...new Set(all.map((dd) => getComputedStyle(dd).paddingInlineStart))]"
    assert page.locator(":is(.facts, .lesson-footer) dd").evaluate_all(indents) == ["0px"]


def test_a_lesson_takes_at_most_eight_requests(page):
    open_lesson(page)
    page.wait_for_load_state("networkidle")
    seen = []
    page.on("request", lambda request: seen.append(request.url))
    page.reload(wait_until="networkidle")
    assert len(seen) <= 8, seen


@pytest.mark.thorough
def test_on_paper_only_the_article_is_left(page):
    open_lesson(page)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.emulate_media(media="print")
    page.locator("h1").wait_for()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    for part in (".site-bar", "#outline", "#margin", ".next-lesson", ".reading-bar", ".site-footer"):
        page.locator(part).wait_for(state="hidden")
