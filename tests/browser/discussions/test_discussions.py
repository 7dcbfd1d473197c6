"""A learner asks, is notified and accepts an answer; a moderator handles a report, hides a post and undoes it."""

import pytest

from tests.browser.axe import violations
from tests.environment import sample

FORUM = "/courses/alliances-and-diplomacy/discussions/"
LOOKS = [{}, pytest.param({"width": 390}, marks=pytest.mark.thorough)]


def ask(page, title):
    page.goto(f"{FORUM}new/")
    page.get_by_label("Kind").select_option("question")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Your text").fill("What is **promised**, exactly?")
    page.get_by_role("button", name="Post to everybody").click()
    page.wait_for_url("**/threads/*/")
    return page.url


def test_a_learner_asks_is_notified_of_an_answer_and_accepts_it(new_page, sign_in_as):
    asker, helper = new_page(), new_page(script=False)
    sign_in_as(asker, "learner-a")
    sign_in_as(helper, "learner-b")
    ask(asker, "What does article 5 promise?")

    helper.goto(FORUM)
    helper.get_by_role("link", name="What does article 5 promise?").click()
    helper.get_by_role("button", name="I ask this too").click()
    helper.get_by_label("Your text").fill("Each ally does what it *deems necessary*.")
    helper.get_by_role("button", name="Preview").click()
    helper.locator(".preview em").wait_for()
    helper.get_by_role("button", name="Reply to everybody").click()
    helper.locator(".posts em", has_text="deems necessary").wait_for()

    asker.goto("/notifications/")
    asker.get_by_role("link", name="What does article 5 promise?").click()
    asker.get_by_role("button", name="Mark as answer").click()
    asker.get_by_role("status").filter(has_text="marked as the answer").wait_for()
    assert asker.locator(".post.answer").count() == 1
    assert asker.locator(".thread-title .chip.resolved").count() == 1
    asker.get_by_role("button", name="Undo").click()
    asker.locator(".thread-title .chip.open").wait_for()


@pytest.mark.thorough
def test_a_moderator_looks_at_a_report_hides_and_undoes(new_page, sign_in_as):
    learner, staff = new_page(), new_page()
    sign_in_as(learner, "learner-b")
    sign_in_as(staff, "instructor")
    staff.goto(ask(staff, "Something to argue about"))
    address = staff.url
    learner.goto(address)
    learner.get_by_label("Your text").fill("Something rude.")
    learner.get_by_role("button", name="Reply to everybody").click()
    learner.locator(".post-body", has_text="Something rude.").wait_for()

    reporter = new_page()
    sign_in_as(reporter, "learner-a")
    reporter.goto(address)
    reporter.locator(".post").last.get_by_role("link", name="Report").click()
    reporter.get_by_label("What’s wrong with this post?").fill("Rude")
    reporter.get_by_role("button", name="Report post").click()
    reporter.get_by_text("The course’s staff will review the post.").wait_for()

    staff.goto(f"{FORUM}inbox/")
    staff.locator(".reported", has_text="Something rude.").get_by_role("button", name="Hide").click()
    staff.get_by_role("status").filter(has_text="You hid a post").wait_for()
    reporter.goto(address)
    assert reporter.locator(".post.tombstone").count() == 1
    staff.goto(f"{FORUM}log/")
    staff.get_by_role("button", name="Undo").first.click()
    staff.get_by_text("This is recorded in the log.").wait_for()
    reporter.goto(address)
    assert reporter.locator(".post.tombstone").count() == 0


@pytest.mark.thorough
def test_a_draft_outlives_a_closed_page(new_page, sign_in_as):
    page = new_page()
    sign_in_as(page, "learner-a")
    page.goto(f"{FORUM}new/")
    with page.expect_response("**/drafts/"):
        page.get_by_label("Your text").fill("Half a thought")
    page.goto(FORUM)
    page.goto(f"{FORUM}new/")
    assert page.get_by_label("Your text").input_value() == "Half a thought"


