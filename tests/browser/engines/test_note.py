"""The life of a note: selected by mouse and by keyboard, painted, answered, edited, deleted and taken back."""

import pytest

from tests.browser.annotations.lifecycle import ANSWER, ASKED, NOTE, WORDS, lesson_of

pytestmark = pytest.mark.engines
TEXT = "[data-revision]"
PAINTED = """
return [...CSS.highlights].filter(([name]) => name.startsWith("annotation-")).flatMap(([, ranges]) => [...ranges])
  .map((painted) => {
    const range = new Range();
    range.setStart(painted.startContainer, painted.startOffset);
    range.setEnd(painted.endContainer, painted.endOffset);
    return range.toString();
  });
"""
FORM, EDITED, BY_KEYS = "section.annotation-form", "Like a sponge, then?", "Written by keys."


def test_a_note_from_creation_to_deletion(visitor, sign_in_as, shell, engine_name):
    lesson = lesson_of(f"In {engine_name}", shell)
    sign_in_as("learner-a")
    visitor.goto(lesson.address)
    create(visitor)
    visitor.goto(lesson.address)
    visitor.wait_until(lambda: WORDS in visitor.script(PAINTED))

    sign_in_as("instructor")
    visitor.goto(lesson.address)
    reply(visitor)

    sign_in_as("learner-a")
    visitor.goto(lesson.address)
    edit(visitor)
    delete_and_undo(visitor)
    create_by_keys(visitor)


def create(page):
    page.mark(TEXT, WORDS)
    page.press("button", "Question", page.one(".label-bar"))
    form = page.one(FORM)
    page.wait_for(WORDS, form)
    page.field("Your text", ASKED, form)
    page.press("button", "Choose who can read it", form)
    page.press("radio", "Post to Group A", form)
    page.press("button", "Post to Group A", form)
    page.wait_for_status("Note created.")
    page.wait_until(lambda: WORDS in page.script(PAINTED))
    page.wait_for(ASKED, to_card(page))


def to_card(page):
    page.press("button", "1 note on this paragraph")
    return page.find("article", NOTE)


def reply(page):
    card = to_card(page)
    page.wait_for(ASKED, card)
    page.press("link", "Reply: Leïla Benali", card)
    page.field("Your text", ANSWER, card)
    page.press("button", "Reply to Group A", card)
    page.wait_for_status("Reply posted.")
    page.wait_in("article", NOTE, ANSWER)


def edit(page):
    card = to_card(page)
    page.wait_for(ANSWER, card)
    page.press("button", "More", card)
    page.press("link", "Edit", card)
    page.field("Your text", EDITED, card)
    page.press("button", "Save", card)
    page.wait_in("article", NOTE, EDITED)


def delete_and_undo(page):
    card = page.find("article", NOTE)
    page.press("button", "More", card)
    page.press("link", "Delete", card)
    page.press("button", "Undo")
    page.wait_in("article", NOTE, EDITED)
    page.wait_until(lambda: WORDS in page.script(PAINTED))


def create_by_keys(page):
    page.keys("Escape", "n")
    page.one(".keyboard-selection")
    page.keys("ArrowDown", "ArrowDown", "Enter")
    page.wait_until(lambda: page.script("return document.activeElement.matches('.label-bar *')"))
    page.keys("ArrowRight", "Enter")
    page.wait_until(lambda: page.script("return document.activeElement.name === 'source'"))
    page.type(BY_KEYS)
    page.keys("Control+Enter")
    page.wait_for_status("Note created.")
