"""Reading notes: painted, counted, beside their passages, in a sheet, from passage to card and back."""

import re

import pytest

from tests.browser.annotations.make import lesson_with_notes, painted, until
from tests.browser.axe import violations


@pytest.fixture(scope="module")
def notes(server, shell):
    """Return a lesson of the sample course with notes of learner-b and the instructor."""
    return lesson_with_notes(shell, "What follows")


def read(new_page, sign_in_as, notes, *, before=None, html=None, **look):
    """Open the lesson as learner-a; `before` is a script that runs first, `html` changes what the server sent."""
    page = new_page(once=bool(before or html), **look)
    if before:
        page.add_init_script(before)
    sign_in_as(page, "learner-a")
    if html:
        page.route(f"**{notes['url']}", lambda route: changed(route, html))
    page.goto(notes["url"])
    return page


def changed(route, html):
    reply = route.fetch()
    route.fulfill(response=reply, body=html(reply.text()))


def test_notes_are_painted_and_counted_and_the_text_stays(new_page, sign_in_as, notes):
    page = read(new_page, sign_in_as, notes)
    page.locator(".annotation-toggle").first.wait_for()
    first = page.locator(".annotation-toggle >> nth=0")
    assert first.get_attribute("aria-label") == "2 notes on this paragraph"
    assert notes["question"]["exact"] in painted(page, "question")
    assert notes["note"]["exact"] in painted(page, "one")
    assert page.evaluate("document.querySelector('[data-revision]').textContent") == notes["text"]
    page.locator(f"#note-{notes['note']['uid']}").wait_for()
    assert page.locator(".site-bar, .byline").get_by_text("notes").count() == 1


def test_from_passage_to_card_and_back_by_click_and_key(new_page, sign_in_as, notes):
    page = read(new_page, sign_in_as, notes)
    card = page.locator(f"#note-{notes['note']['uid']}")
    card.wait_for()
    click_words(page, notes["note"])
    page.locator(f"#note-{notes['note']['uid']}.active").wait_for()
    assert painted(page, "focus") == [notes["note"]["exact"]]
    button = page.locator(".annotation-toggle >> nth=0")
    button.focus()
    page.keyboard.press("Enter")
    page.locator(".annotation:focus").wait_for()
    page.keyboard.press("Escape")
    assert button.evaluate("b => b === document.activeElement")
    card.locator(".when").click()
    assert button.evaluate("b => b === document.activeElement")


def click_words(page, note):
    """Click in the middle of a painted passage."""
    box = page.evaluate(
        """words => {
          const ranges = [...CSS.highlights.values()].flatMap((highlight) => [...highlight]).map((still) => {
            const range = new Range();
            range.setStart(still.startContainer, still.startOffset);
            range.setEnd(still.endContainer, still.endOffset);
            return range;
          });
          const box = ranges.find((range) => range.toString() === words).getClientRects()[0];
          return [box.left + box.width / 2, box.top + box.height / 2];
        }""",
        note["exact"],
    )
    page.mouse.click(*box)


def test_the_permalink_of_a_note_opens_the_page_at_its_passage(new_page, sign_in_as, notes):
    page = new_page()
    sign_in_as(page, "learner-a")
    page.goto(f"/notes/{notes['last']['id']}/")
    page.locator(f"#note-{notes['last']['uid']}.active").wait_for()
    top = page.evaluate(
        "[...CSS.highlights.get('annotation-focus')][0].startContainer.parentElement.getBoundingClientRect().top"
    )
    assert 0 < top < 900


@pytest.mark.thorough
def test_filtering_and_hiding_all_notes(new_page, sign_in_as, notes):
    page = read(new_page, sign_in_as, notes)
    page.locator(f"#note-{notes['note']['uid']}").wait_for()
    page.locator(".annotation-filter summary").click()
    page.get_by_label("Unanswered questions only").check()
    page.locator(f"#note-{notes['note']['uid']}").wait_for(state="detached")
    assert painted(page, "one") == [notes["question"]["exact"]]
    page.get_by_role("button", name="Clear").click()
    page.locator(f"#note-{notes['note']['uid']}").wait_for()
    page.get_by_label("Hide all notes").check()
    assert page.locator(".annotation-toggle, .cards > li").count() == 0
    assert sum(len(painted(page, layer)) for layer in ("one", "some", "question", "focus")) == 0


@pytest.mark.thorough
def test_new_notes_are_offered_and_move_nothing(new_page, sign_in_as, notes):
    page = read(new_page, sign_in_as, notes)
    page.locator(f"#note-{notes['note']['uid']}").wait_for()

    def one_more(route):
        reply = route.fetch(headers={**route.request.headers, "if-none-match": ""})
        body = reply.json()
        body["ids"].append(999_999)
        for name, value in (
            ("starts", 5),
            ("lengths", 4),
            ("label_indexes", 0),
            ("edits", 0),
            ("flags", 0),
            ("replies", 0),
        ):
            body[name].append(value)
        route.fulfill(response=reply, json=body)

    page.route("**/notes/positions/", one_more)
    before = page.locator(".annotation-toggle").count()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    offer = page.get_by_role("status").get_by_role("button", name="1 new note")
    offer.wait_for()
    assert page.locator(".annotation-toggle").count() == before
    offer.click()
    offer.wait_for(state="detached")


