"""An instructor's whole path: paste an article, review, edit, schedule and publish it, restore a version of a lesson.

By keyboard alone, by mouse, and by touch on a phone. How few clicks it takes, `test_scheduling.py` counts.
"""

import re

import pytest

ARTICLE = """<h1>Dikes {who}</h1><p>Whoever lives below the sea builds walls against it.</p>
<h2>How a dike is bilt</h2><p>A core of sand carries a coat of clay.</p>
<h2>Acknowledgements</h2><p>We thank the board of the polder.</p>
<h2>Watching a dike</h2><p>When the water is high, people walk along it at night.</p>"""
COPY = """(html) => navigator.clipboard.write([
  new ClipboardItem({ "text/html": new Blob([html], { type: "text/html" }) })
])"""
RUN_SCHEDULER = """
from datetime import datetime, UTC
from lessons.authoring.publishing.scheduling import run_due
run_due(datetime(2036, 12, 2, tzinfo=UTC), lambda: False)
"""
STATE = """
from lessons.models import Lesson
lesson = Lesson.objects.get(pk={})
print(lesson.module.state, lesson.current_revision.text, lesson.body, sep="\\n")
"""
FIRST = "<p>A core of sand carries a coat of clay.</p>"
SECOND = (
    "<p>A core of sand carries a coat of clay. Sods keep it.</p><h2>Sods</h2>"
    '<p>See the <a href="https://example.org/polder" rel="noopener noreferrer">polder</a></p>'
)
WORDS = "A core of sand carries a coat of clay. Sods keep it.SodsSee the polder"
HAS_FOCUS = "(element) => element === document.activeElement"
IS_AHEAD = """(element) => Boolean(
  document.activeElement.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING
)"""
# The editor hears of what the keyboard selects a moment later: sooner than anybody, but not than this test, types on.
UNTIL_SELECTED = """({ editor }) => new Promise((done) => {
  const look = () => editor.state.selection.empty ? requestAnimationFrame(look) : done();
  look();
})"""
FOCUS = "document.activeElement.outerHTML.slice(0, 200)"


class Mouse:
    """What a hand does on a page. `focus` selects what has the focus afterwards; only who uses the keyboard asks."""

    look = {}

    def __init__(self, page):
        self.page = page

    def go_to(self, element):
        element.click()

    def press(self, button, focus=None):
        self.go_to(button)

    def tick(self, box):
        self.go_to(box)

    def expect_focus(self, focus): ...

    def choose_time(self, field):
        field.fill("2036-12-01T09:30")

    def undo(self, focus):
        self.press(self.page.get_by_role("button", name="Undo"))

    def add_heading(self):
        self.press(self.page.get_by_role("button", name="Heading H2"))

    def add_link(self, address):
        self.press(self.page.get_by_role("button", name="Link", exact=True))
        self.page.keyboard.type(address)
        self.press(self.page.get_by_role("button", name="Save link"))

    def open_history(self):
        self.press(self.page.get_by_label("Draft").get_by_role("link", name="History", exact=True))

    def compare_with_oldest(self):
        self.press(self.page.get_by_role("radio", name="Old").last)
        self.press(self.page.get_by_role("button", name="Compare the two"))


class Touch(Mouse):
    look = {"width": 390, "height": 844, "touch": True}

    def go_to(self, element):
        element.tap()

    def open_history(self):
        menu = self.page.locator("editor-menu")
        self.press(menu.locator("summary"))
        self.press(menu.get_by_role("link", name="History", exact=True))


class Keyboard(Mouse):
    """Never clicks: reaches everything by the Tab key from where the step before has left the focus."""

    def go_to(self, element):
        handle = element.element_handle()
        handle.wait_for_element_state("visible")
        key = "Tab" if handle.evaluate(IS_AHEAD) else "Shift+Tab"
        for _stop in range(40):
            if handle.evaluate(HAS_FOCUS):
                return
            self.page.keyboard.press(key)
        pytest.fail(f"40 times {key} did not reach {element}, but {self.page.evaluate(FOCUS)}")

    def press(self, button, focus=None):
        self.go_to(button)
        self.page.keyboard.press("Enter")
        self.expect_focus(focus)

    def tick(self, box):
        self.go_to(box)
        self.page.keyboard.press("Space")

    def expect_focus(self, focus):
        if focus:
            self.page.locator(f"{focus}:focus").wait_for()

    def choose_time(self, field):
        self.go_to(field)
        self.page.keyboard.type("12012036")
        self.page.keyboard.press("Tab")
        self.page.keyboard.type("0930AM")

    def undo(self, focus):
        self.page.keyboard.press("Control+z")
        self.page.get_by_text("Undone").wait_for()
        self.expect_focus(focus)

    def add_heading(self):
        self.page.keyboard.press("Control+Alt+2")

    def add_link(self, address):
        self.page.keyboard.press("Control+k")
        self.page.keyboard.type(address)
        self.page.keyboard.press("Enter")
        self.expect_focus(".ProseMirror")

    def compare_with_oldest(self):
        oldest = self.page.get_by_role("radio", name="Old").last
        self.go_to(self.page.locator("[name=old]:checked"))
        while not oldest.is_checked():
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")


