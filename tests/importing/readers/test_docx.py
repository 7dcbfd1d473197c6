"""Word documents: structure by styles, numbers and formats; what is not part of the article is left out and named."""

import re

import pytest

from lessons.importing.analysis import analyse
from lessons.importing.readers import docx
from lessons.markup.sanitise import InvalidText
from tests.importing.archives import zipped
from tests.importing.word import (
    HEADINGS,
    bold,
    field,
    item,
    note,
    numbering,
    p,
    picture,
    reference,
    run,
    table,
    word,
)

BODY = "The tide turns twice a day, and nobody on this coast has ever found it late by more than a few minutes."
MARK = '<w:rPr><w:del w:id="9"/></w:rPr>'


def read(body, **parts):
    return docx.read(word(body, **parts))


def blocks(body, **parts):
    """Return (type, level, text) of every block."""
    return [(block.type, block.level, block.text) for block in read(body, **parts).blocks]


def html(body, **parts):
    return "".join(block.html for block in read(body, **parts).blocks)


def left_out(body, **parts):
    return [(omission.text, str(omission.reason), omission.position) for omission in read(body, **parts).omissions]


def style(style_id, name, inside="", kind="paragraph"):
    return f'<w:style w:type="{kind}" w:styleId="{style_id}"><w:name w:val="{name}"/>{inside}</w:style>'


def based(style_id, name, base):
    return style(style_id, name, f'<w:basedOn w:val="{base}"/>')


# Headings and the title


@pytest.mark.parametrize(
    ("style_id", "styles"),
    [
        ("Heading2", HEADINGS),
        ("berschrift2", style("berschrift2", "heading 2")),
        ("Titre2", style("Titre2", "Titre 2")),
        ("T2", style("T2", "Überschrift 2")),
        ("T2", style("T2", "标题 2")),
        ("T2", style("T2", "My own", '<w:pPr><w:outlineLvl w:val="1"/></w:pPr>')),
        ("T3", based("T3", "Small cousin", "T2") + based("T2", "Cousin", "Heading2") + HEADINGS),
        ("Heading2", ""),
    ],
)
def test_a_heading_is_known_by_its_style_in_any_language(style_id, styles):
    assert blocks(p("Ebb", style=style_id) + p(BODY), styles=styles)[0] == ("heading", 2, "Ebb")


def test_styles_based_on_each_other_in_a_circle_end():
    assert blocks(p("Ebb", style="A"), styles=based("A", "A", "B") + based("B", "B", "A")) == [
        ("paragraph", None, "Ebb")
    ]


def test_the_style_title_is_the_title_and_further_ones_are_headings():
    styles = HEADINGS + style("Title", "Title")
    parsed = read(p("The Sea", style="Title") + p("Ebb", style="Heading1") + p(BODY), styles=styles)
    assert (parsed.title, parsed.blocks[0].text) == ("The Sea", "Ebb")
    chapters = p("Ebb", style="Title") + p("Springs", style="Heading1") + p(BODY) + p("Flood", style="Title")
    parsed = read(p(BODY) * 7 + chapters + p(BODY), styles=styles)
    assert [(b.level, b.text) for b in parsed.blocks if b.type == "heading"] == [
        (1, "Ebb"),
        (2, "Springs"),
        (1, "Flood"),
    ]


def test_what_a_title_has_besides_its_words_stays():
    styles = HEADINGS + style("Title", "Title")
    comment = '<w:comment w:id="1" w:author="Ada">' + p("Really?") + "</w:comment>"
    marks = '<w:r><w:commentReference w:id="1"/></w:r><w:bookmarkStart w:id="0" w:name="top"/>'
    title = p("The Sea", reference(1), marks, picture("i1", "A map"), style="Title")
    files = {"links": {"i1": "media/a.png"}, "files": {"media/a.png": b"png"}}
    parsed = read(title + p(BODY), styles=styles, comments=comment, footnotes=note(1, "A note."), **files)
    first = parsed.blocks[0]
    assert (parsed.title, first.text, first.anchors) == ("The Sea", "[1]A map", ("top",))
    assert [o.text for o in parsed.omissions] == ["Really?"]


def test_a_table_of_contents_in_a_cell_is_listed():
    contents = p(field('TOC \\o "1-3"', run("Ebb 3")))
    parsed = read(table(("Sea", contents), ("a", "b"), ("c", "d")) + p(BODY))
    assert (parsed.blocks[0].text, [o.text for o in parsed.omissions]) == ("Sea | \na | b\nc | d", ["Ebb 3"])


