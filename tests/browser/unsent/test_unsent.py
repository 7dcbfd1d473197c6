"""No text is lost: Back, a lost connection, a closed tab, an ended session, signing out, the rich-text editor."""

import re

import pytest

from tests.browser.annotations.make import lesson_with_notes
from tests.browser.annotations.test_annotate import ready, select
from tests.browser.compose import send_to
from tests.browser.conftest import FLAGS
from tests.browser.discussions.test_discussions import FORUM, ask

REPLY = """
from lessons.annotations.models import Annotation
from lessons.discussions.services.posting import prepare_post, reply
from lessons.accounts.models import User
thread = Annotation.objects.get(pk={note}).thread
for number in range(5):
    by = User.objects.get(email="instructor@example.org")
    reply(thread=thread, by=by, prepared=prepare_post(f"Reply {{number}}.", course=thread.course))
"""
STORED = "Object.values(localStorage).join()"


@pytest.fixture
def page_cache_browser(browser, chromium):
    """Return a browser whose “Back” restores a page as it was left, as browsers outside tests do."""
    with_cache = browser.browser_type.launch(
        executable_path=chromium, args=FLAGS, ignore_default_args=["--disable-back-forward-cache"]
    )
    yield with_cache
    with_cache.close()


@pytest.fixture
def learner(new_page, sign_in_as):
    page = new_page()
    sign_in_as(page, "learner-a")
    return page


def text(page):
    return page.get_by_label("Your text")


def state(page, words):
    page.locator(".unsent-state", has_text=words).first.wait_for()


def post(page):
    page.get_by_role("button", name="Post to everybody").click()
    page.wait_for_url("**/threads/*/")


@pytest.mark.thorough
@pytest.mark.parametrize("which", ["browser", "page_cache_browser"])
def test_another_text_sent_after_going_back_is_another_post(request, server, sign_in_as, which):
    page = request.getfixturevalue(which).new_context(base_url=server).new_page()
    page.set_default_timeout(10_000)
    sign_in_as(page, "learner-a")
    first = ask(page, "Written first")
    page.go_back()
    page.get_by_label("Title").fill("Written after Back")
    text(page).fill("Quite other words.")
    post(page)
    assert page.url != first
    page.locator(".post-body", has_text="Quite other words.").wait_for()
    page.goto(f"{FORUM}new/")
    assert text(page).input_value() == ""


@pytest.mark.thorough
def test_text_typed_offline_survives_closing_the_tab_and_is_shown_to_no_other_account(browser, server, sign_in_as):
    context = browser.new_context(base_url=server)  # the page says in its console that it is offline
    context.set_default_timeout(10_000)
    learner = context.new_page()
    sign_in_as(learner, "learner-a")
    address = ask(learner, "Read on the train")
    context.set_offline(True)
    text(learner).fill("Typed in a tunnel")
    state(learner, "the server can’t be reached")
    learner.close()
    context.set_offline(False)

    page = context.new_page()
    sign_in_as(page, "learner-b")
    page.goto(address)
    assert text(page).input_value() == ""
    page.goto("/drafts/")
    assert page.get_by_text("tunnel").count() == 0

    sign_in_as(page, "learner-a")
    page.goto(address)
    page.get_by_text("You wrote this earlier").wait_for()
    assert text(page).input_value() == "Typed in a tunnel"
    state(page, "Saved at")
    assert "tunnel" not in page.evaluate(STORED)
    page.goto("/drafts/")
    page.get_by_role("link", name="Continue writing").first.click()
    with page.expect_response("**/drafts/**"):
        page.get_by_role("button", name="Discard").click()
    page.reload()
    assert text(page).input_value() == ""
    context.close()


