"""Word documents: formats, tables, images, notes; what is not part of the article is left out and listed."""

import re

import pytest

from lessons.importing.analysis import analyse
from lessons.importing.readers import docx
from lessons.markup.sanitise import InvalidText
from tests.importing.archives import zipped
from tests.importing.word import (
    BODY,
    HEADINGS,
    blocks,
    drawing,
    field,
    html,
    item,
    left_out,
    note,
    numbering,
    p,
    read,
    reference,
    run,
    style,
    table,
    word,
)

MARK = '<w:rPr><w:del w:id="9"/></w:rPr>'


# Formats within a paragraph


def test_the_formats_of_runs_are_kept_and_joined():
    sup, sub = '<w:vertAlign w:val="superscript"/>', '<w:vertAlign w:val="subscript"/>'
    body = p(
        "10",
        run("3", sup),
        " H",
        run("2", sub),
        "O ",
        run("b", "<w:b/>"),
        run("old", "<w:b/>"),
        run("er", "<w:b/><w:i/>"),
    )
    assert html(body) == "<p>10<sup>3</sup> H<sub>2</sub>O <strong>bold<em>er</em></strong></p>"
    body = p(run("gone", "<w:strike/>"), run(" under", '<w:u w:val="single"/>'), run(" not", '<w:b w:val="0"/>'))
    assert html(body) == "<p><s>gone</s><u> under</u> not</p>"


def test_symbols_hyphens_and_breaks_are_characters():
    symbol = '<w:r><w:sym w:font="Symbol" w:char="F061"/><w:noBreakHyphen/></w:r>'
    soft = "<w:r><w:t>b</w:t><w:softHyphen/><w:t>c\xadd</w:t></w:r>"
    assert [b[2] for b in blocks(p(symbol, soft))] == ["α\u2011bcd"]
    assert html(p("<w:r><w:t>a</w:t><w:br/><w:t>b</w:t></w:r>")) == "<p>a<br>b</p>"


def test_links_fields_and_bookmarks_lead_somewhere():
    link = '<w:hyperlink r:id="x"><w:r><w:t>out</w:t></w:r></w:hyperlink>'
    jump = field("REF there \\h", run("see"))
    other = field('HYPERLINK "https://example.org/b" \\l "c"', run("b"))
    marked = '<w:bookmarkStart w:id="0" w:name="there"/>'
    found = read(p(link, " ", jump, " ", other) + p(marked, "Here"), links={"x": "https://example.org/a"}).blocks
    assert re.findall(r'href="([^"]*)"', found[0].html) == [
        "https://example.org/a",
        "#there",
        "https://example.org/b#c",
    ]
    assert (found[0].text, found[1].anchors) == ("out see b", ("there",))


def test_a_formula_is_mathematics_in_its_sentence():
    omath = (
        "<m:oMath><m:r><m:t>E=m</m:t></m:r><m:sSup><m:e><m:r><m:t>c</m:t></m:r></m:e>"
        "<m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>"
    )
    found = read(p("So ", omath, " holds.") + p(f"<m:oMathPara>{omath}</m:oMathPara>")).blocks
    assert 'alttext="E=mc^{2}"' in found[0].html
    assert found[0].html.endswith("holds.</p>")
    assert (found[1].type, 'display="block"' in found[1].html) == ("formula", True)


def test_ruby_quotes_and_code_are_kept():
    reading, base = "<w:rt><w:r><w:t>うみ</w:t></w:r></w:rt>", "<w:rubyBase><w:r><w:t>海</w:t></w:r></w:rubyBase>"
    ruby = f"<w:r><w:ruby>{reading}{base}</w:ruby></w:r>"
    assert blocks(p(ruby))[0][2] == "海(うみ)"
    mono = '<w:rFonts w:ascii="Courier New"/>'
    code = p(run("if tide:", mono)) + p(run("    wait()", mono))
    styles = style("Zitat", "Quote")
    assert blocks(p("Wait.", style="Zitat") + p(BODY) + code, styles=styles) == [
        ("quote", None, "Wait."),
        ("paragraph", None, BODY),
        ("code", None, "if tide:\n    wait()"),
    ]


