"""A learner's week in the demo class: what now, reading, notes, discussions, questions."""

import re

QUESTION = "Does silence really mean consent?"
WORDS = "a house in Belgrave Square"


def test_a_learners_week(way_of):
    way = way_of("learner-a")
    see_what_is_due(way)
    note_while_reading(way)
    from_the_lesson_to_its_discussion_and_back(way)
    finish_the_lesson(way)
    catch_up_with_discussions(way)
    follow_a_notification(way)
    ask(way)


def see_what_is_due(way):
    due = way.page.get_by_role("region", name="Due")
    due.get_by_text("2 days overdue").wait_for()
    due.get_by_text("Due tomorrow").wait_for()
    way.page.get_by_text("6 of 15 lessons read").first.wait_for()
    way.press("link", "Continue")
    way.page.get_by_role("heading", name="The Headquarters", level=1).wait_for()


def note_while_reading(way):
    way.page.locator("annotation-loader:defined").wait_for(state="attached")
    form = way.mark(WORDS, "Note")
    way.write("Your text", "A rule for tired people.", form)
    way.send_to("Post to Group A", form)
    way.wait_for_status("Note created.")


def from_the_lesson_to_its_discussion_and_back(way):
    way.press("link", QUESTION)
    page = way.page
    page.get_by_role("heading", name=QUESTION, level=1).wait_for()
    page.get_by_text("Libya is about joining in").wait_for()
    way.write("Your text", "Spending pledges will do nicely, **thank you**.")
    way.press("button", "Reply to everybody in the course")
    page.get_by_role("strong").filter(has_text="thank you").wait_for()
    way.press("link", "The Headquarters")
    page.get_by_role("heading", name="The Headquarters", level=1).wait_for()


def finish_the_lesson(way):
    way.press("button", "Mark as read")
    way.page.get_by_text("You have read this.").wait_for()
    way.press("link", "Home")
    way.page.get_by_text("7 of 15 lessons read").first.wait_for()
    assert not way.page.get_by_text("overdue").count()


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
    way.press("link", re.compile("^Asif Rahman answers your question: “A government"))
    page.get_by_text("There is a shortcut, too").wait_for()


def ask(way):
    page = way.page
    way.press("link", re.compile("^Discussions"), page.get_by_role("navigation", name="Course"))
    way.press("link", "New discussion")
    way.write("Title", "Who keeps the clock?")
    way.write("Your text", "Whose time zone counts when silence ends at noon?")
    way.press("button", "Post to everybody in “Alliances and Diplomacy”")
    page.get_by_role("heading", name="Who keeps the clock?", level=1).wait_for()
