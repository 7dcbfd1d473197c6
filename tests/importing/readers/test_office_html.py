"""HTML of office programs, saved or copied, is read as its authors see it: titles, nested lists, formats, changes."""

from html import escape

import pytest

from lessons.importing.analysis import analyse
from lessons.importing.readers import html, read_paste, read_upload
from lessons.importing.readers.office_html.conditional import without_conditions

WORD = '<meta name=Generator content="Microsoft Word 15">'
GAP = "<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span>"
NEAP = "<p class=MsoNormal>Neap tides come at the half moon.</p>"


def item(marker, text, place):
    """Return a paragraph as Word writes an item. place: such as `l0 level1 lfo1`."""
    ignored = f"<![if !supportLists]><span style='mso-list:Ignore'>{marker}{GAP}</span><![endif]>"
    return f"<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:{place}'>{ignored}{text}</p>"


def google(css, body):
    return f'<style type="text/css">.lst-kix_a-0{{}}{css}</style><body class="doc-content">{body}</body>'


def blocks(page):
    return html.read_clipboard(page).blocks


def only(page):
    (block,) = blocks(page)
    return block.html


def left_out(page):
    return [(omission.text, str(omission.reason), omission.position) for omission in html.read_page(page).omissions]


# Titles, headings, contents


def test_the_title_of_word_is_the_title_and_its_first_heading_a_section():
    page = WORD + f"<p class=MsoTitle>The Sea<o:p></o:p></p><h1>Ebb</h1>{NEAP}<h1>Flood</h1>{NEAP}"
    parsed = html.read_page(page)
    assert parsed.title == "The Sea"
    assert [(b.level, b.text) for b in parsed.blocks if b.type == "heading"] == [(1, "Ebb"), (1, "Flood")]


@pytest.mark.parametrize(
    "heading",
    [
        "<p class=MsoHeading8 style='mso-outline-level:2'>Ebb</p>",
        '<p style="mso-outline-level:2">Ebb</p>',
        '<p class="Paragraph SCXW1" role="heading" aria-level="2">Ebb</p>',
        '<div role="heading" aria-level="2"><span>Ebb</span></div>',
    ],
)
def test_paragraphs_that_stand_for_headings_are_headings(heading):
    page = WORD + heading.replace("MsoHeading8", "MsoHeading2") + NEAP
    assert [(b.type, b.level, b.text) for b in blocks(page)][0] == ("heading", 2, "Ebb")


@pytest.mark.parametrize(
    ("contents", "text"),
    [
        (WORD + '<p class=MsoToc1><a href="#_Toc1">Ebb 3</a></p>', "Ebb 3"),
        (WORD + '<div id="Table of Contents1"><p><a href="#__RefHeading__1">Ebb</a></p></div>', "Ebb"),
        (google("", "".join(f'<p><a href="#h.{n}">Ebb</a></p>' for n in range(3))), "Ebb"),
    ],
)
def test_a_table_of_contents_is_left_out_and_named(contents, text):
    page = contents + f"<h2>Ebb</h2>{NEAP}"
    assert (text, "The document’s table of contents.", 0) in left_out(page)
    assert [b.text for b in html.read_page(page).blocks][0] == "Ebb"


# Lists


def test_items_of_word_become_nested_lists():
    page = (
        WORD
        + item("·", "a", "l0 level1 lfo1")
        + item("o", "b <i>c</i>", "l0 level2 lfo1")
        + item("·", "d", "l0 level1 lfo1")
    )
    assert only(page) == "<ul><li>a<ul><li>b <i>c</i></li></ul></li><li>d</li></ul>"


def test_items_of_word_keep_their_numbers():
    page = WORD + "".join(
        item(marker, "x", place)
        for marker, place in [
            ("3.", "l1 level1 lfo2"),
            ("h)", "l1 level2 lfo2"),
            ("i)", "l1 level2 lfo2"),
            ("7.", "l1 level1 lfo2"),
            ("iv.", "l2 level1 lfo3"),
        ]
    )
    first, second = [block.html for block in blocks(page)]
    inner = '<ol start="8" type="a"><li>x</li><li>x</li></ol>'
    assert first.replace('type="a" start="8"', 'start="8" type="a"') == (
        f'<ol start="3"><li>x{inner}</li><li value="7">x</li></ol>'
    )
    assert 'start="4"' in second
    assert 'type="i"' in second