def test_the_number_of_a_heading_is_part_of_it():
    lists = numbering(n1=[("decimal", "%1", 1), ("decimal", "%1.%2", 1)])
    body = "".join(
        p(text, style=f"Heading{n + 1}", properties=f'<w:numPr><w:ilvl w:val="{n}"/><w:numId w:val="1"/></w:numPr>')
        for n, text in [(0, "Sea"), (1, "Ebb"), (1, "Flood"), (0, "Land"), (1, "Marsh")]
    )
    texts = [text for _type, _level, text in blocks(body, styles=HEADINGS, numbering=lists)]
    assert texts == ["1 Sea", "1.1 Ebb", "1.2 Flood", "2 Land", "2.1 Marsh"]


def test_headings_without_a_style_are_found_by_size_and_weight():
    large, bigger = '<w:b/><w:sz w:val="32"/>', '<w:b/><w:sz w:val="40"/>'
    body = p(run("Sea", bigger)) + p(BODY) + p(run("Ebb", large)) + p(BODY) + bold("Neap tides") + p(BODY)
    assert (read(body).title, [b.text for b in read(body).blocks if b.level]) == ("Sea", ["Ebb", "Neap tides"])
    headings = [(level, text) for _type, level, text in blocks(body + p(run("Land", bigger)) + p(BODY)) if level]
    assert headings == [(1, "Sea"), (2, "Ebb"), (3, "Neap tides"), (1, "Land")]


@pytest.mark.parametrize("line", ["A bold sentence ends like this.", "a, b, c;", "x" * 200, "1949"])
def test_bold_text_is_not_always_a_heading(line):
    assert not [b for b in blocks(p(BODY) + bold(line) + p(BODY) + bold(line) + p(BODY)) if b[0] == "heading"]


def test_bold_lines_are_no_headings_where_styles_mark_them_or_all_is_bold():
    styled = p("Ebb", style="Heading1") + p(BODY) + p("Flood", style="Heading1") + bold("Note") + p(BODY)
    assert ("paragraph", None, "Note") in blocks(styled, styles=HEADINGS)
    assert not [b for b in blocks(bold("Ebb") + bold(BODY) + bold("Flood") + bold(BODY)) if b[0] == "heading"]


def test_a_table_of_contents_is_left_out_and_named():
    styles = HEADINGS + style("Verzeichnis1", "toc 1")
    contents = p(field('TOC \\o "1-3"', run("Ebb\t3"))) + p("Flood 4", style="Verzeichnis1")
    body = contents + p("Ebb", style="Heading2") + p(BODY)
    assert left_out(body, styles=styles) == [("Ebb 3\nFlood 4", "The table of contents of the document.", 0)]
    assert [b[2] for b in blocks(body, styles=styles)] == ["Ebb", BODY]


