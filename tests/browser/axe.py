"""Accessibility checks by axe: any violation on a page fails the test."""

from axe_playwright_python.sync_playwright import Axe

from tests.environment import THOROUGH

AXE = Axe()
# Preloading fetches style sheets by addresses of its own and fills the console.
OPTIONS = {"resultTypes": ["violations"], "preload": False}
COLOURS = ["color-contrast", "link-in-text-block"]
# One of axe's experiments is criterion 2.5.3: what a button shows is in its name.
RULES = {"label-content-name-mismatch": {"enabled": True}, **{rule: {"enabled": False} for rule in COLOURS}}
STRUCTURE = {**OPTIONS, "rules": RULES}
# Colours are those at the end of a transition; what is hidden meanwhile would never come to its end by itself. To find
# them takes most of the time: of siblings with the same classes, such as the rows of a table, the first few will do.
RUN = """async ({options, alike}) => {
  await new Promise((done) => requestAnimationFrame(done));
  const isFinite = (change) => Number.isFinite(change.effect.getComputedTiming().endTime);
  document.getAnimations().filter(isFinite).forEach((change) => change.finish());
  const repeated = (element) => {
    let before = 0;
    for (let other = element; before <= alike && (other = other.previousElementSibling);)
      if (other.tagName === element.tagName && other.className === element.className) before += 1;
    return before > alike;
  };
  const exclude = alike ? [...document.querySelectorAll("body *")].filter(repeated) : [];
  const found = await axe.run({include: [document], exclude}, options);
  return found.violations.map((violation) => ({id: violation.id, html: violation.nodes[0].html}));
}"""
# Links in a sentence may be lower. With letters so close, words are narrower than in any font.
SMALL_TARGETS = """() => {
  const { style } = document.body;
  style.letterSpacing = "-.2em";
  const targets = "a, button, summary, select, input:not([type=checkbox], [type=radio])";
  const small = [...document.querySelectorAll(targets)].filter((target) => {
    const { width, height } = target.getBoundingClientRect();
    return target.checkVisibility({ visibilityProperty: true }) && !target.closest(".visually-hidden, .skip-link")
      && getComputedStyle(target).display !== "inline" && Math.min(width, height) < 24;
  });
  style.letterSpacing = "";
  return small.map((target) => ({ id: "target-size", html: target.outerHTML.slice(0, 200) }));
}"""
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


def violations(page, narrow=False):
    """Return the rules that are violated, each with the first element that violates it.

    A page in light colours is checked in dark ones too: with `narrow` on a narrow screen for every rule; in a thorough
    run, all other pages for the rules about colours. On the same page, because to load it and axe again takes longer
    than to check it.
    """
    page.wait_for_load_state("load")
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(AXE.axe_script)
    found = broken(page, STRUCTURE) + broken_colours(page) + page.evaluate(SMALL_TARGETS)
    if (narrow or THOROUGH) and page.evaluate("matchMedia('(prefers-color-scheme: light)').matches"):
        page.emulate_media(color_scheme="dark")
        found += narrow_violations(page) if narrow else broken_colours(page)
        page.emulate_media(color_scheme="light")
    return [f"{violation['id']}: {violation['html'][:200]}" for violation in found]


def broken(page, options, alike=0):
    return page.evaluate(RUN, {"options": options, "alike": alike})


def broken_colours(page):
    return broken(page, {**OPTIONS, "runOnly": COLOURS}, alike=3)


def narrow_violations(page):
    size = page.viewport_size
    page.set_viewport_size({**size, "width": 390})
    found = broken(page, STRUCTURE) + broken_colours(page)
    if page.evaluate(TOO_WIDE):
        found.append({"id": "wider than the screen", "html": page.url})
    page.set_viewport_size(size)
    return found
