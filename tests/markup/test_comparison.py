"""A comparison sees what changed besides words: headings, lists, links, images, tables, code, formulas."""

import re

import pytest

from lessons.markup.comparison import ADDED, CHANGED, REMOVED, SAME, Row, Skipped, compare, compare_words
from lessons.markup.structure import leaves

LIST = "<ul><li>alpha one</li><li>beta two</li></ul>"
TABLE = "<table><tbody><tr><th>sea</th><td>ebb high</td></tr><tr><td>moon</td><td>flow</td></tr></tbody></table>"
LINK = '<p>See <a href="https://a.example/">the paper</a> now.</p>'
IMAGE = '<figure><img src="/assets/1/" alt="A wave"><figcaption>At sea</figcaption></figure>'
CODE = '<pre><code class="language-python">x = 1\ny = 2</code></pre>'
FORMULA = '<p>So <math alttext="x^2"><mi>x</mi></math> grows.</p>'
NOTE = '<section class="footnotes"><ol><li>One note of old</li></ol></section>'
CELL = "<table><tbody><tr><td><p>sea</p><p>ebb</p></td></tr></tbody></table>"
CALLOUT = '<aside class="callout callout-note"><p>Mind this</p></aside>'


def described(old, new):
    """Return the rows that changed, as text: `-` before what was removed, `+` before what was added, and remarks."""
    signs = {SAME: "", ADDED: "+", REMOVED: "-"}
    return [
        (row.label, " ".join(f"{signs[part.change]}{part.html}" for part in row.segments), row.remarks)
        for row in compare(old, new).rows
        if isinstance(row, Row) and row.change != SAME
    ]


@pytest.mark.parametrize(
    ("old", "new", "label", "text", "remark"),
    [
        (
            "<h2>One thing</h2>",
            "<h3>One thing</h3>",
            "Heading, level 3",
            "One thing",
            "Was: Heading, level 2. Now: Heading, level 3.",
        ),
        (
            LIST,
            LIST.replace("ul>", "ol>"),
            "List item (numbered list)",
            "alpha one",
            "The block around it was: Bulleted list. Now: Numbered list.",
        ),
        (LIST, LIST.replace("two", "2"), "List item (bulleted list)", "beta -two +2", ""),
        (
            LINK,
            LINK.replace("a.ex", "b.ex"),
            "Paragraph",
            "See the paper now.",
            "Link of “the paper”: was https://a.example/, now https://b.example/.",
        ),
        (LINK, LINK.replace("now.", "<strong>now.</strong>"), "Paragraph", "See the paper now.", "Now bold: “now.”."),
        (
            LINK,
            "<p>See the paper now.</p>",
            "Paragraph",
            "See the paper now.",
            "No longer link (https://a.example/): “the paper”.",
        ),
        (
            IMAGE,
            IMAGE.replace("A wave", "Foam"),
            "Image",
            "Foam",
            "Alternative text of the image: “A wave”, now “Foam”.",
        ),
        (TABLE, TABLE.replace("high", "low"), "Table row", "sea ebb -high +low", ""),
        (TABLE, TABLE.replace("th>", "td>"), "Table row", "sea ebb high", "A cell changed: heading, now cell."),
        (CODE, CODE.replace("python", "js"), "Code", "x = 1 y = 2", "Language of the code: python, now js."),
        (CODE, CODE.replace("y = 2", "y = 3"), "Code", "x = 1 -y = 2 +y = 3", ""),
        (FORMULA, FORMULA.replace("x^2", "x^3"), "Paragraph", "So -$x^2$ +$x^3$ grows.", ""),
        (
            "<p>words of another</p>",
            "<blockquote><p>words of another</p></blockquote>",
            "Paragraph (quotation)",
            "words of another",
            "Now in: Quotation.",
        ),
        (
            CALLOUT,
            CALLOUT.replace("-note", "-warning"),
            "Paragraph (callout, warning)",
            "Mind this",
            "The block around it was: Callout, note. Now: Callout, warning.",
        ),
        (
            "<blockquote><p>words of another</p></blockquote>",
            "<p>words of another</p>",
            "Paragraph",
            "words of another",
            "No longer in: Quotation.",
        ),
        ("<p>Sea</p><hr>", "<p>Sea</p>", "Horizontal line", "-―", ""),
        ("<p>Sea<br>and moon</p>", "<p>Sea<br>and tide</p>", "Paragraph", "Sea and -moon +tide", ""),
        (NOTE, NOTE.replace("old", "now"), "Footnote", "One note of -old +now", ""),
        (CELL, CELL.replace("ebb", "flow"), "Table row", "sea -ebb +flow", ""),
        ("<p>日本語の文章。</p>", "<p>日本語の長い文章。</p>", "Paragraph", "日本語の +長い 文章。", ""),
    ],
    ids=[
        "heading",
        "kind of list",
        "item",
        "link",
        "bold",
        "no link",
        "alt",
        "cell",
        "heading cell",
        "language",
        "code",
        "formula",
        "quotation",
        "callout",
        "no quotation",
        "line",
        "line break",
        "footnote",
        "paragraphs in a cell",
        "Japanese",
    ],
)
def test_what_changed_is_described(old, new, label, text, remark):
    [(found_label, found_text, remarks), *others] = described(old, new)
    plain = " ".join(re.sub(r"<[^>]*>|[|]", "", found_text.replace("<br>", " ")).split())
    assert (found_label, plain, remarks, others) == (label, text, [remark] if remark else [], [])


