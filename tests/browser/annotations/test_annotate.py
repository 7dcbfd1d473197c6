"""Creating notes: what the test of the whole lifecycle (`test_annotation_lifecycle.py`) does not cover."""

import pytest

from tests.browser.axe import violations
from tests.browser.compose import send_to
from tests.browser.lesson_text import LESSON_TEXT

MODULE = "/courses/alliances-and-diplomacy/modules/military-diplomacy-in-nato/"
CASE = "Operation Allied Force"
SELECT = """([words, end]) => {
  const root = document.querySelector("[data-revision]");
  const place = (word) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const at = walker.currentNode.data.indexOf(word);
      if (at >= 0) return [walker.currentNode, at];
    }
  };
  const range = new Range(), [last, at] = place(end);
  range.setStart(...place(words));
  range.setEnd(last, at + end.length);
  last.parentElement.scrollIntoView({ block: "center", behavior: "instant" });
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""

LISTEN = """document.addEventListener("annotation-changed", ({ detail }) => {
  document.documentElement.dataset.made = detail.id;
})"""


def open_lesson(page, sign_in_as, who="learner-a", name=CASE):
    sign_in_as(page, who)
    page.goto(MODULE)
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()
    page.wait_for_url("**/lessons/**")
    return page


def ready(page):
    """Touch the page once its script has loaded, which loads the tools for annotating."""
    page.locator("annotation-loader:defined").wait_for(state="attached")
    page.locator("h1").click()
    page.locator(".annotation-toolbar").wait_for(state="attached")


def select(page, words, end=None):
    page.evaluate(SELECT, [words, end or words])


def listen(page):
    """Listen for the page's events about new notes, as the margin does."""
    page.evaluate(LISTEN)


def made(page):
    page.locator("html[data-made]").wait_for(state="attached")
    return page.locator("html").get_attribute("data-made")


def first_words(page, n=2):
    """Return the beginning of the nth paragraph's first text node."""
    return page.locator("[data-revision] p").nth(n).evaluate("e => e.firstChild.data.slice(0, 24).trim()")


def test_highlight_undo_and_write_by_mouse_and_send_what_waits_for_the_server(page, sign_in_as):
    open_lesson(page, sign_in_as)
    listen(page)
    box = page.locator("[data-revision] p").first.bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 240, box["y"] + 12, steps=4)
    page.mouse.up()
    page.get_by_role("toolbar").get_by_role("button", name="Confused").click()
    page.get_by_text("Confused. Only you can see it.").first.wait_for()
    page.get_by_role("button", name="Post to Group").first.click()
    page.get_by_text("Group A can read it now").first.wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Highlight deleted.").first.wait_for()

    select(page, first_words(page), first_words(page, 3))
    page.get_by_role("toolbar").get_by_role("button", name="Question").click()
    page.get_by_label("Your text").fill("Who **paid** for it?")
    page.get_by_role("button", name="Preview").click()
    page.locator(".preview strong").wait_for()
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError()) }")
    page.get_by_role("button", name="Post to Group").first.click()
    page.get_by_text("There is no connection.").first.wait_for()
    page.reload()
    page.get_by_role("status").filter(has_text="this was sent: “Who **paid** for it?”").wait_for()
    page.get_by_role("status").get_by_role("link", name="Show").click()
    page.locator(".cards .post-body strong", has_text="paid").wait_for()


@pytest.mark.thorough
def test_shortcuts_are_listed_submit_and_can_be_turned_off(page, sign_in_as):
    open_lesson(page, sign_in_as)
    listen(page)
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.get_by_role("application").wait_for()
    for key in ("ArrowDown", "Enter", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.keyboard.type("By keyboard.")
    page.keyboard.press("Control+Enter")
    made(page)
    assert page.evaluate("document.activeElement.matches('.keyboard-selection')")
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Keys").press("Enter")
    page.get_by_label("Use the single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    assert page.get_by_role("application").count() == 0


@pytest.mark.thorough
def test_selection_beyond_the_text_is_clipped_to_it(page, sign_in_as):
    open_lesson(page, sign_in_as, "learner-b", "Collective defence")
    ready(page)
    listen(page)
    words = page.evaluate(LESSON_TEXT).strip()
    page.evaluate("getSelection().selectAllChildren(document.body)")
    page.get_by_role("toolbar").get_by_role("button", name="Highlight").click()
    page.goto(f"/notes/{made(page)}/edit/")
    assert page.locator("blockquote.passage").evaluate("e => e.textContent") == words


@pytest.mark.thorough
@pytest.mark.parametrize("look", [{}, pytest.param({"width": 390}, marks=pytest.mark.thorough)])
def test_axe_finds_nothing_while_a_note_is_created(new_page, sign_in_as, look):
    page = open_lesson(new_page(**look), sign_in_as, "learner-b")
    ready(page)
    select(page, first_words(page))
    page.get_by_role("toolbar").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Highlight").click()
    page.get_by_role("button", name="Undo").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Add a comment").click()
    page.get_by_label("Your text").fill("Now with words")
    assert violations(page) == []
    address = page.locator("annotation-loader").get_attribute("data-href")
    send_to(page, "Save, only for me")
    page.get_by_role("region", name="Your note").wait_for(state="hidden")
    page.goto(f"{address}?block=0")
    assert violations(page) == []