def test_a_document_typed_in_one_monospaced_font_is_not_code():
    mono = '<w:rFonts w:ascii="Courier New"/>'
    assert html(p(run(BODY, mono))) == f"<p>{BODY}</p>"


# Tables, images, text boxes


def test_merged_cells_and_header_rows_are_kept():
    wide, start, below = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = table([(wide, p(run("Year", "<w:b/>")))], [(start, "1949"), "a"], [(below, ""), "b"])
    assert html(body) == (
        '<table><thead><tr><th colspan="2"><strong>Year</strong></th></tr></thead>'
        '<tbody><tr><td rowspan="2">1949</td><td>a</td></tr><tr><td>b</td></tr></tbody></table>'
    )
    assert blocks(body)[0][2] == "Year\n1949 | a\nb"


def test_a_table_within_a_table_and_a_box_of_one_cell():
    inner = table(["x", "y"])
    assert html(table(["a", inner + p("")])).count("<table>") == 2
    assert blocks(table([p("Ebb") + p("Flood")])) == [("paragraph", None, "Ebb"), ("paragraph", None, "Flood")]


def test_captions_go_with_images_and_tables():
    styles = style("Caption", "caption")
    files = {"media/a.png": b"png"}
    body = (
        p(drawing("i", "A heron"))
        + p("Figure 1: Heron", style="Caption")
        + p("Table 1", style="Caption")
        + table(["a", "b"])
    )
    parsed = read(body, styles=styles, links={"i": "media/a.png"}, files=files)
    assert [(b.type, b.text) for b in parsed.blocks] == [
        ("image", "A heron\nFigure 1: Heron"),
        ("table", "Table 1\na | b"),
    ]
    image = parsed.images[0]
    assert (image.data, image.alt, f"/assets/{image.uid}/" in parsed.blocks[0].html) == (b"png", "A heron", True)
    assert "<figcaption>Figure 1: Heron</figcaption>" in parsed.blocks[0].html
    assert "<caption>Table 1</caption>" in parsed.blocks[1].html


@pytest.mark.parametrize("target", ["media/a.wmf", "media/missing.png", "https://example.org/a.png"])
def test_an_image_that_cannot_be_extracted_is_replaced_by_its_description(target):
    parsed = read(p("A ", drawing("i", "heron"), "."), links={"i": target}, files={"media/a.wmf": b"x"})
    assert (parsed.blocks[0].text, parsed.images) == ("A [Image: heron].", [])


def test_a_text_box_is_read_once_after_its_paragraph():
    box = f"<w:txbxContent>{p('In the box')}</w:txbxContent>"
    choice = f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
    fallback = f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
    both = f"<w:r><mc:AlternateContent>{choice}{fallback}</mc:AlternateContent></w:r>"
    parsed = read(p("Before ", both, "after."))
    assert [b.text for b in parsed.blocks] == ["Before after.", "In the box"]
    assert parsed.source.split() == ["Before", "after.", "In", "the", "box"]


# Notes, changes, comments, and what is left out


def test_notes_are_linked_and_follow_in_their_order():
    footnotes = note(1, "Second ", run("one", "<w:i/>")) + note(2, "First one") + note(3, "Never used")
    body = p("A", reference(2), " b", reference(1)) + p("C", reference(7, "endnote"))
    parsed = read(body, footnotes=footnotes, endnotes=note(7, "At the end", kind="endnote"))
    assert [(b.type, b.html) for b in parsed.blocks[2:]] == [
        ("footnote", '<li id="fn-1">First one</li>'),
        ("footnote", '<li id="fn-2">Second <em>one</em></li>'),
        ("footnote", '<li id="fn-e1">At the end</li>'),
    ]
    assert '<sup class="footnote-ref"><a href="#fn-1" id="fnref-1"' in parsed.blocks[0].html
    assert [o.text for o in parsed.omissions] == ["Never used"]


