"""A passage as a quote with its context, and back: what a browser sends when its page is not quite the server's."""

import pytest

from lessons.annotations.anchoring import expand_to_graphemes, locate, quote_selectors

FAMILY = "👩\u200d👩\u200d👧"
FLAGS = "🇩🇪🇫🇷🇮🇹"
TEXT = "The bridge stood. The river rose in spring, and the bridge fell; nobody was on the bridge that night."


def locate_words(text, words, prefix="", suffix="", start=0, end=0):
    span = locate(text, words, prefix, suffix, start, end)
    return span and text[span[0] : span[1]] and span


def test_selectors_are_the_quote_and_its_context():
    start = TEXT.index("rose")
    quote = quote_selectors(TEXT, start, start + 4)
    assert quote == ("rose", "The bridge stood. The river ", " in spring, and the bridge fell;")
    assert len(quote.suffix) == 32


def test_selectors_at_the_edges_of_a_text():
    assert quote_selectors("one", 0, 3) == ("one", "", "")


def test_context_ends_at_whole_characters():
    text = FAMILY + "a" * 30 + "word" + "b" * 30 + FAMILY
    start = text.index("word")
    assert quote_selectors(text, start, start + 4) == ("word", "a" * 30, "b" * 30)


@pytest.mark.parametrize(("start", "end"), [(3, 3), (4, 2), (-1, 3), (0, 1000)])
def test_empty_or_outside_spans_have_no_selectors(start, end):
    with pytest.raises(ValueError, match="No passage"):
        quote_selectors(TEXT, start, end)


def test_locate_finds_the_quote_of_quote_selectors_whatever_the_offsets():
    for start in range(len(TEXT) - 6):
        quote = quote_selectors(TEXT, start, start + 6)
        assert locate(TEXT, *quote, start, start + 6) == (start, start + 6)
        assert locate(TEXT, *quote, 0, 0) == (start, start + 6)
        assert locate("Well. " + TEXT, *quote, start, start + 6) == (start + 6, start + 12)


def test_context_distinguishes_equal_quotes():
    assert locate_words(TEXT, "bridge", prefix="nobody was on the ") == (
        TEXT.rindex("bridge"),
        TEXT.rindex("bridge") + 6,
    )
    assert locate_words(TEXT, "bridge", suffix=" fell; nob")[0] == TEXT.index("bridge fell")


def test_equal_occurrences_are_not_guessed_between():
    assert locate_words(TEXT, "bridge") is None
    assert locate_words(TEXT, "bridge", prefix="something quite different ") is None
    assert locate_words("la la la la", "la", prefix="la ", suffix=" la") is None


def test_equal_occurrences_differ_by_offsets_alone():
    assert locate_words(TEXT, "bridge", start=4, end=10) == (4, 10)
    assert locate_words("la la la la", "la", prefix="la ", suffix=" la", start=3, end=5) == (3, 5)


def test_context_beats_offsets_of_another_occurrence():
    assert locate_words(TEXT, "bridge", prefix="nobody was on the ", suffix=" that", start=4, end=10)[
        0
    ] == TEXT.rindex("bridge")


def test_a_quote_whose_context_is_all_different_is_not_found():
    assert locate_words(TEXT, "river", prefix="along an old green ", suffix=" in China") is None
    assert locate_words(TEXT, "river") == (TEXT.index("river"), TEXT.index("river") + 5)


@pytest.mark.parametrize(("start", "end"), [(-9, -3), (5, 2), (0, 10**9), (10**9, 10**9 + 6)])
def test_offsets_outside_the_text_do_no_harm(start, end):
    assert locate_words(TEXT, "river", suffix=" rose in", start=start, end=end)[0] == TEXT.index("river")
    assert locate_words(TEXT, "ocean", start=start, end=end) is None


def test_empty_quote_is_not_found():
    assert locate(TEXT, "", "The ", "bridge", 4, 4) is None


def test_part_of_a_character_is_not_found():
    assert locate_words("Un cafe\u0301 noir", "cafe", prefix="Un ") is None


def test_thousands_of_equal_occurrences():
    text = "na " * 5000 + "batman"
    assert locate_words(text, "na", prefix="na ", suffix=" na") is None
    assert locate_words(text, "na", prefix="na ", suffix=" na", start=300, end=302) == (300, 302)
    assert locate_words(text, "na", prefix="na na na ", suffix=" batman") == (14997, 14999)


@pytest.mark.parametrize(
    "cluster",
    [
        "e\u0301",
        "q\u0307\u0323",
        FAMILY,
        "👍🏽",
        "🇩🇪",
        "각",
        "\u1100\u1161\u11a8",
        "\r\n",
        "नि",
        "1\ufe0f\u20e3",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ],
)
def test_expand_to_graphemes_takes_every_character_whole(cluster):
    text = f"ab{cluster}cd"
    for inside in range(3, 2 + len(cluster)):
        assert expand_to_graphemes(text, 0, inside) == (0, 2 + len(cluster))
        assert expand_to_graphemes(text, inside, len(text)) == (2, len(text))
    assert expand_to_graphemes(text, 0, 2) == (0, 2)
    assert expand_to_graphemes(text, 2, 2 + len(cluster)) == (2, 2 + len(cluster))


def test_flags_in_a_row_are_cut_between_countries():
    assert [expand_to_graphemes(FLAGS, at, at + 1) for at in range(6)] == [
        (0, 2),
        (0, 2),
        (2, 4),
        (2, 4),
        (4, 6),
        (4, 6),
    ]


def test_plain_text_is_not_touched():
    assert expand_to_graphemes(TEXT, 5, 17) == (5, 17)
    assert expand_to_graphemes("日本語の本", 1, 3) == (1, 3)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2), (0, 1000)])
def test_expand_to_graphemes_refuses_spans_outside_the_text(start, end):
    with pytest.raises(ValueError, match="No passage"):
        expand_to_graphemes(TEXT, start, end)
