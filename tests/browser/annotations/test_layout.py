"""Layout: a note's form beside its passage and above an on-screen keyboard, cards beside their passages."""

import pytest

from tests.browser.annotations.make import lesson_with_notes, until
from tests.browser.annotations.test_annotate import open_lesson, select

BOXES = """() => {
  const form = document.querySelector(".annotation-form").getBoundingClientRect();
  const text = document.querySelector("[data-revision]").getBoundingClientRect();
  const [passage] = CSS.highlights.get("annotation-selected");
  const range = new Range();
  range.setStart(passage.startContainer, passage.startOffset);
  range.setEnd(passage.endContainer, passage.endOffset);
  return { form: form.toJSON(), text: text.toJSON(), passage: range.getBoundingClientRect().toJSON(), innerHeight };
}"""
# Whether nothing lies over the corners of the field for the words.
UNCOVERED = """(field) => {
  const { left, top, right, bottom } = field.getBoundingClientRect();
  return [[left + 4, top + 4], [right - 4, bottom - 4]].every((at) => document.elementFromPoint(...at) === field);
}"""


def write_on(page, sign_in_as, **kind):
    open_lesson(page, sign_in_as, **kind)
    words = page.locator("[data-revision] p").nth(2).evaluate("e => e.firstChild.data.slice(0, 24).trim()")
    select(page, words)
    page.get_by_role("toolbar").get_by_role("button", name="Question").click()
    page.get_by_label("Your text").wait_for()
    return page.evaluate(BOXES)


@pytest.mark.thorough
def test_on_a_wide_screen_the_form_is_in_the_margin_level_with_its_passage(page, sign_in_as):
    boxes = write_on(page, sign_in_as)
    form, passage = boxes["form"], boxes["passage"]
    assert form["left"] >= boxes["text"]["right"]
    assert form["top"] <= passage["top"]
    assert passage["bottom"] <= form["bottom"] <= boxes["innerHeight"]


@pytest.mark.thorough
def test_on_a_phone_the_passage_stays_visible_and_the_text_above_the_keyboard(new_page, sign_in_as):
    page = new_page(width=390, height=844, touch=True)
    boxes = write_on(page, sign_in_as)
    assert 0 < boxes["passage"]["top"] < boxes["passage"]["bottom"] <= boxes["form"]["top"]
    page.set_viewport_size({"width": 390, "height": 430})
    until(page, "document.querySelector('.annotation-form').getBoundingClientRect().bottom <= innerHeight")
    assert page.get_by_label("Your text").evaluate(UNCOVERED)


@pytest.mark.thorough
def test_no_bar_covers_the_header_of_the_notes_at_any_width(page, sign_in_as, shell):
    made = lesson_with_notes(shell, "Partners beyond Europe")
    sign_in_as(page, "learner-a")
    page.goto(made["url"])
    page.locator(".annotation-toggle").first.wait_for()
    for width in (1440, 1280, 1100):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("scrollTo({top: 600, behavior: 'instant'})")
        until(page, "document.querySelector('.annotations-header').getBoundingClientRect().top < 160")
        for control in page.locator(".annotations-header :is(a, summary, button):visible").all():
            control.click(trial=True, timeout=3000)


@pytest.mark.thorough
def test_cards_stay_beside_their_passages_when_the_filter_opens(page, sign_in_as, shell):
    made = lesson_with_notes(shell, "Partners beyond Europe")
    sign_in_as(page, "learner-a")
    page.goto(made["url"])
    card = f"#note-{made['last']['uid']}"
    page.locator(".annotation-toggle").last.scroll_into_view_if_needed()
    page.locator(card).wait_for()
    before = page.locator(card).bounding_box()["y"]
    page.locator(".annotation-filter").evaluate("filter => { filter.open = true }")
    until(page, "document.querySelector('.annotation-filter form').checkVisibility()")
    until(page, f"Math.abs(document.querySelector('{card}').getBoundingClientRect().y - {before}) < 3")
