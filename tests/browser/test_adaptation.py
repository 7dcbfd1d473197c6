"""Nothing is cut off or covered when readers adapt a page: narrow, large text, wide spacing, by the keyboard."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import TOO_WIDE

COURSE = "/courses/alliances-and-diplomacy/"
VISITOR = ["/", COURSE, "/accounts/login/", "/accounts/signup/"]
LEARNER = [COURSE, f"{COURSE}discussions/", f"{COURSE}discussions/new/", "/notebook/", "/accounts/profile/"]
STAFF = [f"{COURSE}members/", f"{COURSE}groups/", f"{COURSE}discussions/inbox/", "/admin/", "/admin/articles/new/"]
# Line height, letter and word spacing and the distance of paragraphs as in criterion 1.4.12 of WCAG 2.2.
SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-block-end: 2em !important }"""
LARGE_TEXT = "html { font-size: 200% !important }"
ADD_STYLE = """(rules) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets = [sheet];
}"""
# Excerpts of a line or two, and titles that end in “…”, are shortened in any case; all of them lead to the whole text.
CUT_OFF = """() => [...document.querySelectorAll("body *")].filter((element) => {
  const style = getComputedStyle(element);
  const isShortened = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
  if (isShortened || element.closest(".visually-hidden, .skip, svg, math, select, textarea")) return false;
  if (!element.textContent.trim() || !element.checkVisibility({ visibilityProperty: true })) return false;
  return (["hidden", "clip"].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 2)
    || (["hidden", "clip"].includes(style.overflowY) && element.scrollHeight > element.clientHeight + 3);
}).map((element) => element.outerHTML.slice(0, 120))"""
# What has the focus, unless it has an outline, or another sign of it, and a part of it can be seen.
INVISIBLE_FOCUS = """() => {
  const focused = document.activeElement;
  const box = focused.getBoundingClientRect();
  const isSeen = [.05, .5, .95].some((x) => [.1, .5, .9].some((y) => {
    const seen = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return seen && (focused.contains(seen) || seen.closest("label")?.control === focused);
  }));
  const framed = [focused];
  // The frame of a composer shows the focus of its text.
  if (focused.matches("textarea")) framed.push(...document.querySelectorAll("text-composer:focus-within"));
  const hasSign = framed.some((element) => {
    const style = getComputedStyle(element);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  });
  return isSeen && hasSign ? null : focused.outerHTML.slice(0, 120);
}"""


def complaints(page, rules):
    """Return what is cut off or too wide with these rules and was not before."""
    before = set(page.evaluate(CUT_OFF))
    page.evaluate(ADD_STYLE, rules)
    found = set(page.evaluate(CUT_OFF)) - before
    return [*found, *(["wider than the window"] if page.evaluate(TOO_WIDE) else [])]


def check(page, addresses):
    for address in addresses:
        page.set_viewport_size({"width": 320, "height": 640})
        page.goto(address)
        page.wait_for_function(f"!({TOO_WIDE})")
        assert complaints(page, SPACING) == [], address
        page.set_viewport_size({"width": 1280, "height": 800})
        page.evaluate(ADD_STYLE, "")
        assert complaints(page, LARGE_TEXT) == [], address


@pytest.mark.thorough
def test_nothing_is_cut_off_in_narrow_windows_with_large_text_or_wide_spacing(page, sign_in_as):
    check(page, VISITOR)
    page.goto(COURSE)
    page.get_by_role("main").get_by_role("link", name="What military diplomacy is").first.click()
    check(page, [page.url])
    sign_in_as(page, "learner-a")
    check(page, [page.url, *LEARNER])
    sign_in_as(page, "instructor")
    check(page, STAFF)
    page.goto(f"{COURSE}lessons/")
    page.get_by_role("main").get_by_role("link", name="What military diplomacy is").first.click()
    page.get_by_role("link", name="Edit", exact=True).first.click()
    check(page, [page.url])


@pytest.mark.thorough
def test_what_has_the_focus_is_marked_and_not_covered(page, sign_in_as):
    sign_in_as(page, "instructor")
    for address in [COURSE, f"{COURSE}discussions/new/", f"{COURSE}members/", "/admin/articles/new/"]:
        page.goto(address)
        page.emulate_media(reduced_motion="reduce")
        for key in ["Tab"] * 40 + ["Shift+Tab"] * 40:
            page.keyboard.press(key)
            if page.evaluate("document.activeElement !== document.body"):
                assert page.evaluate(INVISIBLE_FOCUS) is None, address


@pytest.mark.thorough
def test_shortcuts_of_a_single_key_are_turned_off_on_the_profile_and_visitors_have_none(page, sign_in_as):
    box = page.get_by_role("searchbox", name="Search this course")
    page.goto(COURSE)
    page.keyboard.press("/")
    expect(box).not_to_be_focused()
    sign_in_as(page, "learner-a")
    page.goto(COURSE)
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Search this course")).to_be_focused()
    page.goto("/accounts/profile/")
    page.get_by_label("Use the single-key shortcuts").uncheck()
    page.goto(COURSE)
    page.keyboard.press("/")
    expect(box).not_to_be_focused()


@pytest.mark.thorough
def test_a_password_can_be_pasted_and_is_offered_by_the_browser(page):
    paste = "field => field.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true }))"
    for address, purposes in {
        "/accounts/login/": ["email", "current-password"],
        "/accounts/signup/": ["name", "email", "new-password"],
    }.items():
        page.goto(address)
        fields = page.get_by_role("main").locator("input:is([type=text], [type=email], [type=password])")
        assert [field.get_attribute("autocomplete") for field in fields.all()] == purposes
        assert all(field.evaluate(paste) for field in fields.all())  # false if a script has prevented it


@pytest.mark.thorough
def test_a_suggested_tag_is_chosen_when_the_pointer_is_let_go_and_not_elsewhere(page, sign_in_as):
    sign_in_as(page, "instructor")
    page.goto("/admin/")
    page.get_by_role("link", name="Military diplomacy in NATO").click()
    tags = page.get_by_role("list").filter(has=page.get_by_role("button", name="Remove the tag")).first
    page.get_by_role("combobox", name="Tags").press_sequentially("cy")
    suggestion = page.get_by_role("option", name="cyber")
    suggestion.hover()
    page.mouse.down()
    page.mouse.move(1, 1)
    page.mouse.up()
    expect(tags.get_by_text("cyber")).to_have_count(0)
    suggestion.click()
    expect(tags.get_by_text("cyber")).to_be_visible()