def test_a_table_of_contents_that_never_ends_does_not_swallow_the_text():
    never_ends = field("TOC").removesuffix('<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    body = p(never_ends, "Ebb 3") + p("Ebb", style="Heading2") + p(BODY)
    assert [b[2] for b in blocks(body, styles=HEADINGS)] == ["Ebb", BODY]


# Lists


def test_lists_are_nested_and_numbered_as_word_shows_them():
    lists = numbering(
        n1=[("decimal", "%1.", 3), ("lowerLetter", "%2)", 1), ("lowerRoman", "(%3)", 1)], n2=[("bullet", "•", 1)]
    )
    body = item("a", 1) + item("b", 1, 1) + item("c", 1, 2) + item("d", 1, 1) + item("e", 1) + p(BODY) + item("f", 1)
    found = read(body + item("g", 2), numbering=lists).blocks
    assert [b.text for b in found if b.type == "list"] == ["3. a\n  a) b\n    (i) c\n  b) d\n4. e", "5. f", "g"]
    first, second, third = [b.html for b in found if b.type == "list"]
    assert first.startswith('<ol start="3"><li>a<ol')
    assert first.count("<li>") == 5
    assert second.startswith('<ol start="5">')
    assert third == "<ul><li>g</li></ul>"


def test_a_list_that_word_starts_anew_is_another_list():
    start = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    again = f'<w:num w:numId="2"><w:abstractNumId w:val="1"/>{start}</w:num>'
    lists = numbering(n1=[("decimal", "%1.", 1)]) + again
    found = blocks(item("a", 1) + item("b", 1) + item("c", 2) + item("d", 2), numbering=lists)
    assert found == [("list", None, "1. a\n2. b"), ("list", None, "1. c\n2. d")]


def test_boxes_are_tasks_and_items_without_a_marker_belong_to_the_one_before():
    lists = numbering(
        n1=[("bullet", "☐", 1)], n2=[("bullet", "☑", 1)], n3=[("decimal", "%1.", 1)], n4=[("bullet", " ", 1)]
    )
    lists = lists.replace('<w:lvlText w:val="%1."/>', '<w:lvlText w:val="%1."/><w:pPr><w:ind w:left="720"/></w:pPr>')
    lists = lists.replace('<w:lvlText w:val=" "/>', '<w:lvlText w:val=" "/><w:pPr><w:ind w:left="720"/></w:pPr>')
    found = read(item("a", 1) + item("b", 2) + p(BODY) + item("c", 3) + item("d", 4), numbering=lists).blocks
    assert found[0].html == '<ul><li class="task">☐ a</li><li class="task">☑ b</li></ul>'
    assert found[2].html == "<ol><li><p>c</p><p>d</p></li></ol>"


def test_a_number_that_html_cannot_count_stays_as_text():
    lists = numbering(n1=[("decimal", "§ %1", 1), ("decimal", "%1.%2", 1)])
    assert html(item("a", 1) + item("b", 1, 1), numbering=lists).count("1.1 b") == 1


def test_typed_markers_make_lists_and_keep_their_format():
    body = (
        p("o\tEbb ", run("tide", "<w:b/>"))
        + p("o\tFlood")
        + p(BODY)
        + p("1.\tOne")
        + p("2.\tTwo")
        + p(BODY)
        + p("1. Alone")
    )
    found = read(body).blocks
    assert [b.text for b in found if b.type == "list"] == ["Ebb tide\nFlood", "1. One\n2. Two"]
    assert found[0].html == "<ul><li>Ebb <strong>tide</strong></li><li>Flood</li></ul>"
    assert found[-1].text == "1. Alone"


def test_an_indented_paragraph_after_an_item_belongs_to_it():
    indent = '<w:ind w:left="720"/>'
    first = p("Ebb", properties=f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>{indent}')
    found = read(
        first + p("and more of it", properties=indent), numbering=numbering(n1=[("decimal", "%1.", 1)])
    ).blocks
    assert [(b.text, b.html) for b in found] == [
        ("1. Ebb\nand more of it", "<ol><li><p>Ebb</p><p>and more of it</p></li></ol>")
    ]


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


def test_a_document_typed_in_one_monospaced_font_is_no_code():
    mono = '<w:rFonts w:ascii="Courier New"/>'
    assert html(p(run(BODY, mono))) == f"<p>{BODY}</p>"


# Tables, pictures, text boxes


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


def test_captions_go_with_pictures_and_tables():
    styles = style("Caption", "caption")
    files = {"media/a.png": b"png"}
    body = (
        p(picture("i", "A heron"))
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
def test_where_a_picture_cannot_be_taken_its_description_stands(target):
    parsed = read(p("A ", picture("i", "heron"), "."), links={"i": target}, files={"media/a.wmf": b"x"})
    assert (parsed.blocks[0].text, parsed.images) == ("A [Picture: heron].", [])


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
    assert left_out(body) == [("1949", "Deleted in the document, where changes are tracked.", 0)]


def test_moved_text_stands_once_and_a_deleted_paragraph_end_joins():
    moved = f'<w:moveFrom w:id="1">{run("Ebb.")}</w:moveFrom>', f'<w:moveTo w:id="2">{run("Ebb.")}</w:moveTo>'
    parsed = read(p(moved[0]) + p("Flood. ", moved[1]))
    assert ([b.text for b in parsed.blocks], parsed.omissions, parsed.source.split()) == (
        ["Flood. Ebb."],
        [],
        ["Flood.", "Ebb."],
    )
    assert [b[2] for b in blocks(p("It turns ", properties=MARK) + p("late."))] == ["It turns late."]


def test_a_large_first_letter_joins_its_paragraph():
    assert [b[2] for b in blocks(p("T", properties='<w:framePr w:dropCap="drop"/>') + p("he tide."))] == ["The tide."]


def test_comments_hidden_text_headers_and_footers_are_named():
    comment = '<w:comment w:id="1" w:author="Ada">' + p("Really?") + "</w:comment>"
    body = p("Ebb", '<w:r><w:commentReference w:id="1"/></w:r>', run(" secret", "<w:vanish/>"))
    parts = {"comments": comment, "header": p("Page head"), "footer": p("Page ", field("PAGE", run("1")))}
    assert [b[2] for b in blocks(body, **parts)] == ["Ebb"]
    assert left_out(body, **parts) == [
        ("Really?", "A comment in the document.", 0),
        ("secret", "Hidden text of the document.", 0),
        ("Page head", "A header or footer of the document’s pages.", None),
        ("Page 1", "A header or footer of the document’s pages.", None),
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
def test_a_bad_document_is_refused_with_a_sentence(data, message):
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
