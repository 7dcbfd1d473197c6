"""Two versions of a text are joined block by block, and nothing that a side wrote is lost."""

import random

import pytest

from lessons.markup.blocks import TAG
from lessons.markup.merge import BOTH, MINE, THEIRS, WORD, Conflict, merge, split_blocks
from lessons.markup.sequence_diff import edits

TEXT = "".join(f"<p>Paragraph {n} has words of its own.</p>" for n in range(4))
PAIR = "".join(f"<p>Paragraph {n} has words of its own.</p>" for n in (1, 2))
LIST = "<p>Before</p><ul><li>one sea</li><li>two moons</li><li>three tides</li></ul>"
TABLE = "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></tbody></table>"


def words_of(html):
    return set(WORD.findall(TAG.sub(" ", html)))


def random_text(pick, depth=0):
    blocks = []
    for _ in range(pick.randrange(5)):
        words = " ".join(pick.choices(["sea", "moon", "tide", "ebb"], k=pick.randrange(1, 4)))
        kind = pick.randrange(6)
        if kind == 0:
            items = pick.choices("abc", k=pick.randrange(1, 4))
            words = f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
        elif kind == 1 and depth < 2:
            words = f"<blockquote>{random_text(pick, depth + 1)}</blockquote>"
        elif kind > 2:
            words = f"<p>{words}</p>\n"
        blocks.append(words)
    return "".join(blocks)


def edited(pick, html):
    blocks = split_blocks(html)
    for _ in range(pick.randrange(3)):
        at = pick.randrange(len(blocks) + 1)
        if not blocks or pick.random() < 0.4:
            blocks.insert(at, f"<p>new{pick.randrange(999)}</p>")
        elif pick.random() < 0.5:
            blocks.pop(at - 1)
        else:
            blocks[at - 1] = blocks[at - 1].replace("e", f"E{pick.randrange(999)}", 1)
    return "".join(blocks)


def sides_exchanged(piece):
    return Conflict(piece.base, piece.theirs, piece.mine) if isinstance(piece, Conflict) else piece


def test_a_merge_is_complete_and_symmetrical():
    for seed in range(300):
        pick = random.Random(seed)  # noqa: S311
        base = random_text(pick)
        mine, theirs = edited(pick, base), edited(pick, base) if seed % 4 else random_text(pick)
        assert "".join(split_blocks(base)) == base
        assert merge(base, mine, base).html() == mine
        assert merge(base, base, theirs).html() == theirs
        merged = merge(base, mine, theirs)
        assert tuple(map(sides_exchanged, merge(base, theirs, mine).pieces)) == merged.pieces
        assert (words_of(mine) | words_of(theirs)) - words_of(base) <= words_of(merged.html())


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        (TEXT, ("<p>Paragraph 2", "<p>N</p><p>Paragraph 2"), (PAIR, ""), [(PAIR, "<p>N</p>")]),
        (TEXT, ("h 1", "H 1"), ("h 2", "H 2"), [("h 1", "H 1"), ("h 2", "H 2")]),
        (
            TEXT,
            ("<p>Paragraph 1", "<p>N</p><p>Paragraph 1"),
            ("h 1", "H 1"),
            [("<p>Paragraph 1", "<p>N</p><p>ParagrapH 1")],
        ),
        (LIST, ("ul>", "ol>"), ("two moons", "two moon"), [("ul>", "ol>"), ("two moons", "two moon")]),
        (TABLE, (">a<", ">A<"), (">b<", ">B<"), [(">a<", ">A<"), (">b<", ">B<")]),
    ],
    ids=[
        "an addition between deletions",
        "neighbours",
        "an addition before a change",
        "another kind of list",
        "two cells of a row",
    ],
)
def test_what_different_people_changed_is_merged(base, mine, theirs, merged):
    expected = base
    for change in merged:
        expected = expected.replace(*change)
    result = merge(base, base.replace(*mine), base.replace(*theirs))
    assert result.conflicts == []
    assert result.html() == expected


def test_how_the_editor_writes_a_list_is_no_change():
    mine = LIST.replace("<li>", "<li><p>").replace("</li>", "</p></li>").replace("one sea", "one ocean")
    assert merge(LIST, mine, LIST.replace("two", "2")).conflicts == []


@pytest.mark.parametrize(
    ("mine", "theirs", "conflict"),
    [
        (LIST.replace("one", "1"), LIST.replace("one", "A"), ("<li>one sea</li>", "<li>1 sea</li>", "<li>A sea</li>")),
        (LIST.replace("<li>one sea</li>", ""), LIST.replace("one", "1"), ("<li>one sea</li>", "", "<li>1 sea</li>")),
        (LIST + "<p>x</p>", LIST + "<p>y</p>", ("", "<p>x</p>", "<p>y</p>")),
    ],
    ids=["both changed it", "one deleted it", "both added one"],
)
def test_what_both_changed_is_to_be_decided(mine, theirs, conflict):
    merged = merge(LIST, mine, theirs)
    assert merged.conflicts == [Conflict(*conflict)]
    assert [merged.html([choice]) for choice in (MINE, THEIRS)] == [mine, theirs]
    assert conflict[2] + conflict[1] in merged.html([BOTH])


def test_a_changed_cell_and_an_added_cell_conflict():
    merged = merge(TABLE, TABLE.replace(">a<", ">A<"), TABLE.replace("</tr>", "<td>new</td></tr>"))
    assert [conflict.base for conflict in merged.conflicts] == [TABLE]


def test_long_sequences_without_unique_items_are_still_compared():
    pick = random.Random(1)  # noqa: S311
    old = pick.choices("abcdefghij", k=3000)
    new = [item if n % 100 else "x" for n, item in enumerate(old)]
    assert len(edits(old, new)) == 30


def test_a_void_element_is_a_block_or_inside_one():
    blocks = ["<p>a<br>b</p>", "<hr>", "<p>c</p>"]
    assert split_blocks("".join(blocks)) == blocks
    assert split_blocks("a<br>b<p>c</p>") == ["a<br>b", "<p>c</p>"]


def test_other_markup_for_the_same_text_is_no_edit():
    base, theirs = "<p><b>Sea</b> and</p>", "<p><b>Sea</b>  and</p>"
    assert merge(base, "<p><strong>Sea</strong> and</p>", theirs).pieces == (theirs,)
    assert merge(base, "<p><strong>Sea</strong> and</p>", base.replace("and", "or")).html() == "<p><b>Sea</b> or</p>"
