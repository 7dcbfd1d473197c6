"""A learner's week in the demo class: what now, reading, notes, discussions, checks, questions."""

import re

import pytest

QUESTION = "Does silence really mean consent?"
WORDS = "a house in Belgrave Square"
LINES = [
    "Three members refuse to let planning begin",
    "Silence is broken",
    "The matter moves to the Defence Planning Committee",
    "Belgium agrees to a longer text",
]


@pytest.mark.thorough
def test_a_learners_week(way_of):
    way = way_of("learner-a")
    see_what_is_due(way)
    note_while_reading(way)
    from_the_lesson_to_its_discussion_and_back(way)
    answer_its_checks(way)
    catch_up_with_discussions(way)
    follow_a_notification(way)
    ask(way)


def arrive(way, heading):
    """Wait until the page is there: while it loads, the browser may still move the focus to the first unread post."""
    way.page.get_by_role("heading", name=heading, level=1).wait_for()
    way.page.wait_for_load_state()


def see_what_is_due(way):
    due = way.page.get_by_role("region", name="Due")
    due.get_by_text("2 days overdue").wait_for()
    due.get_by_text("Due tomorrow").wait_for()
    way.page.get_by_text("6 of 15 lessons read").first.wait_for()
    way.press("link", "Continue")
    arrive(way, "The Headquarters")


def note_while_reading(way):
    way.page.locator("annotation-loader:defined").wait_for(state="attached")
    form = way.mark(WORDS, "Note")
    way.write("Your text", "A rule for tired people.", form)
    way.send_to("Post to Group A", form)
    way.wait_for_status("Note created.")


def from_the_lesson_to_its_discussion_and_back(way):
    page = way.page
    way.press("link", QUESTION)
    arrive(way, QUESTION)
    page.get_by_text("Libya is about joining in").wait_for()
    way.write("Your text", "Spending pledges will do nicely, **thank you**.")
    way.press("button", "Reply to everybody in the course")
    own = page.get_by_role("article", name=re.compile("Leïla Benali ?, post 9"))
    own.get_by_role("strong").filter(has_text="thank you").wait_for()
    change_ones_mind(way, own)
    way.press("link", "The Headquarters")
    arrive(way, "The Headquarters")


def change_ones_mind(way, own):
    """Edit the reply where it stands, delete it, and undo that."""
    way.press("link", re.compile("^Edit post 9"), own)
    way.write("Your text", "Spending pledges it is.", own)
    way.press("button", "Save", own)
    own.get_by_text("Spending pledges it is.").wait_for()
    way.press("button", re.compile("^Delete post 9"), own)
    own.get_by_text("Spending pledges it is.").wait_for(state="detached")
    way.press("button", "Undo")
    own.get_by_text("Spending pledges it is.").wait_for()


def answer_its_checks(way):
    """Answer the checks that are left, the last one wrong at first: that completes the lesson."""
    way.page.get_by_text("answering its checks: 2 are left").wait_for()
    written, ordered = (way.page.get_by_role("region", name=re.compile(f"^Check {n} ")) for n in (2, 3))
    way.write("Your answer", "the military committee", written)
    way.press("button", "Check answer", written)
    written.get_by_text("Right.").wait_for()
    put_in_order(way, ordered, reversed(LINES))
    ordered.get_by_text("Not in its place.").first.wait_for()
    way.press("link", "Try again", ordered)
    put_in_order(way, ordered, LINES)
    ordered.get_by_text("Right.").wait_for()
    way.page.get_by_text("You have completed this.").wait_for()
    way.press("link", "Home", way.page.get_by_role("navigation", name="Course"))
    way.page.get_by_text("7 of 15 lessons read").first.wait_for()
    assert not way.page.get_by_text("overdue").count()


def put_in_order(way, check, lines):
    for place, line in enumerate(lines, 1):
        way.pick(check.get_by_role("combobox", name=line), str(place))
    way.press("button", "Check answer", check)


def catch_up_with_discussions(way):
    page = way.page
    way.press("link", re.compile("^Discussions"), page.get_by_role("navigation", name="Course"))
    way.press("link", re.compile("^Unread"))
    way.press("link", "Was Suez a failure of consultation, or of policy?")
    page.get_by_text("your sentence about the excuse has ended up in my essay").wait_for()
    page.go_back()


def follow_a_notification(way):
    page = way.page
    way.press("link", re.compile("new notifications?$"))
    way.press("link", re.compile("^Asif Rahman answered your question: “A government"))
    page.get_by_text("There is a shortcut, too").wait_for()


def ask(way):
    page = way.page
    way.press("link", re.compile("^Discussions"), page.get_by_role("navigation", name="Course"))
    way.press("link", "New discussion")
    way.write("Title", "Who keeps the clock?")
    way.write("Your text", "Whose time zone counts when silence ends at noon?")
    way.press("button", "Post to everybody in the course")
    page.get_by_role("heading", name="Who keeps the clock?", level=1).wait_for()
