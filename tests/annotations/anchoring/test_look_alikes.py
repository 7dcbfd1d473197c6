"""A note is never moved to text that only resembles its passage, nor shrunk to half of its passage."""

import pytest

from lessons.annotations.anchoring import CHANGED, EXACT, MOVED, reanchor

OPENING = "The harbour opens at dawn, when the pilots come down to the quay."
CLOSING = "By evening the last of the boats has gone, and nobody is left on the wall."
NORTH = "The northern wall was built by monks. They kept careful accounts of every stone that was carried to it."
SOUTH = NORTH.replace("northern", "southern")
EAST = NORTH.replace("northern", "eastern")
KINDS = {
    "paragraphs": (NORTH, SOUTH),
    "sentences": (
        "The first gate is opened at six in the morning by the watch.",
        "The second gate is opened at six in the morning by the watch.",
    ),
    "last word": ("Each of the parties shall consult the council.", "Each of the parties shall consult the envoys."),
    "list items": ("Article 1: consult the others.", "Article 2: consult the others."),
    "rows": ("Norway 1949 founding member", "Iceland 1949 founding member"),
    "rows of cells": ("Norway\n1949\nfounding member", "Iceland\n1949\nfounding member"),
    "headings": ("Summary of part one", "Summary of part two"),
    "Chinese": (
        "第一条：各缔约国应维护北大西洋地区的和平与安全。",
        "第二条：各缔约国应维护北大西洋地区的和平与安全。",
    ),
    "Japanese": ("北の門は毎朝六時に番人が開ける。", "南の門は毎朝六時に番人が開ける。"),
}


