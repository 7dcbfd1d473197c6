"""Layout in plain text: code, drawings, tables, nested lists, definitions, footnotes, marked headings."""

import pytest

from lessons.importing.analysis import analyse
from lessons.importing.readers import read_paste
from tests.importing.articles import outline_of_text, tree, types

TEXT = "A harbour is a place where ships lie safely, and where people wait for them. It needs deep water and a wall."


def test_indented_code_keeps_its_indentation():
    code = "def count(ships):\n    total = 0\n\n    for ship in ships:\n        total += ship.masts\n    return total"
    indented = "\n".join(f"    {line}" if line else "" for line in code.split("\n"))
    blocks = read_paste(f"How to count\n\n{TEXT}\n\n{indented}\n\n{TEXT}\n").blocks
    assert types(blocks) == ["paragraph", "paragraph", "code", "paragraph"]
    assert blocks[2].text == code
    assert blocks[2].html == f"<pre><code>{code}</code></pre>"


def test_a_drawing_keeps_its_spaces():
    drawing = "+------+     +------+\n| ship | --> | port |\n+------+     +------+"
    block = read_paste(f"{TEXT}\n\n{drawing}\n\n{TEXT}").blocks[1]
    assert (block.type, block.text) == ("code", drawing)


def test_a_scale_above_a_drawing_belongs_to_it():
    drawing = "0       4       8\n0 1 2 3 4 5 6 7 8\n+-+-+-+-+-+-+-+-+\n| Draught | Keel |\n+-+-+-+-+-+-+-+-+"
    block = read_paste(f"{TEXT}\n\n{drawing}\n\n{TEXT}").blocks[1]
    assert (block.type, block.text) == ("code", drawing)


def test_an_indented_paragraph_is_not_code():
    assert (
        types(read_paste(f"{TEXT}\n\n        {TEXT[:60]}\n        {TEXT[60:]}\n\n{TEXT}").blocks) == ["paragraph"] * 3
    )


def test_tables_with_bars_and_with_aligned_columns():
    strokes = "+------+-----+\n| Mon  | 5.1 |\n+------+-----+\n| Tue  | 5.4 |\n+------+-----+"
    columns = "Name     Age   Town\nAnna      31   Kiel\nBen        9   Bonn"
    blocks = read_paste(f"{TEXT}\n\n{strokes}\n\n{columns}\n\n{TEXT}").blocks
    assert types(blocks) == ["paragraph", "table", "table", "paragraph"]
    assert [block.paragraphs for block in blocks[1:3]] == [
        ["Mon | 5.1", "Tue | 5.4"],
        ["Name | Age | Town", "Anna | 31 | Kiel", "Ben | 9 | Bonn"],
    ]


def test_lists_are_nested_by_their_indentation():
    block = read_paste("Bring these:\n- rope\n  - thick\n  - thin,\n    but long\n- a lamp").blocks[1]
    assert block.html == ("<ul><li>rope<ul><li>thick</li><li>thin, but long</li></ul></li><li>a lamp</li></ul>")
    assert block.paragraphs == ["rope", "thick", "thin, but long", "a lamp"]
    block = read_paste("Do this.\n1. Wash it.\n   a) inside\n   b) outside\n2. Dry it.").blocks[1]
    assert block.html == "<ol><li>Wash it.<ol><li>inside</li><li>outside</li></ol></li><li>Dry it.</li></ol>"
    assert block.paragraphs == ["1. Wash it.", "a) inside", "b) outside", "2. Dry it."]


def test_terms_with_definitions_below_them_make_a_list():
    block = read_paste(
        f"{TEXT}\n\nkeel\n    The lowest beam of a ship.\n\nmast\n    What carries the sails.\n\n{TEXT}"
    ).blocks[1]
    assert block.html == (
        "<dl><dt>keel</dt><dd>The lowest beam of a ship.</dd><dt>mast</dt><dd>What carries the sails.</dd></dl>"
    )


def test_footnotes_at_the_end_are_linked_from_the_text():
    outline = outline_of_text(
        f"The Clerk\n\nHe kept a book [1] and a chair [2]. {TEXT}\n\n[1] It was sold.\n[2] It is lost.\n"
    )
    assert types(outline.blocks) == ["paragraph", "footnote", "footnote"]
    assert 'href="#fn-1"' in outline.blocks[0].html
    assert [(one.text, one.html) for one in outline.blocks[1:]] == [
        ("[1] It was sold.", '<li id="fn-1">It was sold.</li>'),
        ("[2] It is lost.", '<li id="fn-2">It is lost.</li>'),
    ]


