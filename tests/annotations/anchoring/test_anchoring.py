"""A note keeps its passage when the text is revised: single cases, each an edit that authors make."""

import pytest

from lessons.annotations.anchoring import CHANGED, EXACT, MOVED, MappedSpan, reanchor

TIDES = "The moon pulls the sea towards it. The sun pulls too, though it is far away, and weakly."
PORTS = "Harbours along the estuary keep their own tables, printed each spring by the pilots."
FLOOD = "In January the water broke the wall at three places and drowned the fields behind it."
HEADING = "What remains"
OLD = "\n".join([TIDES, PORTS, HEADING, FLOOD])


def reanchored(old: str, new: str, words: str) -> tuple[str, str] | None:
    """Return (words in the new text, state) for the first `words` of the old one."""
    start = old.index(words)
    [place] = reanchor(old, new, [(start, start + len(words))])
    return place and (new[place.start : place.end], place.state)


def test_unchanged_text_keeps_every_position():
    assert reanchor(OLD, OLD, [(0, 3), (4, 90), (0, len(OLD))]) == [
        MappedSpan(0, 3, EXACT),
        MappedSpan(4, 90, EXACT),
        MappedSpan(0, len(OLD), EXACT),
    ]


def test_results_come_in_the_order_of_the_spans():
    assert [p.start for p in reanchor(OLD, "Note: " + OLD, [(40, 50), (0, 10), (20, 22)])] == [46, 6, 26]


def test_an_inserted_paragraph_shifts_the_rest():
    new = f"A new beginning.\n{OLD}"
    start = OLD.index("tables")
    assert reanchor(OLD, new, [(start, start + 6)]) == [MappedSpan(start + 17, start + 23, EXACT)]


def test_a_deleted_paragraph_takes_its_passages_along():
    new = "\n".join([TIDES, HEADING, FLOOD])
    assert reanchored(OLD, new, "along the estuary") is None
    assert reanchored(OLD, new, PORTS) is None
    assert reanchored(OLD, new, FLOOD) == (FLOOD, EXACT)


def test_a_moved_paragraph_takes_its_passages_along():
    new = "\n".join([PORTS, TIDES, HEADING, FLOOD])
    assert reanchored(OLD, new, "printed each spring") == ("printed each spring", MOVED)
    assert reanchored(OLD, new, "the moon".replace("the", "The")) == ("The moon", EXACT)


def test_a_moved_sentence_is_found():
    sentence = "Harbours along the estuary keep their own tables. "
    old = f"{sentence}The pilots print them each spring. Nobody else is allowed to, by an old law."
    new = f"The pilots print them each spring. Nobody else is allowed to, by an old law. {sentence.strip()}"
    assert reanchored(old, new, "Harbours along the estuary keep") == ("Harbours along the estuary keep", MOVED)


def test_insertion_into_a_passage_belongs_to_it():
    new = OLD.replace("it is far away", "it is very far away from us")
    assert reanchored(OLD, new, "too, though it is far away, and") == (
        "too, though it is very far away from us, and",
        CHANGED,
    )


def test_a_passage_beside_an_edit_is_exact():
    new = OLD.replace("The moon", "Our moon").replace("weakly", "feebly")
    assert reanchored(OLD, new, "pulls the sea towards it. The sun") == ("pulls the sea towards it. The sun", EXACT)


def test_a_respelt_word_is_taken_whole():
    old, new = "The organisation of the harbours was slow.", "The organization of the harbours was slow."
    assert reanchored(old, new, "organisation of") == ("organization of", CHANGED)
    assert reanchored(old, new, "The organisation") == ("The organization", CHANGED)


def test_a_replaced_passage_is_removed():
    new = OLD.replace("The sun pulls too, though it is far away, and weakly.", "Ships wait for high water at noon.")
    assert reanchored(OLD, new, "though it is far away, and weakly") is None


def test_a_deleted_sentence_does_not_take_the_first_word_of_the_next():
    old = "They came by sea. The cat sat down. The dog ran away. Then it rained for days."
    new = "They came by sea. The dog ran away. Then it rained for days."
    assert reanchored(old, new, "The dog ran away.") == ("The dog ran away.", EXACT)
    assert reanchored(old, new, "The cat sat down.") is None


