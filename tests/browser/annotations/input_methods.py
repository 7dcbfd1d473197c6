"""How people use the site: by mouse, by keyboard, by touch, without scripts, by accessible names."""

import re

from tests.browser.annotations.make import painted, until

# Calls a function with the text node and the offsets at which `words` occur.
WHERE = """(root, words) => {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.data.indexOf(words);
    if (at >= 0) return (%s)(walker.currentNode, at, at + words.length);
  }
}"""
# The middles of the left edge of the first letter and of the right edge of the last one.
EDGES = """(node, start, end) => {
  const range = new Range();
  range.setStart(node, start);
  range.setEnd(node, end);
  const boxes = [...range.getClientRects()], first = boxes[0], last = boxes.at(-1);
  return [first.left + 1, first.top + first.height / 2, last.right - 1, last.top + last.height / 2];
}"""
SELECT = "(node, start, end) => getSelection().setBaseAndExtent(node, start, node, end)"
# 0 where the focus is, else 1 or -1: behind it or before it in the page's order; null if it is gone.
FROM_FOCUS = """(element) => {
  const here = document.activeElement;
  if (element === here) return 0;
  if (!element.isConnected) return null;
  return here.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING ? -1 : 1;
}"""
FOCUSED = "[...CSS.highlights.get('annotation-focus') ?? []][0]"
IN_SIGHT = f"(({FOCUSED})?.startContainer.parentElement.getBoundingClientRect().top ?? Infinity) < innerHeight"


AUTHOR = "Leïla Benali"


class Way:
    """What all input methods share. `look` is passed to `new_page`."""

    look = {}

    def __init__(self, page):
        self.page = page

    def find(self, role, name, within=None):
        return (within or self.page).get_by_role(role, name=name, exact=True)

    def field(self, name, within=None):
        return self.find("textbox", name, within).or_(self.find("searchbox", name, within))

    def has_focus(self, target):
        target.and_(self.page.locator(":focus")).wait_for()

    def press(self, role, name, within=None):
        self.find(role, name, within).click()

    def send_to(self, audience, within):
        """Press the button that posts to the audience, which the menu beside it may have to show first."""
        button = within.get_by_role("button", name=audience)
        if not button.count():
            self.choose(within.get_by_label("Choose who can read it"), within.get_by_role("radio", name=audience))
        self.press("button", audience, within)

    def choose(self, menu, option):
        menu.click()
        option.check()

    def write(self, name, words, within=None):
        self.field(name, within).fill(words)

    def wait_for_status(self, words):
        self.page.get_by_role("status").filter(has_text=words).first.wait_for()

    def mark(self, words, label):
        """Select text and choose a label to write a note on it; return the form."""
        self.select(words)
        self.press("button", label, self.page.get_by_role("toolbar", name="Annotate this passage"))
        form = self.page.get_by_role("region", name="Your note")
        form.get_by_text(words, exact=True).wait_for()
        return form

    def to_card(self, name):
        """Go from the text to the note on the passage."""
        self.press("button", "1 note on this paragraph")
        return self.card(name)

    def card(self, name):
        card = self.find("article", name, self.page.get_by_role("complementary", name="Notes"))
        card.wait_for()
        return card

    def thank(self, card):
        self.press("button", f"Thank: {AUTHOR}", card)
        self.has_focus(card.get_by_role("button", name="Thanked · 1", pressed=True))

    def form_in(self, card):
        return card

    def wait_for_reply(self, card, words):
        """Wait for the reply in the card, which has regained the focus."""
        card.get_by_text(words).wait_for()
        self.wait_for_status("Reply posted.")
        self.has_focus(card)

    def wait_at_passage(self, name, words):
        """Wait until the page has scrolled to the painted passage; return the card of its note."""
        card = self.card(name)
        until(self.page, IN_SIGHT)
        assert painted(self.page, "focus") == [words]
        return card

    def to_list(self):
        self.open_menu(self.page.get_by_role("complementary", name="Notes"), "More about notes")
        self.press("link", "As a list")

    def open_menu(self, within, name="More"):
        within.locator("summary", has_text=name).first.click()


class ByMouse(Way):
    def select(self, words):
        text = self.page.locator("[data-revision]")
        text.get_by_text(words).scroll_into_view_if_needed()
        *begin, x, y = text.evaluate(WHERE % EDGES, words)
        self.page.mouse.move(*begin)
        self.page.mouse.down()
        self.page.mouse.move(x, y, steps=4)
        self.page.mouse.up()

    def write(self, name, words, within=None):
        self.field(name, within).click(click_count=3)
        self.page.keyboard.type(words)