@pytest.mark.thorough
def test_one_click_leads_from_a_lesson_to_its_discussions_and_back_and_keys_choose_a_filter(page, sign_in_as):
    sign_in_as(page, "learner-a")
    page.goto("/courses/alliances-and-diplomacy/lessons/")
    page.get_by_role("link", name="What military diplomacy is").first.click()
    lesson = page.url.partition("#")[0]
    page.get_by_role("link", name="Start a discussion").click()
    page.get_by_label("Your text").fill("Is this the place?")
    page.locator(".post-form button.primary").first.click()
    page.wait_for_url("**/threads/*/")
    page.get_by_role("link", name="What military diplomacy is").first.click()
    assert page.url.partition("#")[0] == lesson
    page.get_by_role("link", name="Is this the place?").click()
    page.wait_for_url("**/threads/*/")

    page.goto(FORUM)
    chip = page.locator(".filter-chips summary", has_text="Lesson")
    chip.focus()
    page.keyboard.press("Enter")
    choice = page.locator(".menu-panel").get_by_role("link", name="What military diplomacy is")
    choice.wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    choice.wait_for(state="hidden")
    assert chip.evaluate("element => element === document.activeElement")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?lesson=*")
    assert page.locator(".filter-chips summary[data-current]").inner_text().strip() == "What military diplomacy is"
    assert page.locator(".thread", has_text="Is this the place?").count() == 1


@pytest.mark.thorough
def test_axe_finds_nothing_in_discussions(page, sign_in_as):
    sign_in_as(page, "instructor")
    thread = ask(page, "For axe")
    number = thread.rstrip("/").rpartition("/")[2]
    pages = [
        FORUM,
        f"{FORUM}text/",
        f"{FORUM}new/",
        f"{FORUM}inbox/",
        f"{FORUM}log/",
        f"{FORUM}prompts/",
        thread,
        f"{thread}order/",
        f"{thread}naming/",
    ]
    others = ["/notifications/", "/notifications/settings/", f"{FORUM}?unanswered=1", f"/threads/{number}/#write"]
    for address in sample([*pages, *others]):
        page.goto(address)
        assert violations(page, narrow=True) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


@pytest.mark.thorough
@pytest.mark.parametrize("look", LOOKS)
def test_a_name_is_completed_by_keys(new_page, sign_in_as, look):
    page = new_page(**look)
    sign_in_as(page, "learner-a")
    page.goto(f"{FORUM}new/")
    words = page.get_by_label("Your text")
    words.fill("")
    words.press_sequentially("As @", delay=20)
    options = page.get_by_role("listbox", name="People").get_by_role("option")
    options.first.wait_for()
    assert options.all_inner_texts()[1].split() == ["Ines", "Marek", "@ines-marek"]
    assert words.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    assert violations(page) == []
    words.press("Escape")
    options.first.wait_for(state="hidden")
    words.press_sequentially("x @", delay=20)
    options.first.wait_for()
    words.press("ArrowDown")
    words.press("Enter")
    assert words.input_value() == "As @x @ines-marek "
    words.press_sequentially("and @k", delay=20)
    options.first.wait_for()
    # Typed on faster than the list follows
    words.evaluate("field => field.setRangeText('oc', field.selectionStart, field.selectionStart, 'end')")
    words.press("Tab")
    assert words.input_value().endswith("and @jonas-koch ")
    assert words.evaluate("field => field === document.activeElement")


@pytest.mark.thorough
def test_a_name_is_completed_by_touch_in_a_reply(new_page, sign_in_as):
    page = new_page(width=390, touch=True)
    sign_in_as(page, "assistant")
    ask(page, "Whom to ask?")
    words = page.get_by_label("Your text")
    for n in range(2):
        words.press_sequentially("@mar", delay=20)
        page.get_by_role("listbox", name="People").get_by_role("option").first.tap()
        assert words.input_value() == "@ines-marek "
        page.get_by_role("button", name="Reply to everybody").click()
        page.locator(".post-body .mention").nth(n).wait_for()
        assert words.input_value() == ""


@pytest.mark.thorough
def test_in_a_tree_a_reply_appears_below_the_post_it_answers(new_page, sign_in_as):
    page = new_page()
    sign_in_as(page, "assistant")
    ask(page, "What grows here?")
    for words in ("A branch.", "A twig."):
        page.goto(page.url.partition("#")[0].partition("?")[0] + "?view=tree")
        page.locator(".post").first.get_by_role("link", name="Reply").click()
        page.get_by_label("Your text").fill(words)
        page.get_by_role("button", name="Reply to everybody").click()
        page.locator(".answers .post-body", has_text=words).wait_for()
    assert page.locator(".answers > li > .post").count() == 2
    assert page.locator(".answers").count() == 1
    assert violations(page) == []
    page.get_by_role("link", name="Oldest first").click()
    page.wait_for_url("**view=time")
    assert page.locator(".answers").count() == 0
