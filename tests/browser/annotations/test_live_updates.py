"""Notes while they change: replying with one press, changes by others, drafts that survive a new revision."""

import pytest

from tests.browser.annotations.make import lesson_with_notes
from tests.browser.annotations.test_annotate import ready, select
from tests.browser.compose import send_to

EDIT = """
from lessons.annotations.models import Annotation
from lessons.annotations.services.annotate import delete_annotation
from lessons.discussions.services.posting import edit_post, prepare_post
note = Annotation.objects.get(pk={edited})
post = note.thread.posts.get()
prepared = prepare_post("Quite other words.", course=note.thread.course, key=post.idempotency_key)
edit_post(post=post, by=note.author, prepared=prepared)
deleted = Annotation.objects.get(pk={deleted})
delete_annotation(annotation=deleted, by=deleted.author)
"""
PUBLISH = """
from lessons.annotations.services import publish
from lessons.models import Lesson
from lessons.accounts.models import User
lesson = Lesson.objects.get(pk={lesson})
lesson.body = lesson.body.replace("<p>", "<p>Put in before all. ", 1)
lesson.save()
publish(lesson=lesson, by=User.objects.get(email="instructor@example.org"))
"""
POLL = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture(scope="module")
def notes(server, shell):
    return lesson_with_notes(shell, "The Headquarters")


@pytest.fixture
def page(new_page, sign_in_as, notes):
    page = new_page()
    sign_in_as(page, "learner-a")
    page.goto(notes["url"])
    page.locator(".cards .annotation").first.wait_for()
    return page


def card(page, note):
    return page.locator(f"#note-{note['uid']}")


@pytest.mark.thorough
def test_one_press_opens_the_reply_form_of_an_inactive_card(page, notes):
    box = card(page, notes["note"]).locator(".reply-to").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.wait_for_timeout(80)
    page.mouse.up()
    card(page, notes["note"]).get_by_label("Your text").wait_for()


@pytest.mark.thorough
def test_the_header_of_a_linked_card_is_visible(page, notes):
    page.evaluate("scrollTo(0, 2000)")
    page.evaluate(f"location.hash = 'note-{notes['last']['uid']}'")
    page.locator(f"#note-{notes['last']['uid']}.active").wait_for()
    page.wait_for_function(
        """uid => {
          const { bottom } = document.querySelector(".annotations-header").getBoundingClientRect();
          const { top } = document.getElementById(`note-${uid}`).getBoundingClientRect();
          return bottom < top && top < 900;
        }""",
        arg=notes["last"]["uid"],
    )


@pytest.mark.thorough
def test_the_readers_own_highlight_has_a_card_that_says_who_can_read_it(page, new_page, sign_in_as, notes):
    ready(page)
    select(page, notes["note"]["exact"][:12])
    page.get_by_role("toolbar").get_by_role("button", name="Confused").click()
    page.get_by_role("button", name="Post to everybody").click()
    page.get_by_text("Everybody in the course can read it now.").first.wait_for()
    own = page.locator(".cards .annotation.active")
    own.get_by_text("You", exact=True).wait_for()
    own.locator(".menu > summary").click()
    assert own.get_by_role("link", name="Change or comment").is_visible()
    other = new_page()
    sign_in_as(other, "learner-b")
    other.goto(notes["url"])
    other.get_by_role("button", name="1 more on this paragraph").click()
    other.get_by_role("button", name="One person is confused here").wait_for()


@pytest.mark.thorough
def test_a_closed_filter_shows_that_it_is_on(page, notes):
    summary = page.locator(".annotation-filter summary")
    summary.click()
    page.locator(".annotation-filter").get_by_label("Label").select_option("question")
    card(page, notes["note"]).wait_for(state="detached")
    summary.click()
    assert "on" in summary.inner_text()
    ready(page)
    select(page, notes["last"]["exact"][:10])
    page.get_by_role("toolbar").get_by_role("button", name="Note").click()
    page.get_by_role("region", name="Your note").get_by_label("Your text").fill("Not a question")
    send_to(page, "Save, only for me")
    page.locator(".status-bar", has_text="Your filter hides it").wait_for()


def test_edits_and_deletions_by_others_appear_on_an_open_page(page, shell, notes):
    shell(EDIT.format(edited=notes["question"]["id"], deleted=notes["note"]["id"]))
    page.evaluate(POLL)
    card(page, notes["question"]).get_by_text("Quite other words.").wait_for()
    card(page, notes["note"]).wait_for(state="detached")


@pytest.mark.thorough
def test_a_draft_about_an_earlier_text_is_offered_and_sent_to_the_current_passage(
    page, shell, new_page, sign_in_as, notes
):
    passage = notes["last"]["exact"][:16]
    ready(page)
    select(page, passage)
    page.get_by_role("toolbar").get_by_role("button", name="Idea").click()
    page.get_by_role("region", name="Your note").get_by_label("Your text").fill("Begun before")
    with page.expect_response("**/drafts/"):
        page.wait_for_timeout(1600)
    shell(PUBLISH.format(lesson=notes["lesson"]))
    elsewhere = new_page()
    sign_in_as(elsewhere, "learner-a")
    elsewhere.goto(notes["url"])
    ready(elsewhere)
    offer = elsewhere.get_by_role("group", name="Unfinished note")
    offer.get_by_text(passage).wait_for()
    select(elsewhere, "Put in before")
    elsewhere.get_by_role("toolbar").get_by_role("button", name="Note").click()
    elsewhere.get_by_role("button", name="Go to its passage").click()
    form = elsewhere.get_by_role("region", name="Your note")
    assert form.locator(".passage").inner_text() == passage
    assert form.get_by_label("Label").input_value() == "idea"
    send_to(elsewhere, "Save, only for me")
    elsewhere.locator(".cards .annotation .post-body", has_text="Begun before").wait_for()
    elsewhere.get_by_text("is on its passage in the new text").first.wait_for()