def test_tracked_changes_are_accepted_and_deletions_named():
    deleted = '<w:del w:id="1"><w:r><w:delText>1949</w:delText></w:r></w:del>'
    inserted = f'<w:ins w:id="2">{run("1950")}</w:ins>'
    body = p("In ", deleted, inserted, " it rained.")
    assert [b[2] for b in blocks(body)] == ["In 1950 it rained."]
    assert left_out(body) == [("1949", "Deleted text, recorded as a tracked change.", 0)]


def test_moved_text_occurs_once_and_a_deleted_paragraph_end_joins_paragraphs():
    moved = f'<w:moveFrom w:id="1">{run("Ebb.")}</w:moveFrom>', f'<w:moveTo w:id="2">{run("Ebb.")}</w:moveTo>'
    parsed = read(p(moved[0]) + p("Flood. ", moved[1]))
    assert ([b.text for b in parsed.blocks], parsed.omissions, parsed.source.split()) == (
        ["Flood. Ebb."],
        [],
        ["Flood.", "Ebb."],
    )
    assert [b[2] for b in blocks(p("It turns ", properties=MARK) + p("late."))] == ["It turns late."]


def test_a_drop_cap_joins_its_paragraph():
    assert [b[2] for b in blocks(p("T", properties='<w:framePr w:dropCap="drop"/>') + p("he tide."))] == ["The tide."]


def test_comments_hidden_text_headers_and_footers_are_named():
    comment = '<w:comment w:id="1" w:author="Ada">' + p("Really?") + "</w:comment>"
    body = p("Ebb", '<w:r><w:commentReference w:id="1"/></w:r>', run(" secret", "<w:vanish/>"))
    parts = {"comments": comment, "header": p("Page head"), "footer": p("Page ", field("PAGE", run("1")))}
    assert [b[2] for b in blocks(body, **parts)] == ["Ebb"]
    assert left_out(body, **parts) == [
        ("Really?", "A comment.", 0),
        ("secret", "Hidden text.", 0),
        ("Page head", "A page header or footer.", None),
        ("Page 1", "A page header or footer.", None),
    ]


def test_nothing_of_a_document_with_everything_is_lost():
    deleted = '<w:del w:id="1"><w:r><w:delText>old</w:delText></w:r></w:del>'
    body = (
        p("Ebb", reference(1), style="Heading1")
        + p("Now ", deleted, "new ", run("hidden", "<w:vanish/>"))
        + table(["a", p("b", reference(2))], ["c", table(["d", "e"])])
        + item("f", 1)
    )
    parts = {"footnotes": note(1, "one") + note(2, "two"), "numbering": numbering(n1=[("decimal", "%1.", 1)])}
    assert not analyse(read(body, styles=HEADINGS, header=p("head"), **parts)).missing


# Bad files


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (zipped({"a.txt": ""}), "not a Word document"),
        (zipped({"word/document.xml": "<w:document"}), "damaged"),
        (zipped({"word/document.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "XML entities"),
        (zipped({"word/document.xml": "<!DOCTYPE a><a/>"}), "damaged"),
        (word(p("x" * 21_000_000)), "more than 20 MB"),
        (word("<w:p/>" * 1_300_000), "more than 20 MB"),
        (word("<w:sdt><w:sdtContent>" * 300 + "</w:sdtContent></w:sdt>" * 300), "damaged|nested"),
    ],
)
def test_a_bad_document_is_refused_with_a_message(data, message):
    with pytest.raises(InvalidText, match=message):
        docx.read(data)


def test_a_heading_has_formulas_as_tex_and_raised_numbers():
    power = (
        "<m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>"
    )
    raised = run("3", '<w:vertAlign w:val="superscript"/>')
    parsed = read(p("Of ", power, " and 10", raised, style="Heading1") + p("It grows."), styles=HEADINGS)
    assert parsed.title == "Of $x^{2}$ and 10³"
    assert analyse(parsed).missing == []
