"""What a person does in a page, in any engine: by role and accessible name, with a mouse and a keyboard."""

import time

from tests.browser.engines.engine import ELEMENT, WebDriverError

ROLES = {
    "article": "article",
    "button": "button, summary, [role=button], input[type=submit]",
    "link": "a[href]",
    "option": "[role=option]",
    "radio": "input[type=radio]",
    "textbox": "input:not([type]), input[type=text], input[type=search], textarea, [role=textbox]",
}
KEYS = {
    "Enter": "\ue007",
    "Shift": "\ue008",
    "Control": "\ue009",
    "Escape": "\ue00c",
    "End": "\ue010",
    "ArrowLeft": "\ue012",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
}
VISIBLE = """
const [css, within] = arguments;
return [...(within ?? document).querySelectorAll(css)].filter((element) => element.checkVisibility({
  visibilityProperty: true }) && element.getClientRects().length);
"""
# The words on the page that anybody sees, including those of its shadow of text fields.
SHOWS = """
const [words, within] = arguments;
return (within ?? document.body).innerText.includes(words);
"""
ANNOUNCED = "return [...document.querySelectorAll('[role=status], [role=alert]')].map((e) => e.textContent)"
# The middles of the left edge of the first letter and of the right edge of the last one.
EDGES = """
const [css, words] = arguments, range = new Range();
const walker = document.createTreeWalker(document.querySelector(css), NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode, at = node.data.indexOf(words);
  if (at < 0) continue;
  node.parentElement.scrollIntoView({ block: "center", behavior: "instant" });
  range.setStart(node, at);
  range.setEnd(node, at + words.length);
  const boxes = [...range.getClientRects()], first = boxes[0], last = boxes.at(-1);
  return [first.left + 1, first.top + first.height / 2, last.right - 1, last.top + last.height / 2];
}
"""


class Page:
    """A browser at a site."""

    def __init__(self, command, server):
        self.command, self.server, self.is_open = command, server, False

    def goto(self, path):
        if self.is_open:  # else the page that is left complains that it lacks its files
            self.wait_until(lambda: self.script("return document.readyState === 'complete'"))
        self.is_open = True
        self.command("Navigate", url=path if ":" in path else f"{self.server}{path}")

    def script(self, code, *values):
        return self.command("ExecuteScript", script=code, args=list(values))

    def wait_until(self, happens, seconds=10):
        """Wait until a function returns something true; return it."""
        end = time.monotonic() + seconds
        while True:
            try:
                if found := happens():
                    return found
                problem = ""
            except WebDriverError as error:  # the page was replaced meanwhile, or something covers what is clicked
                problem = str(error)
            if time.monotonic() > end:
                raise AssertionError(f"{problem or 'nothing happened'}; the page shows\n{self.text()}")
            time.sleep(0.05)

    def text(self):
        return self.script("return document.body.innerText")

    def all(self, css, within=None):
        """Return what is visible of these elements."""
        return self.script(VISIBLE, css, within)

    def one(self, css, within=None):
        return self.wait_until(lambda: self.all(css, within))[0]

    def named(self, role, name, within=None):
        """Return the visible elements with this role, and this name or one that begins so."""
        elements = self.all(ROLES[role], within)
        return [element for element in elements if self.name_of(element).startswith(name)]

    def name_of(self, element):
        return self.command("GetComputedLabel", id=element[ELEMENT]).strip()

    def find(self, role, name, within=None):
        return self.wait_until(lambda: self.named(role, name, within))[0]

    def click(self, element):
        self.command("ElementClick", id=element[ELEMENT])

    def press(self, role, name, within=None):
        """Click once it is there and nothing covers it; scroll where something does, such as a bar at the bottom."""

        def click():
            found = self.named(role, name, within)
            if found:
                try:
                    self.click(found[0])
                except WebDriverError:
                    self.script("arguments[0].scrollIntoView({ block: 'center' })", found[0])
                    raise
            return bool(found)

        self.wait_until(click)

    def field(self, name, words, within=None):
        """Replace what is in a text field, as a person does."""
        element = self.find("textbox", name, within)
        self.click(element)
        self.keys("Control+a")
        self.type(words)

    def act(self, kind, actions, **parameters):
        source = {"type": kind, "id": kind, "actions": actions, **parameters}
        self.command("PerformActions", actions=[source])

    def type(self, words):
        """Press the key of each letter."""
        words = words.replace("\n", KEYS["Enter"])
        self.act("key", [{"type": kind, "value": letter} for letter in words for kind in ("keyDown", "keyUp")])

    def keys(self, *combinations):
        """Press keys such as `Control+b`."""
        for combination in combinations:
            pressed = [KEYS.get(key, key) for key in combination.split("+")]
            down = [{"type": "keyDown", "value": key} for key in pressed]
            self.act("key", [*down, *({"type": "keyUp", "value": key} for key in reversed(pressed))])

    def mark(self, css, words):
        """Select words with the mouse."""
        left, top, right, bottom = map(round, self.wait_until(lambda: self.script(EDGES, css, words)))

        def move(x, y, duration=0):
            return {"type": "pointerMove", "x": x, "y": y, "duration": duration, "origin": "viewport"}

        steps = [move(left, top), {"type": "pointerDown", "button": 0}, move(left + 30, top, 100)]
        steps += [move(right, bottom, 200), {"type": "pointerUp", "button": 0}]
        self.act("pointer", steps, parameters={"pointerType": "mouse"})

    def choose_file(self, element, path):
        self.command("ElementSendKeys", id=element[ELEMENT], text=str(path))

    def wait_for(self, words, within=None):
        self.wait_until(lambda: self.script(SHOWS, words, within))

    def wait_in(self, role, name, words):
        """Wait for the words in such an element, which the page's script may replace meanwhile."""
        self.wait_until(lambda: any(self.script(SHOWS, words, found) for found in self.named(role, name)))

    def wait_for_status(self, words):
        self.wait_until(lambda: any(words in said for said in self.script(ANNOUNCED)))

    def wait_for_path(self, part):
        self.wait_until(lambda: part in self.script("return location.href"))