def test_a_numbered_bibliography_stays_where_it_is():
    text = f"Books\n\nSee [1] and [2]. {TEXT}\n\nReferences\n\n[1] Lind, Harbours.\n\n[2] Frost, Knees.\n"
    assert [block.text for block in outline_of_text(text).sections[0].blocks] == [
        "[1] Lind, Harbours.",
        "[2] Frost, Knees.",
    ]


UNDERLINED = (
    f"The Book\n========\n\n{TEXT}\n\nClerks\n------\n\n{TEXT}\n\nKnees\n~~~~~\n\n{TEXT}\n\nChairs\n------\n\n{TEXT}\n"
)
EQUALS = f"= The Book\n\n{TEXT}\n\n== Clerks\n\n{TEXT}\n\n=== Knees\n\n{TEXT}\n\n== Chairs\n\n{TEXT}\n"
STARS = f"* The Book\n{TEXT}\n** Clerks\n{TEXT}\n*** Knees\n{TEXT}\n** Chairs\n{TEXT}\n"


@pytest.mark.parametrize("text", [UNDERLINED, EQUALS, STARS])
def test_headings_that_the_text_marks_keep_their_levels(text):
    outline = outline_of_text(text)
    assert outline.title == "The Book"
    assert [(level, heading) for level, _kind, heading in tree(outline)] == [
        (1, "Clerks"),
        (2, "Knees"),
        (1, "Chairs"),
    ]


def test_bullets_of_stars_are_not_headings():
    assert types(read_paste(f"{TEXT}\n\n* rope\n** thick\n* lamp\n\n{TEXT}").blocks)[0] == "paragraph"
    assert outline_of_text(f"{TEXT}\n\n* rope\n* lamp\n* salt\n\n{TEXT}").sections == []


@pytest.mark.parametrize(
    "code",
    [
        "DO i = 1, 10\n  PRINT *, i\nEND DO",
        "SELECT name\nFROM ships\nWHERE masts > 2;",
        "ship:\n  masts: 3\n  crew:\n    - master\n    - mate",
    ],
)
def test_indented_code_of_any_language_below_a_colon_keeps_its_lines(code):
    indented = "\n".join(f"    {line}" for line in code.split("\n"))
    assert read_paste(f"{TEXT}\n\nLike this:\n\n{indented}\n\n{TEXT}\n").blocks[2].text == code


def test_code_needs_no_blank_lines_around_it():
    code = "for ship in ships:\n    print(ship)"
    blocks = read_paste(f"Loops\nA loop repeats:\n    {code.replace(chr(10), chr(10) + '    ')}\n{TEXT}\n").blocks
    assert [block.text for block in blocks[1:]] == ["A loop repeats:", code, TEXT]


def test_code_between_backticks_has_its_language():
    outline = analyse(read_paste(f"{TEXT}\n\n```python\nfor ship in ships:\n    print(ship)\n```\n\n{TEXT}\n"))
    block = outline.outline.blocks[1]
    assert (block.type, block.text) == ("code", "for ship in ships:\n    print(ship)")
    assert block.html.startswith('<pre><code class="language-python">')
    assert outline.missing == []


def test_verse_below_a_colon_is_no_code():
    assert (
        read_paste(f"{TEXT}\n\nHe wrote:\n\n    The rose is red,\n      the sea is blue\n\n{TEXT}").blocks[2].type
        != "code"
    )


def test_strokes_within_three_lines_make_a_table():
    assert read_paste("Rivers\nName | Mouth\nOder | Baltic\nElbe | North Sea\n" + TEXT).blocks[1].type == "table"
    assert (
        types(read_paste("Use cat | sort to sort.\nUse sort | uniq too.\nUse cat | less.\n").blocks)
        == ["paragraph"] * 3
    )


def test_inner_lists_are_indented_in_the_text():
    assert read_paste("- ships\n  - brigs\n    - snows\n- boats").blocks[0].text == "ships\n  brigs\n    snows\nboats"