@pytest.fixture(params=[Keyboard, Mouse, Touch])
def hand(request, new_page, sign_in_as):
    page = new_page(**request.param.look)
    sign_in_as(page, "instructor")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return request.param(page)


@pytest.mark.thorough
def test_an_article_is_pasted_reviewed_edited_scheduled_published_and_restored(hand, shell):
    page = hand.page
    paste_article(hand, ARTICLE.format(who=type(hand).__name__))
    review(hand)
    hand.press(page.get_by_role("button", name="Create the module"), focus="#messages")
    page.get_by_text("The module was created as a draft.").wait_for()

    hand.press(page.get_by_role("main").get_by_role("link", name="How a dike is built", exact=True))
    write_lesson(hand)
    lesson = re.search(r"/(\d+)/change/", page.url)[1]
    schedule(hand)
    shell(RUN_SCHEDULER)
    assert shell(STATE.format(lesson)).splitlines() == ["published", WORDS, SECOND]

    page.reload()
    open_text(hand)
    page.keyboard.type(" at night")
    hand.press(page.get_by_role("button", name="Publish", exact=True), focus="#messages")
    page.get_by_text("Revision 2 is published. Readers see it now.").wait_for()

    hand.open_history()
    page.wait_for_url("**/history/")
    hand.compare_with_oldest()
    page.locator("ins", has_text="Sods keep it.").wait_for()
    hand.press(page.get_by_role("button", name="Restore Draft"), focus="#messages")
    page.get_by_text("Readers see no change until you publish.").wait_for()
    assert shell(STATE.format(lesson)).splitlines() == ["published", f"{WORDS} at night", FIRST]


def paste_article(hand, article):
    page = hand.page
    page.goto("/admin/")
    hand.press(page.get_by_role("link", name="New module from an article"))
    box = page.get_by_role("textbox", name="Paste the article")
    page.locator(".formatted-paste").wait_for(state="attached")
    page.evaluate(COPY, article)
    hand.go_to(box)
    page.keyboard.press("Control+v")
    box.get_by_role("heading", name="How a dike is bilt").wait_for()
    hand.expect_focus(".formatted-paste")
    hand.press(page.get_by_role("button", name="Continue"))


def review(hand):
    page = hand.page
    headings = page.get_by_role("textbox", name="Heading", exact=True)
    hand.go_to(headings.nth(1))
    page.keyboard.press("Control+a")
    page.keyboard.type("How a dike is built")
    thanks = page.get_by_role("region", name="Acknowledgements")
    hand.press(thanks.get_by_role("button", name="Leave out", exact=True), focus="input[value='Watching a dike']")
    page.locator(".omitted-here").wait_for()
    hand.undo(focus="input[value='Watching a dike']")
    thanks.wait_for()


def open_text(hand):
    page = hand.page
    text = page.locator(".ProseMirror[aria-label]")
    text.wait_for()
    hand.go_to(text)
    page.keyboard.press("Control+End")


def write_lesson(hand):
    page = hand.page
    open_text(hand)
    page.keyboard.type(" Sods keep it.")
    page.keyboard.press("Enter")
    page.keyboard.type("Sods")
    hand.add_heading()
    page.keyboard.press("Enter")
    page.keyboard.type("See the polder")
    page.keyboard.press("Control+Shift+ArrowLeft")
    page.locator(".ProseMirror").evaluate(UNTIL_SELECTED)
    with page.expect_response("**/draft/"):
        hand.add_link("example.org/polder")
    page.locator("[data-part=save-state]").filter(has_text=re.compile(r"Saved \d")).wait_for()
    hand.expect_focus(".ProseMirror")


def schedule(hand):
    section = hand.page.locator("#schedule")
    hand.press(section.locator("summary"), focus="#schedule > summary")
    hand.choose_time(section.get_by_label("Publish at"))
    hand.tick(section.get_by_role("checkbox", name="Publish the module too"))
    hand.press(section.get_by_role("button", name="Save and schedule"), focus="#messages")
    hand.page.locator("#messages", has_text="will be published at 1 Dec 2036, 09:30").wait_for()