@pytest.mark.thorough
def test_what_is_sent_offline_is_sent_once_by_its_author_when_there_is_a_connection(browser, server, sign_in_as):
    context = browser.new_context(base_url=server)  # the page says in its console that it is offline
    context.set_default_timeout(10_000)
    page = context.new_page()
    sign_in_as(page, "learner-a")
    address = ask(page, "Answered on the train")
    context.set_offline(True)
    for words in ("From the *first* tunnel", "Taken back", "From the second tunnel"):
        text(page).fill(words)
        page.get_by_role("button", name="Reply to everybody").click()
        state(page, "There is no connection.")
        assert text(page).input_value() == ""
        if words == "Taken back":
            page.get_by_role("button", name="Take it back").click()
            assert text(page).input_value() == words
    page.close()
    context.set_offline(False)

    page = context.new_page()
    sign_in_as(page, "learner-b")
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert page.get_by_text("tunnel").count() == 0
    sign_in_as(page, "learner-a")
    page.goto("/drafts/")
    page.get_by_role("status").filter(has_text="this was sent: “From the *first* tunnel”").wait_for()
    page.get_by_role("status").get_by_role("link", name="Show").last.click()
    page.wait_for_url("**/threads/*/")
    for _again in range(2):
        page.locator(".post-body", has_text="From the second tunnel").wait_for()
        assert page.locator(".post .post-body em", has_text="first").count() == 1
        assert page.locator(".post .post-body").count() == 3
        assert text(page).input_value() == ""
        page.reload()
    assert not page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('outbox:'))")
    context.set_offline(True)
    text(page).fill("While the page stays open")
    page.get_by_role("button", name="Reply to everybody").click()
    state(page, "There is no connection.")
    context.set_offline(False)
    page.locator(".post-body", has_text="While the page stays open").wait_for()
    assert page.get_by_role("status").filter(has_text="this was sent: “While the page stays open”").is_visible()
    context.close()


@pytest.mark.thorough
def test_a_note_typed_offline_is_offered_in_another_tab_and_sent_to_its_passage(browser, server, sign_in_as, shell):
    context = browser.new_context(base_url=server)  # the page says in its console that it is offline
    context.set_default_timeout(10_000)
    page, notes = context.new_page(), lesson_with_notes(shell, "What gets in the way")
    sign_in_as(page, "learner-a")
    page.goto(notes["url"])
    ready(page)
    passage = notes["last"]["exact"][:16]
    select(page, passage)
    page.get_by_role("toolbar").get_by_role("button", name="Idea").click()
    context.set_offline(True)
    page.get_by_role("region", name="Your note").get_by_label("Your text").fill("Noted in a tunnel")
    state(page, "the server can’t be reached")
    page.close()
    context.set_offline(False)

    page = context.new_page()
    page.goto(notes["url"])
    offer = page.get_by_role("group", name="Unfinished note")
    offer.get_by_text(passage).wait_for()
    offer.get_by_role("button", name="Continue writing").click()
    form = page.get_by_role("region", name="Your note")
    assert form.get_by_label("Your text").input_value() == "Noted in a tunnel"
    assert form.get_by_label("Label").input_value() == "idea"
    context.set_offline(True)
    send_to(page, "Save, only for me")
    page.get_by_text("There is no connection.").first.wait_for()
    form.wait_for(state="hidden")
    page.close()
    context.set_offline(False)

    page = context.new_page()
    page.goto(notes["url"])
    page.get_by_role("status").filter(has_text="this was sent").get_by_role("link", name="Show").click()
    page.locator(".cards .annotation .post-body", has_text="Noted in a tunnel").wait_for()
    assert "tunnel" not in page.evaluate(STORED)
    context.close()


@pytest.mark.thorough
def test_text_typed_while_a_reply_is_being_sent_stays(learner):
    ask(learner, "Faster than the server")
    held = []
    learner.route(re.compile(r"/threads/\d+/$"), lambda route: held.append(route))
    text(learner).fill("The first reply.")
    learner.get_by_role("button", name="Reply to everybody").click()
    text(learner).press_sequentially(" And one more thing")
    held[0].continue_()
    learner.locator(".post-body", has_text="The first reply.").wait_for()
    assert text(learner).input_value() == "And one more thing"
    learner.unroute_all()
    state(learner, "Saved at")