class ByKeys(Way):
    """Keyboard only."""

    most = 120

    def tab_to(self, target):
        """Tab forwards or backwards, whichever leads there."""
        element = target.element_handle()
        for _ in range(self.most):
            way = element.evaluate(FROM_FOCUS)
            if way == 0:
                return
            if way is None:
                element = target.element_handle()
                continue
            self.page.keyboard.press("Tab" if way > 0 else "Shift+Tab")
        raise AssertionError(f"{target} is not reached by {self.most} presses of Tab")

    def press(self, role, name, within=None):
        self.tab_to(self.find(role, name, within))
        self.page.keyboard.press("Enter")

    def open_menu(self, within, name="More"):
        self.tab_to(within.locator("summary", has_text=name).first)
        self.page.keyboard.press("Enter")

    def choose(self, menu, option):
        self.tab_to(menu)
        self.page.keyboard.press("Enter")
        self.page.keyboard.press("Tab")
        self.press_until("ArrowDown", option.is_checked)
        self.page.keyboard.press("Enter")

    def write(self, name, words, within=None):
        self.tab_to(self.field(name, within))
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(words)

    def mark(self, words, label):
        """Select the sentence, then the words in it, checking what is announced."""
        self.begin_to_pick()
        status = self.page.get_by_role("status").last
        self.press_until("ArrowDown", lambda: words in status.inner_text())
        self.press_until("ArrowRight", lambda: status.inner_text() == words.split()[0])
        self.press_until("Shift+ArrowRight", lambda: status.inner_text() == words)
        self.page.keyboard.press("Enter")
        button = self.find("button", label, self.page.get_by_role("toolbar", name="Annotate this passage"))
        self.press_until("ArrowRight", lambda: button.evaluate(FROM_FOCUS) == 0)
        self.page.keyboard.press("Enter")
        form = self.page.get_by_role("region", name="Your note")
        self.has_focus(self.field("Your text", form))
        return form

    def begin_to_pick(self):
        self.page.keyboard.press("n")
        self.has_focus(self.page.get_by_role("application"))

    def press_until(self, key, is_there):
        for _ in range(12):
            if is_there():
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"{key} does not get there")

    def to_card(self, name):
        if self.page.get_by_role("application").is_visible():
            self.page.keyboard.press("Escape")
        card = super().to_card(name)
        self.has_focus(card)
        return card


class ByName(ByKeys):
    """Find things as a screen reader does: by role and name, one after the other, and by what is announced."""

    def press(self, role, name, within=None):
        self.find(role, name, within).press("Enter")

    def write(self, name, words, within=None):
        self.field(name, within).fill(words)

    def begin_to_pick(self):
        self.press("button", "Select with the keyboard")
        self.page.get_by_role("application", name=re.compile("^Select a passage")).wait_for()

    def card(self, name):
        notes = self.page.get_by_role("complementary", name="Notes")
        card = self.find("article", name, notes.get_by_role("list", name="Notes in the order of the text"))
        card.wait_for()
        return card


class ByTouch(Way):
    """Touch: whatever is tapped is on the small screen, and nothing makes the page wider."""

    look = {"width": 390, "height": 800, "touch": True}

    def tap(self, target):
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert 0 <= box["x"] < box["x"] + box["width"] <= 390, str(target)
        assert min(box["width"], box["height"]) >= 24 or target.evaluate(
            "e => getComputedStyle(e).display === 'inline'"
        )
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), self.page.url
        target.tap()

    def press(self, role, name, within=None):
        self.tap(self.find(role, name, within))

    def open_menu(self, within, name="More"):
        self.tap(within.locator("summary", has_text=name).first)

    def choose(self, menu, option):
        self.tap(menu)
        self.tap(option)

    def write(self, name, words, within=None):
        self.tap(self.field(name, within))
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(words)

    def select(self, words):
        """Select as the handles of a phone do, which are not part of the page."""
        self.page.locator("annotation-loader:defined").wait_for(state="attached")
        self.page.locator("h1").tap()
        self.page.locator(".annotation-toolbar").wait_for(state="attached")
        self.page.locator("[data-revision]").evaluate(WHERE % SELECT, words)
        bar = self.page.get_by_role("toolbar", name="Annotate this passage")
        bar.wait_for()
        assert abs(bar.bounding_box()["y"] + bar.bounding_box()["height"] - 800) < 1


class WithoutScript(Way):
    """On plain pages: a form, a list, a thread."""

    look = {"script": False}

    def mark(self, words, label):
        paragraph = self.page.get_by_role("paragraph").filter(has_text=words)
        paragraph.hover()
        self.press("link", "Note on this paragraph", paragraph)
        self.write("Passage", words)
        self.page.get_by_label("Label").select_option(label=label)
        return self.page.get_by_role("main")

    def to_card(self, name):
        self.to_list()
        return self.find("article", name)

    def to_list(self):
        if not re.search(r"/notes/(\?|$)", self.page.url):
            super().to_list()

    def thank(self, card):
        """Thank on the thread's page, and go back."""
        self.press("button", f"Thank: {AUTHOR}", card)
        self.page.get_by_role("button", name="Thanked · 1", pressed=True).wait_for()
        self.page.go_back()

    def form_in(self, card):
        return self.page.get_by_role("main")

    def wait_for_reply(self, card, words):
        """Find the reply on the thread's page, and go from there back to the text."""
        self.page.get_by_role("region", name="Posts").get_by_text(words).wait_for()
        self.page.get_by_role("main").get_by_role("link").first.click()

    def wait_at_passage(self, name, words):
        self.page.get_by_role("paragraph").filter(has_text=words).wait_for()
        return self.to_card(name)
