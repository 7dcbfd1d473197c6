"""An assistant's hour in the demo class: the inbox from its oldest question to the learners who have stopped."""

import re

import pytest

OLDEST = "Can a government consult, hear “no” and go ahead anyway?"
ANSWER = "Nothing in the treaty stops it. What Article 4 adds is a price: the others have been heard."


@pytest.mark.thorough
def test_an_assistants_hour(way_of):
    way = way_of("assistant")
    waiting = open_inbox(way)
    answer_the_oldest_question(way)
    mark_a_reply_as_the_answer(way)
    decide_about_a_report(way)
    reject_an_advertisement(way)
    write_to_somebody_who_has_stopped(way)
    # Two questions, a report and a post that waited for review.
    assert open_inbox(way) == waiting - 4


def open_inbox(way):
    """Return how many the link to the inbox says are waiting."""
    name = re.compile("^Inbox \\d+ waiting$")
    count = int(re.search("\\d+", way.page.get_by_role("link", name=name).inner_text()).group())
    way.press("link", name)
    way.page.get_by_role("heading", name="Inbox", level=1).wait_for()
    return count


def questions(way):
    return way.page.get_by_role("region", name="Questions without an answer")


def answer_the_oldest_question(way):
    first = questions(way).get_by_role("listitem").first
    first.get_by_role("heading", name=OLDEST).wait_for()
    way.write("Your text", ANSWER, first)
    way.press("button", "Post answer to the course", first)
    way.wait_for_status("answer")
    assert not questions(way).get_by_role("heading", name=OLDEST).count()


def mark_a_reply_as_the_answer(way):
    question = "Was Mainbrace ever repeated?"
    way.press("link", f"Mark a reply as the answer : {question}")
    way.press("button", re.compile("^Mark as (the )?answer"), questions(way))
    way.wait_for_status("answer")
    questions(way).get_by_role("heading", name=question).wait_for(state="detached")


def decide_about_a_report(way):
    """Hide the post, think again, and keep it."""
    post = way.page.get_by_role("article", name="Post by Sam O’Neill")
    post.get_by_text("This is the second time he answers a fair question like that.").wait_for()
    way.press("button", "Hide post", post)
    post.wait_for(state="detached")
    way.press("button", "Undo")
    way.press("button", "Keep post", post)
    post.wait_for(state="detached")


def reject_an_advertisement(way):
    post = way.page.get_by_role("article", name="Post by Dan Vale")
    way.press("button", "Reject post", post)
    post.wait_for(state="detached")


def write_to_somebody_who_has_stopped(way):
    stopped = way.page.get_by_role("region", name="Learners who have stopped").get_by_role("listitem")
    kofi = stopped.filter(has_text="Kofi Mensah")
    way.open(kofi.locator("summary"))
    way.write("E-mail to Kofi Mensah", "The harbour misses you. Is there a night on which we could talk?", kofi)
    way.press("button", "Send e-mail", kofi)
    way.wait_for_status("Kofi Mensah")
