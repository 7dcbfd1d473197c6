"""What is pasted into a text, from Word, Google Docs and their like, arrives as it looks there; nothing is dropped."""

import re

import pytest

from lessons.importing.pasting import clean_paste
from lessons.markup.sanitise import InvalidText, sanitise
from tests.importing import clipboards
from tests.importing.clipboards import google_paragraph, google_run, normal, online_paragraph, online_run, word

DELETED = "Deleted text, recorded as a tracked change."


def cleaned(html, **options):
    """Return the HTML on one line, without what the sanitiser writes by itself."""
    pasted = clean_paste(html, **options)
    assert options or pasted.html == sanitise(pasted.html)
    shorter = pasted.html.replace(' rel="noopener noreferrer"', "")
    return re.sub(r"\s*\n\s*", "", re.sub(r"/assets/[0-9a-f-]{36}/", "IMAGE", shorter))


def left_out(html):
    return [(one.text, str(one.reason)) for one in clean_paste(html).left_out]


def images(html):
    return [(one.alt, one.name, one.data) for one in clean_paste(html).images]


WORD = word(
    normal("The sea", "MsoTitle"),
    "<h1>H<sub>2</sub>O in <b>the</b> <i>bay</i><o:p></o:p></h1>\n\n",
    normal(
        f"In {clipboards.word_change('del', '1949')}{clipboards.word_change('ins', '1950')} the water was <b>low</b>, "
        f"10<sup>3</sup> m.{clipboards.word_reference(1)}"
    ),
    clipboards.word_item("·", "sand", "l0 level1 lfo1"),
    clipboards.word_item("o", "mud", "l0 level2 lfo1"),
    clipboards.word_item("3.", "salt", "l1 level1 lfo2"),
    clipboards.word_table(["<b>Year</b>", "Level"], ["1950", "3"]),
    normal(clipboards.WORD_IMAGE),
    "<h3>Springs<o:p></o:p></h3>\n\n",
    normal("Twice a month.", "MsoQuote"),
    clipboards.word_notes("Kept by the <i>harbour</i>."),
)


def test_a_selection_of_word():
    assert cleaned(WORD) == (
        "<h2>The sea</h2><h2>H<sub>2</sub>O in the <i>bay</i></h2>"
        "<p>In 1950 the water was <b>low</b>, 10<sup>3</sup> m."
        '<sup class="footnote-ref"><a href="#fn-1" id="fnref-1">1</a></sup></p>'
        '<ul><li>sand<ul><li>mud</li></ul></li></ul><ol start="3"><li>salt</li></ol>'
        "<table><tbody><tr><td><p><b>Year</b></p></td><td><p>Level</p></td></tr>"
        "<tr><td><p>1950</p></td><td><p>3</p></td></tr></tbody></table>"
        '<p><img src="IMAGE" alt="A tide gauge on a quay"></p>'
        "<h3>Springs</h3><blockquote>Twice a month.</blockquote>"
        '<section class="footnotes"><ol><li id="fn-1"><p> Kept by the <i>harbour</i>.</p></li></ol></section>'
    )
    assert left_out(WORD) == [("1949", DELETED)]
    ((alt, address, data),) = images(WORD)
    assert (alt, data) == ("A tide gauge on a quay", b"")
    assert address.endswith("clip_image002.jpg")


def test_what_the_editor_gets_can_be_read_again():
    once = clean_paste(WORD, keeps_levels=True)
    assert once.html.startswith("<h1>The sea</h1>\n<h1>H<sub>2</sub>O")
    again = clean_paste(once.html, keeps_levels=True)
    assert cleaned(again.html, keeps_levels=True) == cleaned(once.html, keeps_levels=True)
    assert again.left_out == []


def test_the_lines_of_a_heading_become_one():
    assert cleaned("<h2>The<br>moon</h2><h3><div>The</div><div>sun</div></h3>") == "<h2>The moon</h2><h3>The sun</h3>"


def test_a_selection_of_word_for_the_web():
    html = clipboards.word_online(
        online_paragraph("The sea", level=1),
        online_paragraph(
            "low</span></span>" + online_run("er", "font-weight: bold;") + online_run("3", "vertical-align: super;")
        ),
        clipboards.online_item("sand", 1),
        clipboards.online_item("mud", 2),
    )
    assert cleaned(html) == (
        "<h2>The sea</h2><p>low<strong>er</strong><sup>3</sup></p>"
        "<ul><li><p>sand</p><ul><li><p>mud</p></li></ul></li></ul>"
    )
    assert left_out(html) == []


def test_a_selection_of_google_docs():
    html = clipboards.google(
        google_paragraph(google_run("The sea", "font-size:26pt")),
        google_paragraph(google_run("Ebb", "font-size:20pt"), tag="h1"),
        google_paragraph(
            google_run("low", "font-weight:700;font-style:italic"),
            google_run(" and 10"),
            google_run("3", "vertical-align:super"),
            google_run("gone", "text-decoration:line-through"),
            clipboards.google_link("https://example.org/a", "gauge"),
        ),
        clipboards.google_list(
            clipboards.google_item("sand", 1, clipboards.google_list(clipboards.google_item("mud", 2)))
        ),
        clipboards.google_table(["Year", "Level"]),
        google_paragraph(clipboards.GOOGLE_IMAGE),
    )
    assert cleaned(html) == (
        "<h2>The sea</h2><h2>Ebb</h2><p><strong><em>low</em></strong> and 10<sup>3</sup><s>gone</s>"
        '<a href="https://example.org/a">gauge</a></p><ul><li><p>sand</p><ul><li><p>mud</p></li></ul></li></ul>'
        "<table><tbody><tr><td><p>Year</p></td><td><p>Level</p></td></tr></tbody></table>"
        '<p><img src="IMAGE" alt=""></p>'
    )
    assert left_out(html) == []