def quotes(text: str) -> list[tuple[int, int]]:
    """Return passages of a text: the whole, halves, and short ones throughout."""
    size = len(text)
    cuts = [(0, size), (0, size // 2), (size // 2, size), (size // 4, 3 * size // 4)]
    return cuts + [(at, at + 4) for at in range(0, size - 4, 5)]


def places(old: list[str], new: list[str], glue: str, which: int) -> list[tuple[tuple[int, int], object]]:
    """Return each passage of `old[which]` and its position in the new text. Without `glue` the texts are the blocks
    of a page."""

    def breaks(texts):
        return [sum(map(len, texts[:k])) for k in range(len(texts) + 1)] if not glue else ()

    start = sum(len(text) + len(glue) for text in old[:which])
    spans = [(start + low, start + high) for low, high in quotes(old[which])]
    a, b = glue.join(old), glue.join(new)
    return list(zip(spans, reanchor(a, b, spans, old_breaks=breaks(old), new_breaks=breaks(new)), strict=True))


@pytest.mark.parametrize("glue", ["\n", ""])
@pytest.mark.parametrize("kind", KINDS)
def test_a_note_on_a_removed_text_does_not_land_on_its_look_alike(kind, glue):
    one, other = KINDS[kind]
    for old, new in (
        ([OPENING, one, other, CLOSING], [OPENING, other, CLOSING]),
        ([OPENING, other, one, CLOSING], [OPENING, other, CLOSING]),
        ([one, OPENING, other, CLOSING], [other, OPENING, CLOSING]),
        ([other, OPENING, CLOSING, one], [CLOSING, OPENING, other]),
    ):
        if "\n" in one and glue:
            continue  # Cells on lines of their own are not known to be those of a row.
        text = glue.join(new)
        assert {place for _span, place in places(old, new, glue, old.index(one))} == {None}
        start = text.index(other)
        kept = places(old, new, glue, old.index(other))
        first = kept[0][0][0]
        assert [(p and p.start - start, p and p.end - start) for _span, p in kept] == [
            (low - first, high - first) for (low, high), _place in kept
        ]


@pytest.mark.parametrize("glue", ["\n", ""])
def test_another_look_alike_elsewhere_is_not_the_removed_text(glue):
    old, new = [OPENING, NORTH, SOUTH, CLOSING], [OPENING, SOUTH, CLOSING, EAST]
    assert {place for _span, place in places(old, new, glue, 1)} == {None}


def test_a_text_that_could_be_either_of_two_matches_neither():
    old, new = [OPENING, NORTH, SOUTH, CLOSING], [OPENING, EAST, CLOSING]
    for which in (1, 2):
        assert {place for _span, place in places(old, new, "\n", which)} == {None}


def test_the_half_of_a_divided_paragraph_is_not_its_look_alike():
    first, second = SOUTH.split(". ")
    old, new = [OPENING, NORTH, SOUTH, CLOSING], [OPENING, f"{first}.", second, CLOSING]
    assert {place for _span, place in places(old, new, "\n", 1)} == {None}


def test_a_refrain_stays_with_its_verse():
    refrain = "O harbour, harbour of my heart"
    old = [OPENING, refrain, NORTH, refrain, CLOSING, refrain]
    new = [OPENING, NORTH, refrain, CLOSING, refrain]
    text = "\n".join(new)
    assert places(old, new, "\n", 1)[0][1] is None
    found = [places(old, new, "\n", which)[0][1] for which in (3, 5)]
    assert [place.start for place in found] == [text.index(refrain), text.rindex(refrain)]


def test_real_text_is_found_where_its_look_alike_was():
    old = [OPENING, NORTH, CLOSING, SOUTH]
    new = [SOUTH, OPENING, CLOSING, NORTH]
    text = "\n".join(new)
    for which in (1, 3):
        (start, end), place = places(old, new, "\n", which)[0]
        assert text[place.start : place.end] == "\n".join(old)[start:end] == old[which]
        assert place.state in (EXACT, MOVED)


@pytest.mark.parametrize("edited", [SOUTH.replace("careful", "very careful"), SOUTH.replace("stone that was", "cart")])
def test_a_look_alike_that_was_edited_keeps_its_notes(edited):
    old, new = [OPENING, NORTH, SOUTH, CLOSING], [OPENING, edited, CLOSING]
    assert {place for _span, place in places(old, new, "\n", 1)} == {None}
    (_span, place), *_others = places(old, new, "\n", 2)
    assert "\n".join(new)[place.start : place.end] == edited


SENTENCE = "Nobody knows why the moon pulls the sea towards it with great force every day of the year."
CHINESE = "没有人知道为什么月亮每天都用很大的力量把海水拉向自己。"
MARIA = "Then she wrote that the tide would turn before noon."


@pytest.mark.parametrize(
    ("old", "change", "quote", "expected"),
    [
        (SENTENCE, ("moon", "satellite"), "moon pulls the sea", "satellite pulls the sea"),
        (SENTENCE, ("why the moon", "how our satellite"), "the moon pulls the sea", "our satellite pulls the sea"),
        (SENTENCE, ("every day", "at all times"), "with great force every day", "with great force at all times"),
        (SENTENCE, ("force every day", "strength"), "towards it with great force", "towards it with great strength"),
        (SENTENCE, ("moon", "moonlight"), "moon pulls the sea", "moonlight pulls the sea"),
        (SENTENCE, ("Nobody", "Hardly anybody"), "Nobody knows why the moon", "Hardly anybody knows why the moon"),
        (SENTENCE, ("Nobody", "A long new sentence. Nobody"), "Nobody knows why", "Nobody knows why"),
        (MARIA, ("Then she", "Mrs. Watson"), "she wrote that the tide", "Watson wrote that the tide"),
        (MARIA, ("before noon.", "soon."), "that the tide would turn before noon.", "that the tide would turn soon."),
        (CHINESE, ("月亮", "太阳"), "月亮每天都用很大的力量", "太阳每天都用很大的力量"),
        (CHINESE, ("力量", "引力"), "每天都用很大的力量", "每天都用很大的引力"),
    ],
)
def test_replaced_words_at_the_edge_of_a_passage_belong_to_it(old, change, quote, expected):
    old, new = f"{OPENING}\n{old}\n{CLOSING}", f"{OPENING}\n{old.replace(*change)}\n{CLOSING}"
    start = old.index(quote)
    [place] = reanchor(old, new, [(start, start + len(quote))])
    assert (new[place.start : place.end], place.state) == (expected, EXACT if quote == expected else CHANGED)


def test_a_word_that_became_a_paragraph_leaves_no_half_of_a_passage():
    new = SENTENCE.replace("year", "hour that anybody has ever been able to measure " * 4)
    start = SENTENCE.index("every day of the year")
    assert reanchor(SENTENCE, new, [(start, start + len("every day of the year"))]) == [None]


def test_deleted_words_at_the_edge_of_a_passage_are_gone():
    new = SENTENCE.replace("with great force every day", "with great force")
    start = SENTENCE.index("with great force every day")
    [place] = reanchor(SENTENCE, new, [(start, start + len("with great force every day"))])
    assert (new[place.start : place.end], place.state) == ("with great force", CHANGED)