def test_split_and_merged_paragraphs_keep_their_passages():
    split = OLD.replace("towards it. The sun", "towards it.\nThe sun")
    merged = OLD.replace("\n", " ")
    assert reanchored(OLD, split, "though it is far") == ("though it is far", EXACT)
    assert reanchored(OLD, merged, "their own tables") == ("their own tables", EXACT)
    assert reanchored(OLD, merged, f"{PORTS}\n{HEADING}") == (f"{PORTS} {HEADING}", CHANGED)


@pytest.mark.parametrize("gap", ["", "\n\n", "\n \n"])
def test_changed_white_space_between_paragraphs_loses_nothing(gap):
    new = gap.join([TIDES, PORTS, HEADING, FLOOD])
    for words in (TIDES, "towards it. The sun", "keep their own tables", "broke the wall", HEADING):
        assert reanchored(OLD, new, words) == (words, EXACT)


def test_a_passage_over_several_paragraphs_follows_its_ends():
    new = OLD.replace("printed each spring", "printed every spring")
    words = OLD[OLD.index("and weakly") : OLD.index(" the water")]
    assert reanchored(OLD, new, words) == (words.replace("each", "every"), CHANGED)


def test_long_texts_without_line_ends_are_split_at_sentences():
    sentences = [f"Ship number {n} left port {n * 7 % 91} with {n * 13 % 97} casks aboard." for n in range(200)]
    old = " ".join(sentences)
    new = " ".join([*sentences[150:], *sentences[:20], *sentences[30:150]])
    assert reanchored(old, new, sentences[120]) == (sentences[120], EXACT)
    assert reanchored(old, new, sentences[170]) == (sentences[170], MOVED)
    assert reanchored(old, new, sentences[25]) is None


def test_a_word_of_a_repeated_paragraph_stays_with_its_copy():
    old = f"Yes.\n{TIDES}\nYes.\n{FLOOD}\nYes."
    new = f"{TIDES}\nYes.\n{FLOOD}\nYes."
    [second] = reanchor(old, new, [(old.index("Yes.", 9), old.index("Yes.", 9) + 4)])
    assert second == MappedSpan(new.index("Yes."), new.index("Yes.") + 4, EXACT)


def test_character_with_a_new_accent_is_not_split():
    old, new = "The cafe closed at nine.", "The cafe\u0301 closed at nine."
    assert reanchored(old, new, "The cafe") == ("The cafe\u0301", CHANGED)


def test_grown_emoji_sequence_is_taken_whole():
    old, new = "Here 👩\u200d👧 live.", "Here 👩\u200d👧\u200d👦 live."
    assert reanchored(old, new, "👩\u200d👧") == ("👩\u200d👧\u200d👦", CHANGED)


@pytest.mark.parametrize("span", [(5, 5), (9, 4), (-3, 2), (0, 10_000), (10_000, 10_001)])
def test_empty_span_is_removed(span):
    assert reanchor(OLD, OLD, [span]) == [None]
    assert reanchor(OLD, f"More. {OLD}", [span]) == [None]


def test_empty_texts():
    assert reanchor("", "", []) == []
    assert reanchor("", "words", [(0, 0)]) == [None]
    assert reanchor(OLD, "", [(0, 5), (0, len(OLD))]) == [None, None]
    assert reanchor(OLD, "   \n \n", [(0, 5)]) == [None]


def test_passage_of_a_deleted_duplicate_does_not_land_on_the_other():
    words = "pulls the sea towards it. The sun pulls too"
    old, new = f"{TIDES}\n{PORTS}\n{TIDES}", f"{TIDES}\n{PORTS}"
    spans = [(at, at + len(words)) for at in (old.index(words), old.rindex(words))]
    first, second = reanchor(old, new, spans)
    assert (first, second) == (MappedSpan(*spans[0], EXACT), None)


def test_a_long_quote_is_found_in_new_text():
    quote = "broke the wall at three places and drowned the fields"
    new = f"{TIDES}\n{PORTS}\nIt was the year when the water {quote} that belonged to nobody, as the monks say."
    assert reanchored(OLD, new, quote) == (quote, EXACT)