def test_a_selection_of_libreoffice():
    html = clipboards.libreoffice(
        '<p class="title"><font face="Liberation Sans"><font size="7">The sea</font></font></p>',
        '\n<h1 class="western">Ebb</h1>\n<p><font color="#000000">It was <b>low</b></font>',
        f"{clipboards.libreoffice_reference(1)}.</p>\n<p><b>A bold line</b></p>",
        "<ul>\n\t<li><p>sand</p>\n\t<ul>\n\t\t<li><p>mud</p></li>\n\t</ul></li></ul>\n",
        clipboards.libreoffice_note(1, "Kept by the harbour."),
    )
    assert cleaned(html) == (
        "<h2>The sea</h2><h2>Ebb</h2><p>It was <b>low</b>"
        '<sup class="footnote-ref"><a href="#fn-1sym" id="fnref-1sym">1</a></sup>.</p><p><b>A bold line</b></p>'
        "<ul><li><p>sand</p><ul><li><p>mud</p></li></ul></li></ul>"
        '<section class="footnotes"><ol><li id="fn-1sym"><p>Kept by the harbour.</p></li></ol></section>'
    )
    assert left_out(html) == []


@pytest.mark.parametrize(
    "html",
    [
        clipboards.excel([("xl65", "Year"), ("xl65", "Level")], [("xl66", "1950"), ("xl66", "3")]),
        clipboards.sheets([("font-weight:bold;", "Year"), ("font-weight:bold;", "Level")], [("", "1950"), ("", "3")]),
    ],
)
def test_cells_of_a_spreadsheet(html):
    assert cleaned(html) == (
        "<table><tbody><tr><td><strong>Year</strong></td><td><strong>Level</strong></td></tr>"
        "<tr><td>1950</td><td>3</td></tr></tbody></table>"
    )


def test_a_selection_of_pages_or_notes():
    space = '<span class="Apple-converted-space">&nbsp;</span>'
    html = clipboards.cocoa(
        f'<h1>The sea</h1>\n<p class="p1"><span class="s1">low</span>{space}water</p>',
        '<ul class="ul1"><li class="li1">sand</li><ul class="ul1"><li class="li1">mud</li></ul></ul>',
    )
    assert cleaned(html) == (
        "<h2>The sea</h2><p><strong>low</strong> water</p><ul><li>sand<ul><li>mud</li></ul></li></ul>"
    )


def test_a_selection_of_a_web_page():
    html = (
        '<meta charset="utf-8"><nav><a href="/a">Home</a> <a href="/b">News</a></nav><script>track()</script>'
        '<h1 onclick="x()">Ebb<a class="anchor" href="#ebb">#</a></h1><p style="font-size:1em">It was <em>low</em>. '
        '<a href="https://example.org/x?utm_source=m&amp;id=3">more</a> <a href="file:///C:/x.doc">file</a></p>'
        '<div style="display:none">Hidden words</div><img src="https://www.facebook.com/tr?id=1" width="1" height="1">'
        '<figure><img src="https://example.org/a.jpg" alt="A gauge"><figcaption>The gauge</figcaption></figure>'
        '<iframe src="https://example.org/film"></iframe><h5>Springs</h5>'
        '<div style="font-family: Consolas, monospace;white-space: pre;"><div>if a:</div><div>    b()</div></div>'
    )
    assert cleaned(html) == (
        '<h2>Ebb</h2><p>It was <em>low</em>. <a href="https://example.org/x?id=3">more</a> file</p>'
        '<figure><img src="IMAGE" alt="A gauge"><figcaption>The gauge</figcaption></figure>'
        "<h3>Springs</h3><pre><code>if a:b()</code></pre>"
    )
    assert [text for text, _why in left_out(html)] == [
        "file (file:///C:/x.doc)",
        "https://example.org/film",
        "Home News",
        "Hidden words",
    ]


@pytest.mark.parametrize(
    ("html", "address"),
    [
        ("<p>a <img src='pasted:1' alt='A gauge'> b</p>", "pasted:1"),
        ("<img src='data:image/png;base64,iVBORw0KGgo=' alt='A gauge'>", "data:image/png;base64,iVBORw0KGgo="),
        ("<table><tr><td><img src='file:///C:/a.png' alt='A gauge'></td></tr></table>", "file:///C:/a.png"),
        (
            "<h2><img data-src='https://example.org/a.png' src='x/blank.gif' alt='A gauge'>Ebb</h2>",
            "https://example.org/a.png",
        ),
    ],
)
def test_every_image_has_a_place_and_its_address(html, address):
    assert images(html) == [("A gauge", address, b"")]
    assert cleaned(html).count("IMAGE") == 1


def test_a_link_to_what_was_not_copied_becomes_text_and_is_named():
    html = word(normal('See <a href="#_Toc3">below</a>.'))
    assert cleaned(html) == "<p>See below.</p>"
    ((text, _why),) = left_out(html)
    assert text == "below (#_Toc3)"


@pytest.mark.parametrize("html", ["", "<p> </p>", "<p>" + "a" * 2_000_001, "<div>" * 500 + "a"])
def test_what_cannot_be_pasted_is_refused(html):
    with pytest.raises(InvalidText):
        clean_paste(html)
