"""The page of a lesson: saving as one types, tools by keyboard, a phone. Any violation of the CSP is a failure."""

import pytest

from tests.browser.axe import violations

CREATE = """
from lessons.models import Lesson, Module
body = "<p>Twice a day the water rises.</p>"
print(Lesson.objects.create(module=Module.objects.first(), title="Tides", slug="tides", body=body).pk)
"""
LATEST = "from lessons.models import Lesson\nprint(Lesson.objects.get(pk={}).body)"
OFFLINE = "void (window.online = window.fetch, window.fetch = () => Promise.reject(new TypeError()))"
ONLINE = "void (window.fetch = window.online, window.dispatchEvent(new Event('online')))"
STOPPED = "void (window.fetch = () => new Promise(() => {}))"


@pytest.fixture
def pk(shell):
    return shell(CREATE).strip()


@pytest.fixture
def open_lesson(new_page, sign_in_as, pk):
    """Return a function that opens the lesson in the editor; its arguments are those of `new_page`."""

    def open_page(page=None, **look):
        if page is None:
            page = new_page(**look)
            sign_in_as(page, "instructor")
        page.goto(f"/admin/lessons/lesson/{pk}/change/")
        text_of(page).wait_for()
        return page

    return open_page


def text_of(page):
    return page.locator(".ProseMirror[aria-label]")


def write(page, words):
    text_of(page).locator("p").first.click()
    page.keyboard.press("End")
    page.keyboard.type(words)


def state(page, says):
    page.locator("[data-part=save-state]").filter(has_text=says).wait_for()


@pytest.mark.thorough
def test_words_are_saved_as_they_are_typed_and_survive_whatever_happens(open_lesson, shell, pk):
    page, held = open_lesson(), []
    page.route("**/draft/", lambda route: held.append(route), times=1)
    write(page, " One.")
    state(page, "Saving…")
    held[0].continue_()
    state(page, "Saved")
    assert "One." in shell(LATEST.format(pk))

    page.evaluate(OFFLINE)
    write(page, " Two.")
    page.keyboard.press("Control+s")
    state(page, "Not saved: offline")
    page.evaluate(ONLINE)
    state(page, "Saved")
    assert "Two." in shell(LATEST.format(pk))

    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    write(page, " Three.")
    page.keyboard.press("Control+s")
    state(page, "Not saved: signed out")
    page.context.add_cookies(cookies)
    page.evaluate("dispatchEvent(new Event('focus'))")
    state(page, "Saved")

    page.evaluate(STOPPED)  # as if the browser had crashed
    write(page, " Four.")
    page.wait_for_timeout(300)
    other = open_lesson(page.context.new_page())
    state(other, "Not saved yet")
    assert "Three. Four." in text_of(other).inner_text()
    other.get_by_role("button", name="Save it").click()
    other.get_by_text("The draft was saved.").wait_for()
    assert "Four." in shell(LATEST.format(pk))


def wait_for_the_caret(page):
    """Wait until the browser has told the editor where the caret is, which it does after the key or click."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)))")


@pytest.mark.thorough
def test_every_tool_is_reached_by_keyboard_and_says_its_state(open_lesson):
    page = open_lesson()
    focused = "document.activeElement.getAttribute('aria-label')"
    write(page, "")
    page.keyboard.press("Alt+F10")
    assert page.evaluate(focused) == "Heading H2"
    page.keyboard.press("Enter")
    text_of(page).locator("h2").wait_for()
    page.locator("button[aria-label='Heading H2'][aria-pressed=true]").wait_for()
    page.keyboard.press("Alt+F10")
    page.keyboard.press("End")
    assert page.evaluate(focused) == "More formatting"
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "Heading H2"
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Alt+2")
    page.keyboard.press("Control+Alt+n")
    assert text_of(page).locator("aside.callout-note strong").inner_text() == "Note"
    page.get_by_label("Kind").select_option("warning")
    assert text_of(page).locator("aside.callout-warning strong").inner_text() == "Warning"
    page.keyboard.press("Control+Alt+n")
    assert text_of(page).locator("aside").count() == 0

    page.keyboard.press("Control+Alt+t")
    page.keyboard.press("Enter")
    cells = text_of(page).locator("th, td")
    page.get_by_role("toolbar", name="Table").wait_for()
    page.keyboard.press("Alt+Shift+ArrowDown")
    page.keyboard.press("Alt+Shift+ArrowRight")
    assert cells.count() == 16
    page.keyboard.press("Alt+Shift+Backspace")
    page.keyboard.press("Alt+Shift+Delete")
    assert cells.count() == 9

    text_of(page).locator("p", has_text="Twice").click()
    wait_for_the_caret(page)
    page.keyboard.press("Control+Alt+c")
    page.get_by_label("Language").select_option("python")
    assert text_of(page).locator("code.language-python").count() == 1
    page.keyboard.press("Control+Alt+c")
    text_of(page).get_by_text("water").dblclick(position={"x": 5, "y": 5})
    page.keyboard.press("Control+k")
    page.keyboard.type("example.org")
    page.keyboard.press("Enter")
    text_of(page).locator("a[href='https://example.org']").wait_for()
    page.keyboard.press("End")
    wait_for_the_caret(page)
    page.keyboard.press("Control+Alt+f")
    page.keyboard.type("Second")
    text_of(page).locator("p", has_text="Twice").click()
    wait_for_the_caret(page)
    page.keyboard.press("Home")
    wait_for_the_caret(page)
    page.keyboard.press("Control+Alt+f")
    page.keyboard.type("First")
    page.keyboard.press("Enter")
    page.keyboard.type("And more")
    assert text_of(page).locator(".footnotes li").all_inner_texts() == ["First\n\nAnd more ↩", "Second ↩"]
    text_of(page).locator("p", has_text="Twice").click()
    page.keyboard.press("End")
    page.keyboard.type(" Again.")
    assert text_of(page).locator("sup").all_inner_texts() == ["[1]", "[2]"]
    text_of(page).locator("p", has_text="Twice").click()
    wait_for_the_caret(page)
    page.keyboard.press("Control+Alt+g")
    page.get_by_label("Term", exact=True).fill("rises")
    page.get_by_label("Definition", exact=True).fill("Goes up.")
    page.get_by_role("button", name="Save term").click()
    text_of(page).locator(".term", has_text="rises").wait_for()


@pytest.mark.thorough
def test_a_typo_is_fixed_and_published_on_a_phone(open_lesson):
    page = open_lesson(width=390, height=844, touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(page) == []
    text_of(page).locator("p").first.tap()
    page.keyboard.press("End")
    page.keyboard.type(" And falls.")
    page.get_by_role("button", name="Bold").tap()
    page.keyboard.type(" Often.")
    assert text_of(page).locator("strong").inner_text().strip() == "Often."
    page.get_by_role("button", name="Publish", exact=True).tap()
    page.get_by_text("Readers see it now.").wait_for()
