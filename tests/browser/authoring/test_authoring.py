"""An instructor at work: import, review, editor, images, publishing. Any violation of the CSP is a failure."""

import re
from itertools import count

import pytest
from PIL import Image

from tests.browser.axe import violations
from tests.environment import sample
from tests.structures import STRUCTURES

LISTS = ["lessons/module", "lessons/lesson", "lessons/casestudy", "lessons/glossaryterm", "lessons/timelineevent"]
ARTICLE = """How Lights Changed the Coast

Ships have followed lights along dangerous coasts for two thousand years.

What a Lighthouse Does

A lighthouse refers to a tower that carries a light high enough to be seen from far out at sea.

How Lights Were Paid For

Light dues were taken from ships in the harbour. In 1822, Fresnel showed a new lens.
"""
number = count(1)


@pytest.fixture
def author(new_page, sign_in_as):
    """Return a function that opens a page at the instructor's courses; its arguments are those of `new_page`."""

    def open_page(**look):
        page = new_page(**look)
        sign_in_as(page, "instructor")
        page.goto("/admin/")
        return page

    return open_page


def import_article(page, text=None):
    """Import `text`, or an article that nobody has imported before."""
    page.goto("/admin/")
    page.get_by_role("link", name="New module from an article").click()
    page.get_by_role("textbox", name="Paste the article").fill(
        text or ARTICLE.replace("the Coast", f"Coast {next(number)}")
    )
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/admin/articles/*/")


def open_lesson(page, name):
    page.goto("/admin/")
    page.get_by_role("link", name="Military diplomacy in NATO").click()
    page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()
    page.get_by_role("textbox", name="Text", exact=True).wait_for()


@pytest.mark.thorough
def test_an_article_becomes_a_module_without_scripts(author):
    page = author(script=False)
    import_article(page)
    assert "words of the article are here" in page.content()
    page.locator("button[value^='demote:']:enabled").last.click()
    page.get_by_label("Title of the module").fill("Lights without a script")
    page.get_by_role("button", name="Create the module").click()
    page.get_by_role("heading", level=1, name="Lights without a script").wait_for()


CREATE_TWICE = """async () => {
  const form = document.querySelector("[name=version]").form;
  const send = () => {
    const body = new FormData(form);
    body.set("action", "create");
    return fetch(location.pathname, { method: "POST", body });
  };
  return (await Promise.all([send(), send()])).map((answer) => answer.url);
}"""


@pytest.mark.thorough
def test_two_clicks_at_once_create_one_module_and_both_lead_to_it(author):
    page = author()
    import_article(page)
    first, second = page.evaluate(CREATE_TWICE)
    assert first == second
    assert "/lessons/module/" in first


@pytest.mark.thorough
def test_a_review_discarded_in_another_window_says_so_and_keeps_what_was_typed(author):
    page = author()
    import_article(page)
    other = page.context.new_page()
    other.goto(page.url)
    other.locator(".discard summary").click()
    other.locator(".discard button").click()
    other.wait_for_url("**/admin/")
    page.get_by_label("Title of the module").fill("Words to keep")
    page.locator("button[value^='demote:']:enabled").last.click()
    page.get_by_text("this import or its course was deleted").wait_for()
    assert page.get_by_label("Title of the module").input_value() == "Words to keep"


@pytest.mark.thorough
def test_a_review_is_saved_automatically_and_its_buttons_stay_on_the_page(author):
    page = author()
    import_article(page)
    url = page.url
    page.locator("button[value^='demote:']:enabled").last.click()
    page.locator("[name=version][value='2']").wait_for(state="attached")
    page.get_by_label("Title of the module").fill("Lights of the coast")
    page.locator("[name=version][value='3']").wait_for(state="attached")
    page.goto(url)
    assert page.get_by_label("Title of the module").input_value() == "Lights of the coast"
    page.locator(".review-outline .level-2").wait_for()


