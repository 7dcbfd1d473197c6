"""A comparison sees what changed besides words: headings, lists, links, images, tables, code, formulas."""

import re

import pytest

from lessons.markup.comparison import ADDED, CHANGED, REMOVED, SAME, Row, Skipped, compare, compare_words

LIST = "<ul><li>alpha one</li><li>beta two</li></ul>"
TABLE = "<table><tbody><tr><th>sea</th><td>ebb high</td></tr><tr><td>moon</td><td>flow</td></tr></tbody></table>"
LINK = '<p>See <a href="https://a.example/">the paper</a> now.</p>'
IMAGE = '<figure><img src="/assets/1/" alt="A wave"><figcaption>At sea</figcaption></figure>'
CODE = '<pre><code class="language-python">x = 1\ny = 2</code></pre>'
FORMULA = '<p>So <math alttext="x^2"><mi>x</mi></math> grows.</p>'
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