def test_items_in_words_filtered_html_are_recognised_by_the_gap_after_the_marker():
    page = WORD + "".join(
        f"<p class=MsoListParagraphCxSpFirst style='margin-left:{left}pt'>{marker}{GAP}{text}</p>"
        for left, marker, text in [
            (36, "1.", "a"),
            (72, '<span style="font-family:Courier New">o</span>', "b"),
            (36, "2.", "c"),
        ]
    )
    assert only(page) == "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"


def test_sibling_lists_of_google_docs_are_nested():
    counter = '.lst-kix_q-1>li:before{content:"" counter(lst-ctn-kix_q-1,lower-latin) ". "}'
    exported = google(
        counter,
        '<ol class="lst-kix_q-0 start" start="1"><li>x</li></ol>'
        '<ol class="lst-kix_q-1 start" start="1"><li>y</li></ol>'
        '<ol class="lst-kix_q-0" start="2"><li>z</li></ol>',
    )
    assert only(exported) == '<ol><li>x<ol type="a"><li>y</li></ol></li><li>z</li></ol>'
    copied = '<ul><li aria-level="1">a</li><ul><li aria-level="2">b</li></ul></ul>'
    assert (
        only(f'<b style="font-weight:normal" id="docs-internal-guid-1">{copied}</b>')
        == "<ul><li>a<ul><li>b</li></ul></li></ul>"
    )


def test_lists_of_word_online_are_nested():
    wrapper = (
        '<div class="ListContainerWrapper SCXW1"><ul><li data-listid="3" aria-level="{}"><p>{}</p></li></ul></div>'
    )
    nested = "<ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>"
    assert only(wrapper.format(1, "a") + wrapper.format(2, "b")) == nested


def test_the_text_of_a_list_has_its_numbers():
    page = '<ol start="3"><li>a<ol type="a"><li><p>b</p></li></ol></li><li value="9">c<ul><li>d</li></ul></li></ol>'
    assert [block.text for block in blocks(page)] == ["3. a\n  a. b\n9. c\n  d"]


def test_typed_markers_make_lists():
    bullets = "<p>o&nbsp; Rock <b>salt</b></p><p>o&nbsp; Sea salt</p>"
    numbers = "<p>1. one</p><p>2. <i>two</i></p><p>9. nine</p>"
    assert [block.html for block in blocks(f"{bullets}<p>Then:</p>{numbers}")] == [
        "<ul><li>Rock <b>salt</b></li><li>Sea salt</li></ul>",
        "<p>Then:</p>",
        "<ol><li>one</li><li><i>two</i></li></ol>",
        "<p>9. nine</p>",
    ]


# Formats and links


@pytest.mark.parametrize(
    ("style", "html"),
    [
        ("font-weight:700", "<strong>x</strong>"),
        ("font-weight: 400; font-style:italic", "<em>x</em>"),
        ("text-decoration:line-through", "<s>x</s>"),
        ("vertical-align:super", "<sup>x</sup>"),
        ("vertical-align:sub;font-weight:bold", "<strong><sub>x</sub></strong>"),
        ("vertical-align:baseline;font-weight:normal", "x"),
    ],
)
def test_formats_by_style_or_class_are_kept(style, html):
    assert only(f'<p>10<span style="{style}">x</span></p>') == f"<p>10{html}</p>"
    assert only(google(f".c1{{{style}}}", '<p>10<span class="c1">x</span></p>')) == f"<p>10{html}</p>"


def test_the_wrapper_around_text_copied_from_google_does_not_make_it_bold():
    page = (
        '<b style="font-weight:normal;" id="docs-internal-guid-1"><p>a <span style="font-weight:700">b</span></p></b>'
    )
    assert only(page) == "<p>a <strong>b</strong></p>"


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("https://www.google.com/url?q=https://example.org/a%3Fb&sa=D", "https://example.org/a?b"),
        (
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fa&data=1",
            "https://example.org/a",
        ),
        ("https://www.google.com/url?q=javascript:alert(1)", "https://www.google.com/url?q=javascript:alert(1)"),
        (
            "https://www.google.com/search?q=https://example.org/",
            "https://www.google.com/search?q=https://example.org/",
        ),
    ],
)
def test_redirects_of_google_and_outlook_are_replaced_by_their_targets(address, target):
    assert f'href="{escape(target)}"' in only(f'<p><a href="{escape(address)}">a</a></p>')