@pytest.mark.thorough
def test_text_is_restored_after_an_ended_session_or_a_stale_token(learner, sign_in_as):
    address = ask(learner, "A long lunch")
    learner.evaluate("document.cookie = 'csrftoken=' + 'b'.repeat(32) + '; path=/'")
    text(learner).fill("With the token of another tab.")
    learner.get_by_role("button", name="Reply to everybody").click()
    learner.locator(".post-body", has_text="With the token of another tab.").wait_for()

    learner.context.clear_cookies()
    text(learner).fill("After an hour away.")
    learner.get_by_role("button", name="Reply to everybody").click()
    learner.get_by_role("alert").filter(has_text="Your text has been saved").wait_for()
    sign_in_as(learner, "learner-a")
    learner.goto(address)
    assert text(learner).input_value() == "After an hour away."
    learner.goto(f"{FORUM}new/")
    learner.get_by_label("Title").fill("Without a session")
    text(learner).fill("Sent as a whole page.")
    learner.context.clear_cookies(name="sessionid")
    learner.get_by_role("button", name="Post to everybody").click()
    learner.get_by_text("Your text has been saved").wait_for()
    sign_in_as(learner, "learner-a")
    learner.goto(f"{FORUM}new/")
    assert text(learner).input_value() == "Sent as a whole page."
    learner.get_by_role("button", name="Discard").click()


@pytest.mark.thorough
def test_signing_out_asks_about_unsent_text(learner, sign_in_as):
    def sign_out(page, choice):
        page.goto(f"{FORUM}new/")
        text(page).fill(f"Undecided: {choice}")
        page.get_by_role("button", name=re.compile("^Account of")).click()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("dialog").get_by_role("button", name=choice).click()

    learner.goto("/")
    sign_out(learner, "Stay signed in")
    assert text(learner).input_value() == "Undecided: Stay signed in"
    for choice, expected in (
        ("Keep it and sign out", "Undecided: Keep it and sign out"),
        ("Discard it and sign out", ""),
    ):
        sign_out(learner, choice)
        learner.get_by_role("link", name="Sign in").wait_for()
        assert "Undecided" not in learner.evaluate(STORED)
        sign_in_as(learner, "learner-a")
        learner.goto(f"{FORUM}new/")
        assert text(learner).input_value() == expected


@pytest.mark.thorough
def test_signing_out_in_one_tab_leaves_nothing_in_the_others(learner):
    other = learner.context.new_page()
    other.route("**/drafts/", lambda route: route.abort())
    other.goto(f"{FORUM}new/")
    text(other).fill("Undecided in another tab")
    state(other, "Not saved")
    learner.goto("/")
    assert "Undecided" in learner.evaluate(STORED)
    learner.get_by_role("button", name=re.compile("^Account of")).click()
    learner.get_by_role("button", name="Sign out").click()
    learner.get_by_role("dialog").get_by_role("button", name="Discard it and sign out").click()
    other.wait_for_url("**/accounts/login/?next=**")
    assert learner.evaluate("localStorage.length") == 0


@pytest.mark.thorough
def test_a_readers_own_reply_stays_on_the_card_after_replies_of_others(learner, shell):
    notes = lesson_with_notes(shell, "Tools and mechanisms")
    shell(REPLY.format(note=notes["note"]["id"]))
    learner.goto(notes["url"])
    card = learner.locator(f"#note-{notes['note']['uid']}")
    card.click()
    card.get_by_text("2 earlier replies").wait_for()
    assert card.locator(".reply .post-body").all_inner_texts() == ["Reply 2.", "Reply 3.", "Reply 4."]
    card.locator(".reply-to").click()
    card.get_by_label("Your text").fill("My own reply.")
    card.get_by_role("button", name="Reply to everybody").click()
    card.locator(".reply .post-body", has_text="My own reply.").wait_for()
    card.get_by_text("3 earlier replies").wait_for()
