"""Word documents: lists, tasks, and the content of items."""

from tests.importing.word import (
    BODY,
    blocks,
    html,
    item,
    numbering,
    p,
    read,
    run,
)


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
