"""An instructor's morning in the demo class: what needs me, an announcement, answers, tidying up, publishing."""

import re

import pytest

ASKED, SAME = "Who may break silence, the delegation or the capital?", "Does silence really mean consent?"


@pytest.mark.thorough
def test_an_instructors_morning(way_of):
    way = way_of("instructor")
    questions, drafts = see_what_needs_me(way)
    announce(way)
    endorse_an_answer(way)
    merge_and_think_again(way)
    split_off(way)
    publish_a_draft(way)
    assert see_what_needs_me(way) == (questions - 1, drafts - 1)


def arrive(way, heading):
    way.page.get_by_role("heading", name=heading, level=1).wait_for()
    way.page.wait_for_load_state()


def go_home(way):
    way.press("link", "Home", way.page.get_by_role("navigation", name="Course"))
    arrive(way, "Alliances and Diplomacy")


def see_what_needs_me(way):
    """Return how many questions are open, and how many drafts wait to be published."""
    needs = way.page.get_by_role("navigation", name="What needs you")
    needs.get_by_role("link", name=re.compile("^2 Learners have stopped")).wait_for()
    names = "^\\d+ Open questions?", "^\\d+ Drafts? to publish"
    links = [needs.get_by_role("link", name=re.compile(name)) for name in names]
    return tuple(int(re.search("\\d+", link.inner_text()).group()) for link in links)


def announce(way):
    way.press("link", "New announcement")
    arrive(way, "New discussion")
    way.write("Title", "Office hours are an hour later today")
    way.write("Your text", "From 15:00 to 16:30, in **B12**.")
    way.press("button", "Post to everybody in the course")
    arrive(way, "Office hours are an hour later today")
    way.page.get_by_role("main").get_by_text("Announcement").first.wait_for()
    go_home(way)


def endorse_an_answer(way):
    way.press("link", "Answer all in the inbox")
    arrive(way, "Inbox")
    way.press("link", ASKED)
    arrive(way, ASKED)
    way.press("button", "Mark as answer: post 2 by Zoë Müller-Lüdenscheidt")
    way.page.get_by_text("Endorsed by Ines Marek").wait_for()


def merge_and_think_again(way):
    """Merge the discussion into one that is found by its title, and undo that."""
    page = way.page
    way.press("link", "Merge")
    way.write("Title, words or address of the other discussion", "really mean consent")
    page.get_by_role("radio", name="2003").wait_for(state="detached")
    way.tick(page.get_by_role("radio", name=re.compile(f"^{re.escape(SAME)}")))
    way.press("button", "Merge into the chosen discussion")
    arrive(way, SAME)
    way.press("button", "Undo")
    arrive(way, ASKED)


def split_off(way):
    page = way.page
    way.press("link", SAME)
    arrive(way, SAME)
    way.press("link", "Split")
    for post in ("post 7 by Hana Sato", "post 8 by Tomasz Wilk"):
        way.tick(page.get_by_role("checkbox", name=f"Split off {post}"))
    way.write("Title of the new discussion", "What silence has cost")
    way.press("button", "Split into a new discussion")
    arrive(way, "What silence has cost")
    page.get_by_text("Libya is about joining in").wait_for()
    go_home(way)


def publish_a_draft(way):
    page = way.page
    way.press("link", "Where it is heading", page.get_by_role("region", name="Drafts to publish"))
    page.locator(".ProseMirror").wait_for()
    way.press("button", "Publish")
    page.get_by_text("Revision 2 is published.").wait_for()
    page.goto("/courses/alliances-and-diplomacy/")