# Changes and comments


def test_deletions_are_left_out_and_named():
    page = f"<h2>Rain</h2>{NEAP}<ul><li>In <del>1949</del><ins>1950</ins> it rained.</li></ul>"
    assert [b.text for b in html.read_page(page).blocks][-1] == "In 1950 it rained."
    assert left_out(page) == [("1949", "Deleted text, recorded as a tracked change.", 3)]
    assert left_out("<p>a <del>most of all that there is</del></p>")


@pytest.mark.parametrize(
    "page",
    [
        WORD + "<p>Ebb<span class=MsoCommentReference><a class=msocomanchor href='#_msocom_1'>[A1]</a></span></p>"
        "<div style='mso-element:comment-list'><div style='mso-element:comment'><p>Really?</p></div></div>",
        google(
            "",
            '<p>Ebb<sup><a href="#cmnt1" id="cmnt_ref1">[a]</a></sup></p>'
            '<div class="c1"><p><a href="#cmnt_ref1" id="cmnt1">[a]</a><span>Really?</span></p></div>',
        ),
    ],
)
def test_comments_are_left_out_and_named(page):
    assert [b.text for b in html.read_clipboard(page).blocks] == ["Ebb"]
    assert ("Really?", "A comment.", 1) in left_out(page)


def test_conditional_comments_keep_what_browsers_show():
    page = "a<!--[if gte mso 9]><xml>b</xml><![endif]-->c<!--[if !x]-->d<!--[endif]-->e<![if !y]>f<![endif]>g<!--[if"
    assert without_conditions(page) == "acdefg<!--[if"


def test_an_office_page_is_read_whole_and_nothing_is_lost():
    page = (
        f"<html><head>{WORD}<style>p.MsoNormal{{margin:0}}</style></head><body>"
        f"<p class=MsoTitle>The Sea</p><h1>Ebb</h1>{NEAP}{item('1.', 'one', 'l0 level1 lfo1')}"
        f"<p>In <del>1949</del><ins>1950</ins></p><div class=sidebar>{NEAP}</div><h1>Flood</h1>{NEAP}</body></html>"
    )
    for parsed in (read_upload("sea.html", page.encode()), read_paste("", page)):
        assert not analyse(parsed).missing
        assert [b.text for b in parsed.blocks].count("Neap tides come at the half moon.") == 3


# Titles of formats that mark their headings


@pytest.mark.parametrize(
    ("headings", "title"),
    [
        (["<h1>Sea</h1>", "<h1>Ebb</h1><p>a</p>", "<h1>Flood</h1><p>b</p>"], "Sea"),
        (["<h1>Ebb</h1><p>a</p>", "<h1>Flood</h1><p>b</p>"], ""),
        (["<h1>Sea</h1><p>By Ada</p>", "<h1>1 Ebb</h1><p>a</p>", "<h1>2 Flood</h1><p>b</p>"], "Sea"),
        (["<h1>1 Ebb</h1><p>a</p>", "<h1>2 Flood</h1><p>b</p>"], ""),
        (["<h1>3. Sea</h1>", "<h2>Ebb</h2><p>a</p>"], "Sea"),
        (["<h1>3 Sea</h1>", "<h2>3.1 Ebb</h2><p>a</p>"], "Sea"),
        (["<h1>1984</h1>", "<h2>Ebb</h2><p>a</p>"], "1984"),
        (["<h1>12 angry men</h1>", "<h2>Ebb</h2><p>a</p>"], "12 angry men"),
    ],
)
def test_the_first_heading_is_the_title_only_where_it_is_not_like_the_others(headings, title):
    parsed = html.read("".join(headings))
    assert parsed.title == title
    assert not analyse(parsed).missing
