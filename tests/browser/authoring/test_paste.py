"""What is pasted from Word or Google Docs keeps its structure, in the import form and in the lesson editor."""

import re

import pytest

from lessons.importing.readers import read_paste
from tests.browser.axe import violations

GAP = "<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span>"


def item(marker, text, place):
    ignored = f"<!--[if !supportLists]--><span style='mso-list:Ignore'>{marker}{GAP}</span><!--[endif]-->"
    return f"<p class=MsoListParagraph style='margin-left:36pt;mso-list:{place}'>{ignored}{text}<o:p></o:p></p>"


WORD = (
    "<html><head><meta name=Generator content='Microsoft Word 15'><style>p{margin:0}</style></head><body>"
    "<p class=MsoTitle>The Sea</p><p class=MsoToc1><a href='#_Toc1'>Ebb 3</a></p><h1>Ebb</h1>"
    "<p class=MsoNormal style='margin:0'>In <del>1949</del><ins>1950</ins> the water was <b>low</b>.<o:p></o:p></p>"
    + item("·", "sand", "l0 level1 lfo1")
    + item("o", "mud", "l0 level2 lfo1")
    + item("3.", "salt", "l1 level1 lfo2")
    + "<h1>Flood</h1><h5>Springs</h5><p class=MsoNormal>Twice a month the water is high.</p></body></html>"
)
GOOGLE = (
    '<b style="font-weight:normal;" id="docs-internal-guid-1"><h1><span style="font-weight:400">Ebb</span></h1>'
    '<p style="line-height:1.4"><span style="font-weight:700">bold</span><span style="font-weight:400"> and 10</span>'
    '<span style="vertical-align:super">3</span></p>'
    '<ul><li aria-level="1"><p>sand</p></li><ul><li aria-level="2"><p>mud</p></li></ul></ul></b>'
)


@pytest.fixture
def author(new_page, sign_in_as):
    page = new_page()
    sign_in_as(page, "instructor")
    page.goto("/admin/")
    return page


def paste(box, html):
    """Paste `html` as the browser does."""
    box.evaluate(
        """(element, html) => {
            const data = new DataTransfer();
            data.setData("text/html", html);
            data.setData("text/plain", "plain");
            const event = { clipboardData: data, bubbles: true, cancelable: true };
            element.dispatchEvent(new ClipboardEvent("paste", event));
        }""",
        html,
    )


def open_import_form(page):
    """Return the box for the article, once its script is there."""
    page.get_by_role("link", name="New module from an article").click()
    page.locator(".formatted-paste").wait_for(state="attached")
    return page.get_by_role("textbox", name="Paste the article")


def test_a_paste_into_the_import_form_keeps_its_structure_when_it_is_edited(author):
    page = author
    box = open_import_form(page)
    paste(box, WORD)
    assert box.locator("li li").inner_text() == "mud"
    page.get_by_role("status").filter(has_text="Formatted text").wait_for()
    box.get_by_text("Twice a month").click()
    page.keyboard.press("End")
    page.keyboard.type("!")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/admin/articles/*/")
    html = re.search(r'name="pasted_html"\r\n\r\n(.*?)\r\n--', sent.value.post_data, re.DOTALL)[1]
    article = read_paste("", html)
    assert article.title == "The Sea"
    assert [(block.type, block.text) for block in article.blocks] == [
        ("heading", "Ebb"),
        ("paragraph", "In 1950 the water was low."),
        ("list", "sand\n  mud"),
        ("list", "3. salt"),
        ("heading", "Flood"),
        ("heading", "Springs"),
        ("paragraph", "Twice a month the water is high.!"),
    ]


@pytest.mark.thorough
def test_formatted_text_is_left_for_plain_text_by_a_button(author):
    page = author
    box = open_import_form(page)
    paste(box, GOOGLE)
    assert violations(page) == []
    page.get_by_role("button", name="Use plain text instead").click()
    assert box.input_value().split() == ["Ebb", "bold", "and", "103", "sand", "mud"]
    assert page.locator("[name=pasted_html]").input_value() == ""


def test_a_paste_into_the_lesson_editor_has_the_form_that_its_author_sees(author):
    page = author
    page.get_by_role("link", name="Military diplomacy in NATO").click()
    page.get_by_role("main").get_by_role("link", name="What military diplomacy is", exact=True).first.click()
    editor = page.locator(".ProseMirror")
    pasted = []
    for html in (WORD, GOOGLE):
        editor.click()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.press("Delete")
        paste(editor, html)
        pasted.append(editor.evaluate("element => element.editor.getHTML()"))
    assert pasted == [
        "<h2>The Sea</h2><h2>Ebb</h2><p>In 1950 the water was <strong>low</strong>.</p>"
        "<ul><li><p>sand</p><ul><li><p>mud</p></li></ul></li></ul>"
        '<ol start="3"><li><p>salt</p></li></ol>'
        "<h2>Flood</h2><h4>Springs</h4><p>Twice a month the water is high.</p>",
        "<h2>Ebb</h2><p><strong>bold</strong> and 10<sup>3</sup></p>"
        "<ul><li><p>sand</p><ul><li><p>mud</p></li></ul></li></ul>",
    ]