@pytest.mark.thorough
def test_on_a_narrow_screen_notes_are_in_a_sheet(new_page, sign_in_as, notes):
    page = read(new_page, sign_in_as, notes, width=390, touch=True)
    page.locator(".annotation-toggle").first.wait_for()
    assert page.locator("#notes").is_hidden()
    page.locator(".annotation-toggle >> nth=0").tap()
    page.locator(f"#note-{notes['note']['uid']}").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Escape")
    page.locator("#notes").wait_for(state="hidden")
    page.get_by_role("button", name=re.compile("^Notes")).click()
    page.locator(f"#note-{notes['last']['uid']}").wait_for()


@pytest.mark.thorough
def test_an_unfinished_reply_stays_while_others_reply(new_page, sign_in_as, notes):
    page, other = read(new_page, sign_in_as, notes), new_page(script=False)
    card = page.locator(f"#note-{notes['note']['uid']}")
    card.locator(".post-body").first.click()
    card.get_by_role("link", name="Reply").click()
    card.get_by_label("Your text").fill("Half a")
    sign_in_as(other, "instructor")
    other.goto(f"/lessons/{notes['lesson']}/notes/")
    other.locator(f"#note-{notes['note']['uid']}").get_by_role("link", name="Reply").click()
    other.get_by_label("Your text").fill("Meanwhile.")
    other.get_by_role("button", name="Reply to everybody").click()
    other.get_by_text("Meanwhile.").wait_for()
    with page.expect_response("**/positions/"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert card.get_by_label("Your text").input_value() == "Half a"
    card.get_by_role("button", name="Reply to everybody").click()
    for words in ("Meanwhile.", "Half a"):
        card.get_by_text(words).wait_for()


@pytest.mark.thorough
def test_mark_elements_in_browsers_without_highlights_keep_the_text(new_page, sign_in_as, notes):
    page = read(new_page, sign_in_as, notes, before="delete window.Highlight")
    page.locator("mark.note-mark.one", has_text=notes["note"]["exact"]).first.wait_for()
    page.locator("mark.note-mark.question").first.wait_for()
    assert page.evaluate("document.querySelector('[data-revision]').textContent") == notes["text"]
    page.locator("mark.note-mark.one", has_text=notes["note"]["exact"]).first.click()
    page.locator("mark.note-mark.focus").wait_for()
    assert page.evaluate("document.querySelector('[data-revision]').textContent") == notes["text"]


@pytest.mark.thorough
@pytest.mark.parametrize("when", ["before", "later"])
def test_a_changed_text_is_never_painted_wrong(new_page, sign_in_as, notes, when):
    """Change the first paragraph, as a browser that translates does, so that every offset is wrong."""
    first = "document.querySelector('[data-revision] p')"
    if when == "before":
        page = read(
            new_page, sign_in_as, notes, html=lambda html: re.sub(r"(data-revision.*?<p>).", r"\1Xx", html, count=1)
        )
    else:
        page = read(new_page, sign_in_as, notes)
        page.locator(".annotation-toggle").first.wait_for()
        page.evaluate(f"{first}.textContent = 'Übersetzt.'")
    page.get_by_text("Something has changed the text").wait_for()
    page.locator(f"#note-{notes['last']['uid']}").wait_for()
    until(page, "CSS.highlights.get('annotation-one').size > 0")
    assert notes["last"]["exact"] in painted(page, "one")
    assert set(painted(page, "one")) <= {notes[name]["exact"] for name in ("last", "note", "question")}
    assert page.locator(".annotation-toggle").count() == 0


@pytest.mark.thorough
def test_a_note_given_by_attributes_is_painted(new_page, sign_in_as, notes):
    given = f'data-start="{notes["last"]["start"]}" data-end="{notes["last"]["end"]}" data-positions='
    page = read(new_page, sign_in_as, notes, html=lambda html: html.replace("data-positions=", given))
    until(page, "CSS.highlights.get('annotation-focus')?.size")
    assert painted(page, "focus") == [notes["last"]["exact"]]
    assert page.locator(".cards > li").count() == 0


@pytest.mark.thorough
def test_without_script_the_notes_are_a_list(new_page, sign_in_as, notes):
    page = read(new_page, sign_in_as, notes, script=False)
    page.locator("summary", has_text="More about notes").click()
    page.get_by_role("link", name="As a list").click()
    assert page.locator(f"#note-{notes['note']['uid']}").is_visible()
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Unanswered questions only").check()
    page.get_by_role("button", name="Show", exact=True).click()
    assert page.locator(f"#note-{notes['note']['uid']}").count() == 0


@pytest.mark.thorough
def test_only_the_text_is_printed(new_page, sign_in_as, notes):
    page = read(new_page, sign_in_as, notes)
    page.locator(".annotation-toggle").first.wait_for()
    page.emulate_media(media="print")
    assert page.locator(".annotation-toggle").first.is_hidden()
    assert page.locator("#notes").is_hidden()


@pytest.mark.thorough
@pytest.mark.parametrize("look", [{}, {"width": 390}])
def test_axe_finds_nothing_beside_the_text(new_page, sign_in_as, notes, look):
    page = read(new_page, sign_in_as, notes, **look)
    page.locator(".annotation-toggle").first.click()
    page.locator(".annotation.active").wait_for()
    assert violations(page) == []
    page.goto(f"/lessons/{notes['lesson']}/notes/")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
