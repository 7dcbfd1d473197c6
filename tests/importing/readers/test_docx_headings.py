"""Word documents: the title, headings by styles, numbers and formats, the table of contents."""

import pytest

from tests.importing.word import (
    BODY,
    HEADINGS,
    based,
    blocks,
    bold,
    drawing,
    field,
    left_out,
    note,
    numbering,
    p,
    read,
    reference,
    run,
    style,
    table,
)


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
    title = p("The Sea", reference(1), marks, drawing("i1", "A map"), style="Title")
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


def test_bold_lines_are_not_headings_if_styles_mark_headings_or_all_is_bold():
    styled = p("Ebb", style="Heading1") + p(BODY) + p("Flood", style="Heading1") + bold("Note") + p(BODY)
    assert ("paragraph", None, "Note") in blocks(styled, styles=HEADINGS)
    assert not [b for b in blocks(bold("Ebb") + bold(BODY) + bold("Flood") + bold(BODY)) if b[0] == "heading"]


def test_a_table_of_contents_is_left_out_and_named():
    styles = HEADINGS + style("Verzeichnis1", "toc 1")
    contents = p(field('TOC \\o "1-3"', run("Ebb\t3"))) + p("Flood 4", style="Verzeichnis1")
    body = contents + p("Ebb", style="Heading2") + p(BODY)
    assert left_out(body, styles=styles) == [("Ebb 3\nFlood 4", "The document’s table of contents.", 0)]
    assert [b[2] for b in blocks(body, styles=styles)] == ["Ebb", BODY]


def test_a_table_of_contents_that_never_ends_does_not_swallow_the_text():
    never_ends = field("TOC").removesuffix('<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    body = p(never_ends, "Ebb 3") + p("Ebb", style="Heading2") + p(BODY)
    assert [b[2] for b in blocks(body, styles=HEADINGS)] == ["Ebb", BODY]
