"""What is pasted is cleaned by the server: in the lesson editor, and in the box of an import."""

import re

import pytest

from lessons.importing.readers import read_paste
from tests.browser.axe import violations
from tests.image_files import image_bytes
from tests.importing import clipboards
from tests.importing.clipboards import normal, word

WORD = word(
    normal("The sea", "MsoTitle"),
    "<h1>Ebb<o:p></o:p></h1>",
    normal(f"In {clipboards.word_change('del', '1949')}1950 it was <b>low</b>.{clipboards.word_reference(1)}"),
    clipboards.word_item("·", "sand", "l0 level1 lfo1"),
    clipboards.word_item("o", "mud", "l0 level2 lfo1"),
    normal(clipboards.WORD_IMAGE),
    "<h2>Springs</h2>",
    normal("Twice a month the water is high."),
    clipboards.word_notes("Kept by the harbour."),
)
IMAGE = image_bytes(size=(40, 30)).hex()
# As Word has its images on the clipboard, besides the HTML.
RTF = r"{\rtf1 {\*\shppict{\pict{\*\picprop}\picw40\pngblip\bliptag1{\*\blipuid 0a}" + IMAGE + "}}}"


@pytest.fixture
def author(new_page, sign_in_as):
    page = new_page()
    sign_in_as(page, "instructor")
    page.goto("/admin/")
    return page


def paste(box, html, **others):
    """Paste `html` as the browser does."""
    box.evaluate(
        """(element, types) => {
            const data = new DataTransfer();
            for (const [type, value] of Object.entries(types)) data.setData(`text/${type}`, value);
            const event = { clipboardData: data, bubbles: true, cancelable: true };
            element.dispatchEvent(new ClipboardEvent("paste", event));
        }""",
        {"html": html, "plain": "plain", **others},
    )


def open_import_form(page):
    """Return the box for the article, once its script is there."""
    page.get_by_role("link", name="New module from an article").click()
    page.locator(".formatted-paste").wait_for(state="attached")
    return page.get_by_role("textbox", name="Paste the article")


def open_editor(page):
    page.get_by_role("link", name="Military diplomacy in NATO").click()
    page.get_by_role("main").get_by_role("link", name="What military diplomacy is", exact=True).first.click()
    editor = page.locator(".ProseMirror")
    editor.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    return editor


def html_of(editor):
    return re.sub(r'<span data-image.*?>(.*?)</span>| rel="[^"]*"', r"\1", editor.evaluate("e => e.editor.getHTML()"))


@pytest.mark.thorough
def test_a_paste_into_the_import_form_keeps_its_structure_when_it_is_edited(author):
    page = author
    box = open_import_form(page)
    paste(box, WORD, rtf=RTF)
    box = page.locator(".formatted-paste")
    assert box.locator("li li").inner_text() == "mud"
    page.get_by_role("status").filter(has_text="One thing was left out").wait_for()
    assert violations(page) == []
    box.get_by_text("Twice a month").click()
    page.keyboard.press("End")
    paste(box, "<p style='color:red'> Each <i style='margin:0'>time</i>.</p>")
    box.get_by_text("Each time.").wait_for()
    page.keyboard.type("!")
    page.evaluate("""() => document.querySelector(".paste-form").addEventListener("submit", ({ target }) =>
        sessionStorage.setItem("sent", target.elements.pasted_html.value))""")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/admin/articles/*/")
    assert page.locator("img[src^='/assets/']").first.get_attribute("alt") == "A tide gauge on a quay"
    article = read_paste("", page.evaluate("() => sessionStorage.getItem('sent')"))
    assert article.title == "The sea"
    assert [(block.type, block.text) for block in article.blocks if block.type != "image"] == [
        ("heading", "Ebb"),
        ("paragraph", "In 1950 it was low.[1]"),
        ("list", "sand\n  mud"),
        ("heading", "Springs"),
        ("paragraph", "Twice a month the water is high.Each time.!"),
        ("footnote", "Kept by the harbour."),
    ]


@pytest.mark.thorough
def test_formatted_text_is_left_for_plain_text_by_a_button(author):
    page = author
    box = open_import_form(page)
    paste(box, "<h1>Ebb</h1><ul><li>sand</li></ul>")
    page.get_by_role("button", name="Use plain text instead").click()
    assert box.input_value().split() == ["Ebb", "sand"]
    assert page.locator("[name=pasted_html]").input_value() == ""


@pytest.mark.thorough
def test_a_paste_into_the_lesson_editor_is_one_step_and_its_images_are_added_with_their_descriptions(author):
    page = author
    editor = open_editor(page)
    page.keyboard.type("Before after")
    for _letter in " after":
        page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(50)  # the browser tells the editor of the caret after the key
    held = []
    page.route("**/paste/", lambda route: held.append(route))
    paste(editor, WORD, rtf=RTF)
    page.keyboard.type(" typed")
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    page.get_by_role("button", name="Add the images…").wait_for()
    pasted = html_of(editor)
    assert pasted == (
        "<p>Before</p><h2>The sea</h2><h2>Ebb</h2><p>In 1950 it was <strong>low</strong>."
        '<a id="fnref1" href="#fn1"><sup class="footnote-ref">[1]</sup></a></p>'
        "<ul><li><p>sand</p><ul><li><p>mud</p></li></ul></li></ul><p>[Image: A tide gauge on a quay]</p>"
        "<h3>Springs</h3><p>Twice a month the water is high. typed after</p>"
        '<section class="footnotes"><ol><li id="fn1"><p>Kept by the harbour.</p></li></ol></section>'
    )
    page.keyboard.press("ControlOrMeta+z")
    assert html_of(editor) == "<p>Before typed after</p>"
    page.keyboard.press("ControlOrMeta+Shift+z")
    assert html_of(editor) == pasted
    page.get_by_text("What was left out").click()
    assert "1949" in page.locator("paste-report").inner_text()
    page.get_by_role("button", name="Add the images…").click()
    dialog = page.get_by_role("dialog", name="Add the images")
    assert violations(page) == []
    dialog.get_by_role("textbox").fill("A gauge")
    dialog.get_by_role("button", name="Add to the text").click()
    editor.locator("figure img[alt='A gauge']").wait_for()
    dialog.wait_for(state="hidden")


@pytest.mark.thorough
def test_without_the_server_a_paste_is_plain_and_says_so(author):
    page = author
    editor = open_editor(page)
    page.route("**/paste/", lambda route: route.fulfill(status=403))
    page.keyboard.type("Before")
    paste(editor, WORD, plain=" one\ntwo")
    page.get_by_role("status").filter(has_text="Pasted as plain text. You’ve been signed out").wait_for()
    assert html_of(editor) == "<p>Before one</p><p>two</p>"
