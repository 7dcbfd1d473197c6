"""Adversarial texts finish in time, with every result inside the new text."""

import pytest

from lessons.annotations.anchoring import expand_to_graphemes, locate, quote_selectors, reanchor
from tests.environment import sample

WORDS = "word " * 40_000
AB = ["a", "b"]
TEXTS = {
    "one word again and again": (f"x {WORDS}y", f"z {WORDS[:-50]}w"),
    "no line end and no word twice alike": (
        " ".join(AB[n * n % 7 % 2] for n in range(50_000)),
        " ".join(AB[n * n % 11 % 2] for n in range(50_000)),
    ),
    "one-letter paragraphs": (
        "\n".join("abcdefgh"[n * n % 31 % 8] for n in range(50_000)),
        "\n".join("abcdefgh"[n * n % 37 % 8] for n in range(50_000)),
    ),
    "one long word": ("a" * 100_000 + "x" + "a" * 99_000, "a" * 200_000),
    "points": ("." * 200_000 + ",", "." * 190_000 + ";"),
    "marks over one letter": ("a" + "\u0301" * 100_000, "b" + "\u0301" * 90_000),
    "flags": ("\U0001f1e9\U0001f1ea" * 50_000, "\U0001f1e9" + "\U0001f1ea\U0001f1e9" * 45_000),
    "right to left": ("שלום עולם. مرحبا بالعالم\n" * 3_000, "שלום עולם! مرحبا بالعالم\n" * 3_000),
}


@pytest.mark.thorough
@pytest.mark.parametrize("name", sample(TEXTS))
def test_slow_texts_finish(name):
    old, new = TEXTS[name]
    spans = [(start, min(len(old), start + 1 + start % 997)) for start in range(0, len(old) - 1, 1_000)]
    for place in filter(None, reanchor(old, new, spans)):
        assert 0 <= place.start < place.end <= len(new)


def test_repeated_word_is_found_in_order():
    old, new = TEXTS["one word again and again"]
    places = reanchor(old, new, [(2 + 5 * k, 6 + 5 * k) for k in range(0, 39_000, 500)])
    kept = [place for place in places if place]  # ten of the forty thousand words are gone, no one can say which
    assert len(kept) > len(places) - 10
    assert {new[place.start : place.end] for place in kept} == {"word"}
    assert [place.start for place in kept] == sorted(place.start for place in kept)


def test_quotes_in_slow_texts():
    marks = "a" + "\u0301" * 100_000
    assert expand_to_graphemes(marks, 5, 9) == (0, len(marks))
    assert quote_selectors(marks, 0, len(marks)).exact == marks
    assert locate("ab" * 100_000, "ba" * 50_000, "", "", 0, 5) is None
    assert locate("a" * 200_000, "aa", "a" * 32, "a" * 32, 5, 9) is None
