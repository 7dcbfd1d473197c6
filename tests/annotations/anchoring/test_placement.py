"""Where a passage goes, given what two texts share, and what they are found to share beyond equal paragraphs."""

import pytest

from lessons.annotations.anchoring.matching_blocks import match_leftovers, slide_gaps
from lessons.annotations.anchoring.placement import CHANGED, EXACT, MOVED, PassageMapper
from lessons.annotations.anchoring.reanchoring import reanchor
from lessons.annotations.anchoring.similarity import Pairing
from lessons.annotations.anchoring.tokens import Tokens, Vocabulary

QUOTE = "broke the wall at three places and drowned"
OLD = f"In January the water {QUOTE} the fields behind it."
NEW = f"It is said that the water {QUOTE} the cattle."
START = OLD.index(QUOTE)
WHOLE = (START, START + len(QUOTE))
FILLER = " Nothing of this was there before." * 9


def mapped(old, new, blocks, span):
    """Return (words in the new text, state) for a passage of a text that shares these blocks with the new one."""
    place = PassageMapper(old, new, blocks).map(*span)
    return place and (new[place.start : place.end], place.state)


def shared(old, new, *words):
    """Return the blocks of words that occur once in each text."""
    return [(old.index(run), new.index(run), len(run)) for run in words]


def contents(old, new, blocks):
    assert all(old[i : i + n] == new[j : j + n] for i, j, n in blocks)
    return [old[i : i + n] for i, _j, n in blocks]


def test_a_scattered_passage_is_where_most_of_it_is():
    old, new = "alpha beta gamma delta omega", f"alpha beta gamma {FILLER} delta omega"
    blocks = shared(old, new, "alpha beta gamma ", "delta omega")
    assert mapped(old, new, blocks, (0, len(old))) == ("alpha beta gamma", CHANGED)


def test_a_passage_scattered_in_small_pieces_is_gone():
    old, new = "alpha beta gamma delta omega", f"alpha {FILLER} beta gamma {FILLER} delta omega"
    blocks = shared(old, new, "alpha ", "beta gamma ", "delta omega")
    assert mapped(old, new, blocks, (0, len(old))) is None


def test_a_long_quote_is_found_though_no_block_has_it():
    assert mapped(OLD, NEW, [], WHOLE) == (QUOTE, MOVED)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (OLD, NEW + NEW),
        (OLD + OLD, NEW),
        (OLD, f"Storms {QUOTE}, and everyone fled."),
        (OLD, NEW.replace("three", "four")),
    ],
    ids=["twice in the new text", "twice in the old text", "in another context", "not there"],
)
def test_a_quote_is_not_found_where_it_is_not_certain(old, new):
    assert mapped(old, new, [], WHOLE) is None


def test_a_quote_is_not_found_in_text_that_came_from_elsewhere():
    at = NEW.index(QUOTE)
    old = OLD + FILLER
    assert mapped(old, NEW, [(0, 0, 1), (len(OLD), at, len(QUOTE)), (len(old) - 1, len(NEW) - 1, 1)], WHOLE) is None
    assert mapped(old, NEW, [(0, 0, 1), (len(OLD), at, 8), (len(old) - 1, len(NEW) - 1, 1)], WHOLE) == (QUOTE, MOVED)


def test_a_sequence_that_grew_at_its_beginning_is_taken_whole():
    old, new = "👧 lives here.", "👩\u200d👧 lives here."
    [place] = reanchor(old, new, [(0, len("👧 lives"))])
    assert (new[place.start : place.end], place.state) == ("👩\u200d👧 lives", CHANGED)


def test_a_last_word_that_grew_is_taken_whole():
    old, new = "Here the tide", "Here the tides of the moon"
    assert mapped(old, new, [(0, 0, len(old))], (5, len(old))) == ("the tide", EXACT)
    assert mapped(old, new, [(0, 0, 4), (5, 5, len(old) - 5)], (0, len(old))) == ("Here the tides", CHANGED)


SOME = "They waited. Some ships came home late. They slept."
FEW = "They waited. Nobody knew of it at all. Few ships came home early. Nobody saw who came. They slept."


@pytest.mark.parametrize(
    ("old", "new", "words", "passage", "expected"),
    [
        (SOME, FEW, ["They waited.", " ships came home"], "Some ships came", "Few ships came"),
        (SOME, FEW, ["ships came home", " They slept."], "ships came home late", "ships came home early"),
        ("One sea\nand ships", "Two moons\nand ships", ["and ships"], "One sea\nand ships", "Two moons\nand ships"),
    ],
    ids=["at the start", "at the end", "over a line end"],
)
def test_replaced_words_are_those_of_the_same_sentence(old, new, words, passage, expected):
    start = old.index(passage)
    assert mapped(old, new, shared(old, new, *words), (start, start + len(passage))) == (expected, CHANGED)


def test_other_white_space_inside_a_sentence_changes_no_word():
    old, new = "The moon  pulls the sea. Ships wait.", "The moon pulls the sea. Ships wait."
    first, word = reanchor(old, new, [(0, old.index(" Ships")), (old.index("pulls"), old.index(" the sea"))])
    assert (new[first.start : first.end], first.state) == ("The moon pulls the sea.", CHANGED)
    assert (new[word.start : word.end], word.state) == ("pulls", EXACT)


def test_a_match_includes_a_repeated_word_before_it():
    run = "north south east west again today always"
    old, new = f"north south east west. Ships sail {run}", f"They left. {run}"
    assert contents(old, new, match_leftovers(old, new, [])) == [run]


def test_a_match_ends_where_another_one_begins():
    first, second = "pilots quay river sound tower", "wharf xenon yacht zebra"
    old, new = f"{first}; {second} pilots vault", f"{second} {first}"
    assert contents(old, new, match_leftovers(old, new, [])) == [first, second]


@pytest.mark.parametrize(
    ("old", "before", "after", "expected"),
    [
        ("Yes. A cat sat. A dog ran.", "Yes. A ", "dog ran.", ["Yes. ", "A dog ran."]),
        ("He sang. She sang. He left.", "He sa", "ng. He left.", ["He sang.", " He left."]),
        ("He sang.She sang.He left.", "He sa", "ng.He left.", ["He sang.", "He left."]),
    ],
)
def test_a_deletion_is_seen_between_sentences(old, before, after, expected):
    new = before + after
    blocks = [(0, 0, len(before)), (len(old) - len(after), len(before), len(after))]
    assert contents(old, new, slide_gaps(old, new, blocks, (), ())) == expected


def test_look_alikes_that_stay_in_doubt_match_nothing():
    vocabulary = Vocabulary()
    old, new = (
        [Tokens(text, 0, len(text), vocabulary) for text in texts]
        for texts in (["reef reef", "reef sand", "foam sand"], ["reef foam", "reef foam"])
    )
    pairing = Pairing(old, new)
    assert (pairing.add_similar(), pairing.partners) == ([], {})
    assert pairing.ambiguous
