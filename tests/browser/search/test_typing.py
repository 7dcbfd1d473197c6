"""The search box suggests while one types: by keyboard, by mouse and on a phone; so does the form of a question."""

import pytest

from tests.browser.axe import violations

COURSE = "/courses/alliances-and-diplomacy/"
BOX = "Search this course"


def suggested(page, text):
    """Type into the box that has the focus; return the first suggestion once it is for all of the text."""
    page.keyboard.type(text)
    page.locator(".suggestions-foot a", has_text=f"“{text}”").wait_for()
    return page.get_by_role("option").first


@pytest.mark.sampled
def test_a_key_leads_from_a_lesson_to_suggestions_and_enter_to_the_passage(page, sign_in_as):
    sign_in_as(page, "learner-a")
    page.goto(f"{COURSE}lessons/")
    page.get_by_role("main").get_by_role("link", name="Cyber defence").first.click()
    page.wait_for_url("**/cyber-defence/", wait_until="domcontentloaded")
    page.keyboard.press("/")
    first = suggested(page, "silence proced")
    box = page.get_by_role("combobox", name=BOX)
    assert box.get_attribute("aria-activedescendant") == first.get_attribute("id")
    assert first.get_attribute("aria-selected") == "true"
    assert page.get_by_role("group", name="Glossary").get_by_role("option").locator("mark").count()
    assert violations(page) == []

    page.keyboard.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") is None
    page.keyboard.press("Escape")
    assert (first.is_visible(), box.input_value()) == (False, "silence proced")
    page.keyboard.press("ArrowDown")
    address = first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address.partition('#')[0]}*")


@pytest.mark.thorough
def test_a_click_opens_a_suggestion_or_all_results(page, sign_in_as):
    sign_in_as(page, "learner-a")
    page.goto(f"{COURSE}glossary/")
    box = page.locator(".course-bar input")
    box.click()
    page.keyboard.type("ゑ")
    page.get_by_role("status").filter(has_text="No results").wait_for()
    page.keyboard.press("Backspace")
    option = suggested(page, "consultation")
    page.get_by_role("main").click(position={"x": 5, "y": 5})
    option.wait_for(state="hidden")
    box.click()
    page.keyboard.type("s")
    page.locator(".suggestions-foot a").click()
    page.wait_for_url(f"**{COURSE}search/?q=consultations")


@pytest.mark.thorough
def test_on_a_phone_a_link_beside_the_bell_leads_to_a_box_that_suggests(new_page, sign_in_as):
    page = new_page(width=390, touch=True)
    sign_in_as(page, "learner-a")
    page.goto(COURSE)
    assert page.locator(".course-bar input").is_hidden()
    page.get_by_role("link", name=BOX).tap()
    page.wait_for_url(f"**{COURSE}search/")
    option = suggested(page, "silence")
    assert page.get_by_role("combobox", name=BOX).get_attribute("aria-activedescendant") is None
    assert violations(page, narrow=True) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    option.tap()
    page.wait_for_url("**/lessons/*/**")


@pytest.mark.thorough
def test_a_question_is_answered_before_it_is_asked(page, sign_in_as):
    sign_in_as(page, "learner-a")
    page.goto(f"{COURSE}discussions/new/?kind=question")
    title, answers = page.get_by_label("Title"), page.get_by_role("region", name="Has this been answered already?")
    title.click()
    page.keyboard.type("What is the silence procedure?")
    answers.get_by_role("listitem").first.wait_for()
    assert violations(page) == []
    page.get_by_label("Kind").select_option("discussion")
    answers.wait_for(state="detached")
    page.get_by_label("Kind").select_option("question")
    answer = answers.get_by_role("listitem").first
    assert answer.get_by_role("link").get_attribute("target") == "_blank"
    title.press("Enter")
    page.get_by_text("This field is required").wait_for()  # Enter sends the form, and does not say that it is answered
    answer.get_by_role("button", name="This answers it").click()
    page.get_by_role("status").filter(has_text="Your question hasn’t been posted").wait_for()
    page.goto(f"{COURSE}discussions/new/")
    assert title.input_value() == ""

    sign_in_as(page, "instructor")
    page.goto(COURSE)
    page.get_by_text("answered before", exact=False).wait_for()
