"""HTML and pasted HTML: headings, clean blocks, omissions."""

import pytest

from lessons.importing.analysis import analyse
from lessons.importing.outline.build import build_outline
from lessons.importing.readers import read_paste, read_upload
from tests.importing.articles import ARTICLES, outline_of, read, tree, types


def page(body):
    return read_upload("page.html", body.encode())


def test_the_headings_of_a_page_are_trusted():
    marsh = outline_of("saltmarsh.html")
    assert marsh.title == "How a Salt Marsh Grows"
    assert tree(marsh) == [
        (1, "lesson", "Catching the Silt"),
        (2, "section", "The First Summer"),
        (1, "lesson", "Losing the Silt"),
    ]


def test_the_lines_of_headings_captions_and_cells_do_not_touch():
    parsed = page(
        "<h1>How<br>t<b>i</b>des<div>turn</div></h1><h2>The<br>moon</h2><p>a</p><h2><p>The</p><p>sun</p></h2>"
        "<table><caption>High<br>tides</caption><tr><th>Day<th>T<b>i</b>me<tr><td><div>one</div>two<td>three</table>"
    )
    texts = ["The moon", "a", "The sun", "High tides\nDay | Time\none two | three"]
    assert (parsed.title, [block.text for block in parsed.blocks]) == ("How tides turn", texts)


def test_words_around_a_removed_field_do_not_touch():
    parsed = page("<h1>Tides</h1><p>The tide is<input>at<select><option>six<option>noon</select>today.</p>")
    assert [block.text for block in parsed.blocks] == ["The tide is at today."]
    assert [omission.text for omission in parsed.omissions] == ["six noon"]


def test_every_kind_of_block_is_recognised():
    marsh = outline_of("saltmarsh.html").sections
    assert types(marsh[1].blocks) == ["quote", "table", "image", "paragraph"]
    assert marsh[1].blocks[1].paragraphs == ["Year | Height", "First | 2 cm"]
    assert marsh[0].sections[0].blocks[0].paragraphs == ["Seeds arrive", "by water", "Crabs arrive"]
    assert '<a href="https://example.org/silt"' in marsh[0].blocks[0].html


def test_scripts_and_text_around_the_article_are_listed_as_omitted():
    left = {one.text: one.reason for one in read("saltmarsh.html").omissions}
    assert "script" in left['window.tracker = "look at this";']
    assert "script" in left['document.write("advert")']
    assert "comment" in left["editor: ask Tom about the crabs"]
    assert "Hidden" in left["Old draft of the caption"]
    assert "upload it" in left["https://example.org/marsh.jpg"]
    assert {"Home More mud", "All mud reserved", "Letter", "https://example.org/film"} <= left.keys()


def test_no_active_content_survives_in_the_html():
    html = " ".join(block.html for block in read("saltmarsh.html").blocks)
    assert not any(word in html for word in ("onclick", "script", "iframe", "<form", "example.org/marsh"))


def test_a_page_full_of_scripts_is_read():
    parsed = page("<script>a()</script>" * 500 + "<p>One sentence.</p>" + "<script>b()</script>" * 500)
    assert [block.text for block in parsed.blocks] == ["One sentence."]
    assert len(parsed.omissions) == 1000


LOOKS_DEEP = {
    "script": "<script>for (i = 0; i<n; i++) if (a<b) f()</script>" * 200,
    "drawing": "<svg viewBox='0 0 9 9'>" + "<path d='M0 0'/><circle r='1'/>" * 100 + "</svg>",
    "comment": "<!--[if gte mso 9]>" + "<w:b>" * 200 + "<![endif]-->",
    "style": "<style>" + "/* <b> */" * 200 + "</style>",
}


@pytest.mark.parametrize("silent", LOOKS_DEEP.values(), ids=LOOKS_DEEP)
def test_a_saved_page_is_not_refused_for_apparent_nesting(silent):
    article = analyse(page(f"<h1>Walls</h1><p>One sentence.</p>{silent}<p>Another.</p>"))
    assert [block.text for block in article.outline.blocks] == ["One sentence.", "Another."]
    assert not article.missing


def test_pasted_bold_lines_and_bullets_become_headings_and_lists():
    kelp = outline_of("rich-paste.html")
    assert kelp.title == "Why Kelp Matters"
    assert types(kelp.blocks) == ["paragraph", "list"]
    assert kelp.blocks[1].paragraphs == ["Urchins eat it.", "Otters eat urchins."]
    assert kelp.sections[0].heading == "Who Cuts It"


def test_the_html_of_a_paste_is_used_if_there_is_any():
    assert read_paste("plain", pasted_html="<h2>Rich</h2><p>text</p>").blocks[0].type == "heading"
    assert read_paste("plain", pasted_html="").blocks[0].text == "plain"


def test_skipped_levels_do_not_count():
    made = outline_of_html("<h2>A</h2><p>a</p><h5>B</h5><p>b</p><h3>C</h3><p>c</p><h2>D</h2><p>d</p>")
    assert [(level, heading) for level, _kind, heading in tree(made)] == [(1, "A"), (2, "B"), (2, "C"), (1, "D")]


def test_several_first_level_headings_all_become_lessons():
    made = outline_of_html("<title>Two Seas</title><h1>North</h1><p>n</p><h1>South</h1><p>s</p>")
    assert made.title == "Two Seas"
    assert [section.heading for section in made.sections] == ["North", "South"]


def test_text_outside_paragraphs_and_double_breaks_make_paragraphs():
    assert [block.text for block in page("one <b>bold</b><br><br>two<div>three</div>four").blocks] == [
        "one bold",
        "two",
        "three",
        "four",
    ]


def test_layout_tables_are_taken_apart():
    parsed = page("<table><tr><td><h2>Menu</h2><p>text in a cell</p></td></tr></table>")
    assert types(parsed.blocks) == ["heading", "paragraph"]


def test_parsing_twice_gives_the_same():
    source = (ARTICLES / "saltmarsh.html").read_text()
    assert page(source).blocks == page(source).blocks


def outline_of_html(body):
    return build_outline(page(body))
