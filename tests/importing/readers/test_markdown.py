"""Markdown: front matter, tables, quotes, lists, code, footnotes, external images."""

from lessons.importing.outline.build import build_outline
from lessons.importing.readers import read_upload
from tests.importing.articles import outline_of, tree, types


def test_headings_are_nested_exactly_and_the_front_matter_names_the_article():
    tides = outline_of("tides.md")
    assert tides.title == "Reading the Tide Table"
    assert tree(tides) == [
        (1, "lesson", "What the Columns Say"),
        (2, "section", "Chart Datum"),
        (1, "lesson", "What the Columns Leave Out"),
    ]


def test_every_kind_of_block_is_recognised():
    say, leave = outline_of("tides.md").sections
    assert types(say.blocks) == ["paragraph", "table"]
    assert say.blocks[1].paragraphs[1] == "Mon | 04:12 | 5.1"
    assert types(say.sections[0].blocks) == ["paragraph", "list"]
    assert types(leave.blocks) == ["quote", "list", "image", "code"]
    assert leave.blocks[0].paragraphs == ["The moon has not read your table.", "Nor has the wind."]
    assert "<pre><code>height = range" in leave.blocks[3].html


def test_a_footnote_follows_the_text_that_refers_to_it():
    introduction = outline_of("tides.md").blocks
    assert types(introduction) == ["paragraph", "footnote"]
    assert introduction[1].text == "The others are the moon’s."
    assert 'href="#fn-1"' in introduction[0].html
    assert introduction[1].html.startswith('<li id="fn-1">')


def test_a_footnote_to_which_nothing_refers_is_text_where_it_stands():
    parsed = read_upload("a.md", b"[^a]: Nobody asks.\n\nWords[^b].\n\n[^b]: The moon.\n")
    texts = [(block.type, block.text) for block in parsed.blocks]
    assert texts == [("paragraph", "Nobody asks."), ("paragraph", "Words[1]."), ("footnote", "The moon.")]


def test_headings_have_the_names_by_which_links_lead_to_them():
    links = "".join(f"[to](#{name}) " for name in ("ebb--flow-é", "ebb--flow-é-1", "x"))
    text = f"# T\n\n{links}\n\n## Ebb & *flow*, é!\n\na\n\n## Ebb & flow, é!\n\na\n\n## Own {{#x}}\n\na"
    parsed = read_upload("a.md", text.encode())
    names = [block.anchors for block in parsed.blocks if block.type == "heading"]
    assert names == [("ebb--flow-é",), ("ebb--flow-é-1",), ("x",)]


def test_a_placeholder_replaces_an_external_image():
    tides = outline_of("tides.md")
    assert tides.sections[1].blocks[2].html == "<p>[Image: A boat lying on the mud]</p>"
    assert "upload it" in next(one.reason for one in tides.omissions if one.text == "https://example.org/mud.jpg")


def test_html_inside_markdown_is_cleaned():
    parsed = read_upload("a.md", b"# Knots\n\nText <script>steal()</script> here.\n\n<iframe src=x></iframe>\n")
    assert parsed.title == "Knots"
    assert [block.html for block in parsed.blocks] == ["<p>Text  here.</p>"]


def test_a_horizontal_rule_at_the_start_is_not_front_matter():
    parsed = read_upload("a.md", b"---\n\n# Knots\n\nA knot holds.\n")
    assert build_outline(parsed).title == "Knots"


def test_another_title_in_the_text_is_listed_as_omitted():
    parsed = read_upload("a.md", b"---\ntitle: Knots\n---\n# Ropes and Knots\n\nA knot holds.\n")
    assert parsed.title == "Knots"
    assert "Ropes and Knots" in [left.text for left in parsed.omissions]


def test_deep_quotes_and_lists_keep_their_text():
    nested = "\n".join(f"{'  ' * n}- item {n}" for n in range(40))
    parsed = read_upload("deep.md", f"{'>' * 60} far down\n\n{nested}\n".encode())
    assert [p for block in parsed.blocks for p in block.paragraphs] == ["far down", *(f"item {n}" for n in range(40))]
