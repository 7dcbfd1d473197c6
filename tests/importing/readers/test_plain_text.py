"""Plain text: lines, line ends, list markers, hard-wrapped texts, tables from the clipboard."""

import pytest

from lessons.importing.readers import read_paste
from tests.importing.articles import outline_of, outline_of_text, read, types


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_separate_paragraphs(end):
    blocks = read_paste(end.join(["First paragraph.", "", "Second paragraph.", "Third paragraph."])).blocks
    assert [block.text for block in blocks] == ["First paragraph.", "Second paragraph.", "Third paragraph."]


@pytest.mark.parametrize("bullet", ["-", "•", "*", "–"])
def test_bulleted_lines_make_one_list(bullet):
    blocks = read_paste(f"Bring these:\n{bullet} rope\n{bullet} a lamp\nThat is all.").blocks
    assert types(blocks) == ["paragraph", "list", "paragraph"]
    assert blocks[1].paragraphs == ["rope", "a lamp"]
    assert blocks[1].html == "<ul><li>rope</li><li>a lamp</li></ul>"


def test_markers_alone_on_their_line_belong_to_the_next_line():
    neighbours = [s for s in outline_of("bees.txt").walk() if s.heading == "Calming the Neighbours"][0]
    assert types(neighbours.blocks) == ["paragraph", "paragraph", "list", "paragraph"]
    assert neighbours.blocks[2].paragraphs[1] == "What a swarm is, and whom to call."
    assert len(neighbours.blocks[2].paragraphs) == 3


def test_numbered_lines_make_a_list_that_keeps_its_numbers():
    block = read_paste("Do this.\n3.\nWash it.\n4.\nDry it.").blocks[1]
    assert block.text == "3. Wash it.\n4. Dry it."
    assert block.html == '<ol start="3"><li>Wash it.</li><li>Dry it.</li></ol>'


def test_hard_wrapped_lines_are_joined():
    outline = outline_of("wrapped.txt")
    assert outline.title == "The Slow Clock"
    assert outline.blocks[0].text.endswith("That is why they wrote everything down.")
    log = outline.sections[0]
    assert log.heading == "The Log"
    assert types(log.blocks) == ["paragraph", "list", "paragraph"]
    assert "as well-known words" in log.blocks[2].text


def test_columns_from_the_clipboard_make_a_table():
    block = read_paste("Heights today:\nMon\t5.1\nTue\t5.4 <i>\nNo more.").blocks[1]
    assert (block.type, block.paragraphs) == ("table", ["Mon | 5.1", "Tue | 5.4 <i>"])
    assert "<td>5.4 &lt;i&gt;</td>" in block.html


def test_markdown_that_is_pasted_as_text_is_read_as_markdown():
    outline = outline_of_text("# Knots\n\nA knot holds.\n\n## Bowline\n\nIt does **not** slip.\n")
    assert (outline.title, outline.sections[0].heading) == ("Knots", "Bowline")


def test_right_to_left_text_is_kept_as_it_is():
    outline = outline_of("tides-arabic.txt")
    assert [outline.title, outline.sections[0].heading] == ["المد والجزر", "أثر القمر"]
    assert read("tides-arabic.txt").blocks[1].text.startswith("يرتفع ماء البحر")
