"""Text that could not be posted stays in its form, and posted text is shown where it was posted."""

import pytest

from tests.browser.discussions.test_discussions import ask

FILL = """
from lessons.discussions.services.posting import prepare_post, reply
from lessons.discussions.models import Thread
from lessons.accounts.models import User
thread, by = Thread.objects.get(pk={thread}), User.objects.get(email="assistant@example.org")
for number in range({number}):
    reply(thread=thread, by=by, prepared=prepare_post("One of many.", course=thread.course))
"""


@pytest.fixture
def thread(new_page, sign_in_as):
    """Return `thread(title)`, which returns the page of a new thread, and its number."""

    def begin(title):
        page = new_page()
        sign_in_as(page, "assistant")
        address = ask(page, title)
        return page, int(address.rstrip("/").rpartition("/")[2])

    return begin


SELECT_WITHIN_A_FORMULA = """(said) => {
  said.innerHTML = '<p>Why <math alttext="x^2"><msup><mi>x</mi><mn>2</mn></msup></math> and more</p>';
  getSelection().setBaseAndExtent(said.querySelector("mn").firstChild, 0, said, 1);
}"""


def send(page, words):
    page.get_by_label("Your text").fill(words)
    page.get_by_role("button", name="Reply to everybody").click()


def stays(page, words):
    page.get_by_role("alert").filter(has_text="still here").wait_for()
    assert page.get_by_label("Your text").input_value() == words


@pytest.mark.thorough
def test_text_waits_for_the_server_and_stays_when_the_thread_is_gone(thread, shell):
    page, number = thread("Here today")
    page.evaluate("() => { window.online = fetch; window.fetch = () => Promise.reject(new TypeError()) }")
    send(page, "While the server is away")
    page.locator(".unsent-state", has_text="There is no connection.").wait_for()
    page.evaluate("() => { window.fetch = window.online; dispatchEvent(new Event('online')) }")
    page.locator(".post .post-body", has_text="While the server is away").wait_for()
    assert page.get_by_role("alert").count() == 0

    shell(f"from lessons.discussions.models import Thread\nThread.objects.filter(pk={number}).update(closed=True)")
    page.context.clear_cookies(name="sessionid")
    send(page, "When signed out")
    stays(page, "When signed out")


@pytest.mark.thorough
def test_text_just_typed_is_kept_when_replying_to_a_post(thread):
    page, _number = thread("Quick fingers")
    page.get_by_label("Your text").fill("Typed in haste")
    page.locator(".post").first.get_by_role("link", name="Reply").click()
    page.locator(".reply-target", has_text="In reply to Asif Rahman").wait_for()
    assert page.get_by_label("Your text").input_value() == "Typed in haste"


@pytest.mark.thorough
def test_quoting_a_selection_replies_to_that_post_until_it_is_cancelled(thread):
    page, number = thread("The words of one")
    page.locator(".post .post-body").first.evaluate(SELECT_WITHIN_A_FORMULA)
    page.locator(".post").first.get_by_role("link", name="Quote").click()
    answered, hidden = page.locator(".reply-target"), page.locator("[name=reply_to]")
    answered.get_by_role("link", name="Asif Rahman", exact=True).wait_for()
    assert hidden.input_value() == page.locator(".post").first.get_attribute("id")[1:]
    answered.get_by_role("link", name="Reply to the whole discussion").click()
    answered.wait_for(state="hidden")
    assert hidden.input_value() == ""
    assert page.get_by_label("Your text").input_value().startswith("> $x^2$ and more")


@pytest.mark.thorough
def test_a_reply_to_a_merged_thread_leads_to_its_new_location(thread, shell):
    _other, target = thread("The one that stays")
    page, number = thread("The one that goes")
    shell(
        "from lessons.discussions.models import Thread\nfrom lessons.accounts.models import User\n"
        "from lessons.discussions.services.threads import merge_threads\n"
        f"a, b = (Thread.objects.get(pk=pk) for pk in ({number}, {target}))\n"
        'merge_threads(thread=a, into=b, by=User.objects.get(email="instructor@example.org"))'
    )
    send(page, "Where am I?")
    page.wait_for_url(f"**/threads/{target}/#p*")
    page.locator(".post-body", has_text="Where am I?").wait_for()


@pytest.mark.thorough
def test_a_reply_on_the_next_page_is_shown_there(thread, shell):
    page, number = thread("Fifty and one")
    shell(FILL.format(thread=number, number=49))
    page.reload()
    assert page.locator("#posts .post").count() == 50
    send(page, "The fifty-first")
    page.wait_for_url("**page=2#p*")
    assert page.locator("#posts .post").count() == 1