def test_an_image_and_a_row_are_removed_and_added():
    other = IMAGE.replace("/1/", "/2/")
    assert [label for label, _text, _remarks in described(IMAGE, other)] == ["Image", "Image"]
    [(label, text, _remarks)] = described(
        TABLE, TABLE.replace("</tbody>", "<tr><td>new</td><td>row</td></tr></tbody>")
    )
    assert (label, text.startswith("+")) == ("Table row", True)


def test_a_moved_paragraph_says_so():
    moved = "<p>This paragraph has moved away.</p>"
    remarks = [
        remarks for *_row, remarks in described(f"{moved}<p>One.</p><p>Two.</p>", f"<p>One.</p><p>Two.</p>{moved}")
    ]
    assert remarks == [["It was moved elsewhere."], ["It was moved here."]]


def test_ids_and_ways_to_write_the_same_are_no_change():
    new = LIST.replace("<li>", "<li><p>").replace("</li>", "</p></li>")
    assert compare(f"<h2>A</h2>{LIST}", f'<h2 id="sec-a">A</h2>{new}').is_same


def test_unchanged_passages_are_counted_and_what_is_next_to_a_change_is_shown():
    paragraphs = [f"<p>Paragraph {n}</p>" for n in range(20)]
    rows = compare("".join(paragraphs), "".join(paragraphs).replace("Paragraph 9<", "Section 9<")).rows
    assert [type(row) for row in rows] == [Skipped, Row, Row, Row, Skipped]
    assert [row.change for row in rows if isinstance(row, Row)] == [SAME, CHANGED, SAME]


def test_titles_and_markup_in_words_are_escaped():
    assert [str(part.marked) for part in compare_words("a <b>", "a <i>")] == [
        "a ",
        '<del><span class="visually-hidden">removed: </span>&lt;b&gt;</del> ',
        '<ins><span class="visually-hidden">added: </span>&lt;i&gt;</ins>',
    ]


def test_unchanged_passages_are_named_by_their_number_and_shortened():
    same, long = "<p>One.</p><p>Two.</p>", f"<p>{'word ' * 60}</p>"
    assert [row.text for row in compare(same, same).rows] == ["2 paragraphs, items or rows are the same."]
    [neighbour, _removed, _added] = compare(f"{long}<p>sea</p>", f"{long}<p>ebb</p>").rows
    [segment] = neighbour.segments
    assert segment.html.split() == ["word"] * 25 + ["…"] + ["word"] * 25


def test_a_change_of_very_many_paragraphs_pairs_those_at_its_start_and_end():
    old = [f"<p>Paragraph {n} says {n * 7} of all</p>" for n in range(40)]
    new = [text.replace("says", "said") for text in old]
    new[20:20] = ["<p>Something else entirely was written here</p>"]
    changes = [row.change for row in compare("".join(old), "".join(new)).rows]
    assert changes == [CHANGED] * 20 + [ADDED] + [CHANGED] * 20


def test_beyond_very_many_changes_only_their_number_is_shown(monkeypatch):
    monkeypatch.setattr("lessons.markup.comparison.MAX_ROWS", 1)
    comparison = compare("<p>a</p><p>b</p><p>c</p><p>d</p>", "<p>a</p><p>x</p><p>c</p><p>y</p>")
    assert (len([row for row in comparison.rows if row.change != SAME]), comparison.omitted) == (1, 3)


def test_titles_of_several_lines_are_compared():
    assert [(part.change, part.html) for part in compare_words("a\nb", "a\nc")] == [
        (SAME, "a<br>"),
        (REMOVED, "b"),
        (ADDED, "c"),
    ]


def test_a_row_that_lost_a_cell_says_so():
    row = "<table><tbody><tr><td>sea</td>{}</tr></tbody></table>"
    [(label, text, _remarks)] = described(row.format("<td>ebb</td>"), row.format(""))
    assert (label, re.sub(r"<[^>]*>", "", text)) == ("Table row", " | sea - | ebb")


def test_tags_that_close_nothing_are_ignored():
    html = '<p>One</math></strong></ul></p><math alttext="x"><mi>x<p>y</p></mi></math><ul><li><b><p>Two</ul>three</p>'
    kinds = [(leaf.kind, [token.text for token in leaf.tokens]) for leaf in leaves(html)]
    assert kinds == [("p", ["One"]), ("p", ["x"]), ("li", ["Two"]), ("p", ["three"])]


def test_empty_lines_at_the_end_of_code_are_no_change():
    assert compare("<pre><code>x\n\n</code></pre>", "<pre><code>x</code></pre>").is_same


def test_text_and_marks_around_other_elements_are_read():
    html = "<p> One <!-- not seen -->two</p> <pre><strong>x<code>y</code>z</strong></pre>"
    prose, code = leaves(html)
    assert [token.text for token in prose.tokens] == ["One", "two"]
    assert [(token.text, token.marks) for token in code.tokens] == [(line, (("bold", ""),)) for line in "xyz"]