@pytest.mark.thorough
def test_a_review_is_done_by_keyboard_and_a_late_response_is_not_a_conflict(author):
    """The focus stays where work goes on, each step can be undone, and “Create” waits for the answers before it."""
    page = author()
    import_article(page)

    def press(button, focused):
        button.focus()
        page.keyboard.press("Enter")
        page.locator(f"{focused}:focus").wait_for()

    last = page.locator(".review-section").last.get_attribute("id")
    outline = page.locator("[data-part=outline] a")
    assert page.locator(f"#l-{last}").inner_text() == "How Lights Were Paid For"
    press(page.locator(f"button[value='merge:{last}']"), ".review-section:last-child input.heading")
    assert outline.count() == 2
    press(page.locator("button[value=undo]"), "button[value=redo]")
    assert outline.count() == 3
    block = page.locator(f"#{last} .block").last.get_attribute("id")
    page.locator(f"#{block} summary").focus()
    page.keyboard.press("Enter")
    press(page.get_by_role("button", name="Edit", exact=True), f"#{block} textarea")
    page.keyboard.type("Typed *here*. ")
    press(page.get_by_role("button", name="Done"), f"#{block} summary")
    assert page.locator(f"#{block} em").inner_text() == "here"
    page.locator("[name=selected]").nth(1).check()
    page.locator("[name=selected]").nth(2).check()
    press(
        page.locator("button[value='selected:omit']"),
        f"#l-{page.locator('.review-section').first.get_attribute('id')}",
    )
    press(page.locator(".omitted-here button[value='restore:o2']"), f"#{last} input.heading")
    assert violations(page) == []
    waiting = []
    page.route("**/admin/articles/*/", lambda route: route.continue_() if waiting else waiting.append(route))
    page.locator("button[value^='promote:']:enabled, button[value^='demote:']:enabled").last.click()
    page.get_by_role("button", name="Create the module").click()
    while not waiting:  # a route is told of after the click that caused it
        page.wait_for_timeout(20)
    waiting[0].continue_()
    page.get_by_text("The module was created as a draft.").wait_for()


@pytest.mark.thorough
def test_a_reimport_shows_what_it_changes_and_updates_its_module(author):
    page, old = author(), ARTICLE.replace("the Coast", "the Estuary")
    import_article(page, old)
    page.get_by_role("button", name="Create the module").click()
    page.wait_for_url("**/module/*/change/")
    module = page.url
    import_article(page, old.replace("In 1822", "In 1823").replace("What a Lighthouse Does", "What Lighthouses Do"))
    changes = page.get_by_role("region", name="This article was imported before")
    assert changes.get_by_label("Update that module").is_checked()
    assert changes.locator("del").all_text_contents() == ["[removed: What a Lighthouse Does]", "[removed: 1822,]"]
    assert violations(page) == []
    page.locator("input.heading").nth(1).fill("What a Tower Does")
    changes.locator("ins", has_text="Tower").wait_for()
    changes.get_by_label("Create a new module").check()
    page.get_by_role("button", name="Create the module").wait_for()
    changes.get_by_label("Update that module").check()
    page.get_by_role("button", name="Update the module").click()
    page.get_by_text("2 changed, 1 unchanged, 0 new, 0 no longer in the article.").wait_for()
    assert page.url == module
    page.get_by_role("main").get_by_role("link", name="What a Tower Does", exact=True).first.wait_for()


@pytest.mark.thorough
def test_an_instructor_edits_inserts_an_image_and_publishes(author, tmp_path):
    image = tmp_path / "sea.png"
    Image.new("RGB", (300, 200), "navy").save(image)
    page = author()
    open_lesson(page, "What it is" if page.get_by_text("What it is").count() else "What military diplomacy is")
    page.locator(".ProseMirror p").first.click()
    page.keyboard.press("End")
    page.keyboard.type(" Written by hand.")
    page.get_by_role("button", name="Image", exact=True).click()
    page.locator("[data-part=file]").set_input_files(image)
    page.locator("[data-part=alt]").fill("A navy field")
    page.get_by_role("button", name="Upload and insert").click()
    page.locator(".ProseMirror figure img[alt='A navy field']").wait_for()
    page.get_by_label("What changed").fill("An image")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_text(re.compile(r"Revision \d+ is published")).wait_for()
    page.get_by_role("link", name="View on site").first.click()
    page.get_by_text("Written by hand.").wait_for()
    page.get_by_role("img", name="A navy field").wait_for()


