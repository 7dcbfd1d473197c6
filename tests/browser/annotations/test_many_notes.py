"""A page with more notes than fit beside the text: folded, opened, folded again, gone through by key, printed."""

import pytest

from tests.browser.annotations.make import lesson_with_notes, painted, until
from tests.browser.annotations.test_annotate import ready, select
from tests.browser.compose import send_to

CARDS = ".cards .annotation"
# The opening tags of what the Tab key stops at; it passes by what is in a closed menu.
STOPS = """elements => elements
  .filter(element => element.matches("summary, :not(details *)"))
  .map(element => element.cloneNode().outerHTML)"""


@pytest.fixture(scope="module")
def notes(server, shell):
    return lesson_with_notes(shell, "What it is for", crowd=6)


@pytest.fixture
def lesson(page, sign_in_as, notes):
    sign_in_as(page, "learner-a")
    page.goto(notes["url"])
    page.locator(CARDS).first.wait_for()
    return page


@pytest.mark.thorough
def test_a_paragraph_shows_two_cards_and_its_fold_keeps_the_scroll_position(lesson, notes):
    fold = lesson.get_by_role("button", name="6 more on this paragraph").first
    assert lesson.locator(f"{CARDS}[data-thread]").count() <= 3
    fold.click()
    lesson.locator(CARDS).nth(7).wait_for()
    assert fold.get_attribute("aria-expanded") == "true"
    until(lesson, f"document.querySelectorAll('{CARDS}').length >= 8")
    end = lesson.get_by_role("button", name="6 more on this paragraph").last
    end.scroll_into_view_if_needed()
    before = lesson.evaluate("scrollY")
    end.click()
    until(lesson, f"document.querySelectorAll('{CARDS}').length <= 3")
    assert fold.get_attribute("aria-expanded") == "false"
    assert fold.evaluate("button => button === document.activeElement")
    assert lesson.evaluate("scrollY") == before


@pytest.mark.thorough
def test_keys_go_from_note_to_note_and_the_active_one_is_never_folded(lesson, notes):
    seen = []
    for _ in range(9):
        lesson.keyboard.press("j")
        lesson.locator(f"{CARDS}.active:focus").wait_for()
        seen.append(lesson.locator(f"{CARDS}.active").get_attribute("id"))
    assert len(set(seen)) == 9
    assert seen[-1] == f"note-{notes['last']['uid']}"
    lesson.keyboard.press("j")
    lesson.keyboard.press("k")
    lesson.locator(f"#{seen[-2]}.active:focus").wait_for()
    assert painted(lesson, "focus") == [notes["question"]["exact"]]
    quotes = f"[...document.querySelectorAll('{CARDS}:not(.active) .quote')].map((quote) => quote.checkVisibility())"
    # The other card of the paragraph has given way, and says which passage it is about.
    assert True in lesson.evaluate(quotes)


@pytest.mark.thorough
def test_the_tab_key_stops_at_all_that_can_be_done_with_a_note(lesson):
    card = lesson.locator(f"{CARDS}[data-thread]:not(.active)").first
    names = card.locator(".post-actions").locator("a, button, summary").evaluate_all(STOPS)
    assert len(names) >= 3
    card.locator("a").first.focus()
    seen = []
    for _ in range(8):
        lesson.keyboard.press("Tab")
        seen += lesson.locator(":focus").evaluate_all(STOPS)
    assert [name for name in seen if name in names] == names


@pytest.mark.thorough
def test_a_note_of_ones_own_is_changed_shared_deleted_and_restored_in_its_card(lesson, notes):
    ready(lesson)
    select(lesson, notes["last"]["exact"][:12])
    lesson.get_by_role("toolbar").get_by_role("button", name="Note").click()
    lesson.get_by_label("Your text").fill("Use this.")
    send_to(lesson, "Save, only for me")
    card = lesson.locator(f"{CARDS}.active")
    card.get_by_text("Only you").wait_for()

    def choose(name):
        card.locator(".menu > summary").click()
        card.get_by_role("link", name=name).click()

    choose("Edit")
    card.get_by_label("Your text").fill("Use this, or not.")
    card.get_by_role("button", name="Save").click()
    card.get_by_text("Use this, or not.").wait_for()
    choose("Share with Group A")
    lesson.get_by_role("status").filter(has_text="Group A can read it now.").wait_for()
    choose("Delete")
    undo = lesson.get_by_role("button", name="Undo")
    undo.wait_for()
    lesson.get_by_text("Use this, or not.").wait_for(state="detached")
    assert undo.evaluate("button => button === document.activeElement")
    undo.click()
    card.get_by_text("Use this, or not.").wait_for()


@pytest.mark.thorough
def test_the_text_is_printed_with_all_its_notes_on_request(lesson):
    lesson.evaluate("() => { window.print = () => { window.printed = true } }")
    lesson.locator("summary", has_text="More about notes").click()
    lesson.get_by_role("button", name="Print with notes").click()
    until(lesson, "window.printed")
    lesson.emulate_media(media="print")
    assert lesson.locator(f"{CARDS} .quote:visible").count() >= 9
    assert lesson.locator(".post-actions:visible, .annotation-toggle:visible").count() == 0
    lesson.evaluate("dispatchEvent(new Event('afterprint'))")
    assert lesson.locator("#notes").is_hidden()
