"""Properties of anchoring that must hold for any text, tested on generated ones."""

import random

import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.annotations.anchoring import CHANGED, EXACT, MOVED, expand_to_graphemes, locate, quote_selectors, reanchor
from lessons.annotations.anchoring.reanchoring import shared_blocks
from tests.environment import examples

SYLLABLES = "ba de fi go ku la me ni po ru sa te vi wo xu yá zé".split()
ODD = [
    "e\u0301",
    "👩\u200d👧",
    "🇩🇪",
    "שלום",
    "한글",
    "日本",
    "नि",
    "\r\n",
    " ",
    "\n",
    ".",
    "a",
    "B",
    "ab ab",
    "\u200d",
    "\U0001f1e9",
]
odd_texts = st.lists(st.sampled_from(ODD), max_size=40).map("".join)
texts = odd_texts | st.text(max_size=80)
seeds = st.integers(0, 2**32)
quick = settings(max_examples=examples(60), deadline=None)


def paragraphs(chance: random.Random, count: int) -> list[str]:
    """Return paragraphs of at least eight words, no two alike."""
    made = set()
    while len(made) < count:
        words = ["".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(chance.randint(8, 40))]
        made.add(" ".join(words).capitalize() + ".")
    return chance.sample(sorted(made), count)


def spans_in(chance: random.Random, paragraph: str, offset: int, count: int = 8) -> list[tuple[int, int]]:
    cuts = [sorted(chance.sample(range(len(paragraph) + 1), 2)) for _ in range(count)]
    return [(offset + start, offset + end) for start, end in cuts]


def offsets(lines: list[str]) -> list[int]:
    return [sum(len(line) + 1 for line in lines[:k]) for k in range(len(lines))]


@quick
@given(seeds)
def test_passages_of_untouched_paragraphs_are_exact(seed):
    chance = random.Random(seed)
    old = paragraphs(chance, 12)
    new = list(old)
    touched = set(chance.sample(range(12), 4))
    for k in touched:
        words = new[k].split(" ")
        words[chance.randrange(len(words))] = "changed"
        new[k] = chance.choice([" ".join(words), "", f"Inserted words. {new[k]}", f"{new[k]}\nA line of its own."])
    starts, new_starts = offsets(old), offsets(new)
    for k in set(range(12)) - touched:
        spans = spans_in(chance, old[k], starts[k])
        for (start, end), place in zip(spans, reanchor("\n".join(old), "\n".join(new), spans), strict=True):
            shift = new_starts[k] - starts[k]
            assert (place.start, place.end, place.state) == (start + shift, end + shift, EXACT)


@quick
@given(seeds)
def test_a_deleted_paragraph_is_removed_and_a_moved_one_moves(seed):
    chance = random.Random(seed)
    lines = paragraphs(chance, 8)
    old, k = "\n".join(lines), chance.randrange(8)
    start = offsets(lines)[k]
    whole = (start, start + len(lines[k]))
    rest = lines[:k] + lines[k + 1 :]
    assert reanchor(old, "\n".join(rest), [whole]) == [None]
    rest.insert((k + 4) % 8, lines[k])
    new = "\n".join(rest)
    found = reanchor(
        old, new, [(offset, offset + len(line)) for offset, line in zip(offsets(lines), lines, strict=True)]
    )
    assert [new[p.start : p.end] for p in found] == lines
    assert MOVED in {p.state for p in found}
    assert CHANGED not in {p.state for p in found}


@quick
@given(seeds)
def test_at_least_half_of_the_passage_survives(seed):
    chance = random.Random(seed)
    lines = paragraphs(chance, 6)
    words = "\n".join(lines).split(" ")
    for _edit in range(chance.randint(1, 40)):
        at = chance.randrange(len(words))
        words[at : at + chance.randint(0, 3)] = chance.choice([[], ["new"], ["one", "two"]])
    old, new = "\n".join(lines), " ".join(words)
    spans = spans_in(chance, old, 0, 30)
    for (start, end), place in zip(spans, reanchor(old, new, spans), strict=True):
        if place:
            assert place.end - place.start <= 2 * (end - start) + 120
            assert (old[start:end] == new[place.start : place.end]) == (place.state != CHANGED)
            assert set(old[start:end]) & set(new[place.start : place.end])


@quick
@given(texts, texts, st.data())
def test_any_texts_give_the_same_positions_inside_the_new_one(old, new, data):
    bounds = st.integers(-1, len(old) + 1)
    spans = data.draw(st.lists(st.tuples(bounds, bounds), max_size=12))
    found = reanchor(old, new, spans)
    assert found == reanchor(old, new, spans)
    assert found == [reanchor(old, new, [span])[0] for span in spans]
    for place in filter(None, found):
        assert 0 <= place.start < place.end <= len(new)


@quick
@given(odd_texts, odd_texts, st.data())
def test_no_cluster_is_split_that_was_whole(old, new, data):
    edges = [0, *(found.end() for found in regex.finditer(r"\X", old))]
    new_edges = {0, *(found.end() for found in regex.finditer(r"\X", new))}
    spans = data.draw(st.lists(st.tuples(st.sampled_from(edges), st.sampled_from(edges)), max_size=12))
    for place in filter(None, reanchor(old, new, spans)):
        assert {place.start, place.end} <= new_edges


@quick
@given(texts, texts)
def test_shared_blocks_are_equal_and_used_once(old, new):
    runs = shared_blocks(old, new)
    for i, j, n in runs:
        assert n > 0
        assert old[i : i + n] == new[j : j + n]
    for side in (0, 1):
        ends = [(run[side], run[side] + run[2]) for run in sorted(runs, key=lambda run: run[side])]
        assert all(end <= start for (_, end), (start, _) in zip(ends, ends[1:], strict=False))


@quick
@given(odd_texts.filter(bool), st.data())
def test_a_quote_leads_back_to_its_passage(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    start, end = expand_to_graphemes(text, start, data.draw(st.integers(start + 1, len(text))))
    quote = quote_selectors(text, start, end)
    assert locate(text, *quote, start, end) == (start, end)
    elsewhere = locate(text, *quote, 0, 0)
    assert elsewhere is None or text[slice(*elsewhere)] == quote.exact


@quick
@given(texts, st.data())
def test_grapheme_expansion_cuts_where_unicode_allows_it(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    edges = [0, *(found.end() for found in regex.finditer(r"\X", text))]
    low, high = expand_to_graphemes(text, start, end)
    assert low == max(edge for edge in edges if edge <= start)
    assert high == min(edge for edge in edges if edge >= end) or start == end