@pytest.mark.thorough
def test_the_editor_is_guarded_even_if_the_script_loads_late(author):
    page = author()
    late = []
    page.route("**/lesson-editor*.js", lambda route: late.append(route))
    page.goto("/admin/lessons/lesson/1/change/", wait_until="commit")
    page.locator(".ProseMirror").wait_for()
    while not late:
        page.wait_for_timeout(50)
    assert page.get_by_role("textbox", name="Text", exact=True).count() == 0
    late[0].continue_()
    page.get_by_role("textbox", name="Text", exact=True).wait_for()


@pytest.mark.thorough
def test_every_structure_survives_the_editor_and_a_save(author, shell):
    shell(f"from lessons.models import Lesson\nLesson.objects.filter(pk=2).update(body={STRUCTURES!r})")
    page = author()
    page.goto("/admin/lessons/lesson/2/change/")
    text = page.get_by_role("textbox", name="Text", exact=True)
    text.wait_for()
    assert text.locator("aside, .details, li.task, ruby, dl, ol[type]").count() == 9
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("The draft was saved.").wait_for()
    stored = shell("from lessons.models import Lesson\nprint(Lesson.objects.get(pk=2).body)")
    assert tags(stored) == tags(STRUCTURES)


def tags(html):
    """Return the text and, in their order, the tags of HTML with their attributes, without what the editor adds."""
    pieces = re.split(r"(<[^>]*>)", html.strip())
    names = [(re.match(r"</?\w+", tag)[0], *sorted(re.findall(r'[\w-]+="[^"]*"', tag))) for tag in pieces[1::2]]
    return [
        "".join("".join(pieces[::2]).split()),
        *sorted(name for name in names if name[0] not in ("<tbody", "</tbody")),
    ]


@pytest.mark.thorough
def test_lessons_are_moved_by_keyboard_and_by_dragging(author):
    page = author()
    page.get_by_role("link", name="Military diplomacy in NATO").click()
    titles = page.locator(".lesson-rows .title a")
    titles.nth(2).wait_for()
    first, second, third = titles.all_inner_texts()[:3]
    page.get_by_role("button", name=f"Move “{first}” down").focus()
    page.keyboard.press("Enter")
    page.get_by_text(f"“{first}” is now number 2.").wait_for(state="attached")
    assert page.evaluate("document.activeElement.name") == "down"
    page.keyboard.press("Alt+ArrowDown")
    page.get_by_text(f"“{first}” is now number 3.").wait_for(state="attached")
    page.keyboard.press("Alt+ArrowUp")
    page.get_by_text(f"“{first}” is now number 2.").wait_for(state="attached")
    handles = page.locator(".lesson-rows .handle")
    handles.nth(1).hover()
    page.mouse.down()
    box = handles.nth(0).bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] - 10, steps=5)
    page.mouse.up()
    page.get_by_text(f"“{first}” is now number 1.").wait_for(state="attached")
    page.reload()
    titles.nth(2).wait_for()
    assert titles.all_inner_texts()[:3] == [first, second, third]


@pytest.mark.thorough
def test_axe_finds_no_violations_in_the_admin(author):
    page = author()
    assert violations(page, narrow=True) == []
    for name in sample(LISTS):
        page.goto(f"/admin/{name}/")
        assert violations(page, narrow=name == LISTS[0]) == [], name
    for table in ("glossary/", "timeline/", "timeline/import/", "copies/"):
        page.goto(f"/admin/lessons/module/1/{table}")
        assert violations(page, narrow=table == "timeline/") == [], table
    for form in ("lessons/module", "courses/course"):
        page.goto(f"/admin/{form}/1/change/")
        assert violations(page, narrow=form == "lessons/module") == [], form
    for part in ("", "history/"):
        page.goto("/admin/lessons/lesson/1/" + (part or "change/"))
        page.wait_for_load_state("networkidle")
        if not part:  # the editor's names come with its script
            page.locator("[contenteditable][aria-label]").first.wait_for()
        assert violations(page, narrow=True) == [], part
    import_article(page, "# Code\n\n## A long line\n\n```\n" + 40 * "long " + "\n```\n")
    page.locator(".block pre").wait_for()
    assert violations(page, narrow=True) == []
