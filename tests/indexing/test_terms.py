"""Terms: equal whatever the case, accents, width and script; with the place where they stand."""

from itertools import product

import pytest
import regex

from lessons.indexing import terms as reading
from lessons.indexing.terms import fold, stem, words_beginning, words_of


def terms(text: str) -> list[str]:
    return [word.term for word in words_of(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The cat's 12 whiskers", ["the", "cat", "s", "12", "whiskers"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("Ångström e\u0301te\u0301 été", ["angstrom", "ete", "ete"]),
        ("Œuvre cœur æther Łódź Øre", ["oeuvre", "coeur", "aether", "lodz", "ore"]),
        ("İzmir ısı", ["izmir", "isi"]),
        ("Σίσυφος ΣΊΣΥΦΟΣ", ["σισυφοσ", "σισυφοσ"]),
        ("العَرَبِيَّة أحمد", ["العربية", "احمد"]),
        ("ＦＵＬＬ ① ﬁn m²", ["full", "1", "fin", "m2"]),
        ("١٢٣ १२३", ["123", "123"]),
        ("हिन्दी की", ["हिन्दी", "की"]),
        ("co\u00adoperate zero\u200bwidth", ["cooperate", "zerowidth"]),
        ("snake_case a-b", ["snake", "case", "a", "b"]),
        ("集体防御", ["集体", "体防", "防御"]),
        ("北", ["北"]),
        ("NATO加盟", ["nato", "加盟"]),
        ("ﾊﾝｶﾞｸ", ["ハン", "ンガ", "ガク"]),
        ("한국어", ["한국", "국어"]),
        ("สวัสดี", ["สวั", "วัส", "สดี"]),
        ("\ud800 \x00a\x00 🙂 “…” AND*", ["a", "and"]),
        ("", []),
    ],
)
def test_terms_of_many_scripts(text, expected):
    assert terms(text) == expected


def test_a_word_says_where_it_stands():
    text = "Ein Übergang, 集体防御."
    assert [(text[word.start : word.end], word.term) for word in words_of(text)] == [
        ("Ein", "ein"),
        ("Übergang", "ubergang"),
        ("集体", "集体"),
        ("体防", "体防"),
        ("防御", "防御"),
    ]


def test_words_of_latin_texts_are_those_that_other_texts_have(monkeypatch):
    pairs = map("".join, product("aZ9_’ «éÉßẞŒŉİıſđþ\u0301", repeat=2))
    texts = [f"don{pair}ts A{pair} {pair}" for pair in pairs]
    latin = [list(words_of(text)) for text in texts]
    for name in ("_LATIN", "_ASCII_RUNS"):
        monkeypatch.setattr(reading, name, regex.compile("(?!)"))
    assert latin == [list(words_of(f"{text} 北"))[:-1] for text in texts]


@pytest.mark.parametrize(
    "text", ["Tides at neap tide; été, Étale.", "Þing is a thing", "Tides 集体tea防御été、éTé ｔｅa ๑"]
)
def test_words_beginning_with_letters_are_among_the_words_of_a_text(text):
    for letter in "teþ集1":
        found = list(words_beginning(text, frozenset(letter)))
        assert [word for word in words_of(text) if word.term[0] == letter] == [
            word for word in found if word.term[0] == letter
        ]


def test_long_words_are_cut():
    assert terms("a" * 100) == ["a" * 64]
    assert terms("é" * 100) == ["e" * 64]


def test_folding_keeps_punctuation():
    assert fold("Çà, Là: ＡＢ") == "ca, la: ab"
    assert fold("Plain TEXT.") == "plain text."


def test_stems_are_those_of_the_language():
    assert stem("running", "en-gb") == stem("runs", "en") == "run"
    assert stem("strassen", "de") == stem("strasse", "de")
    assert stem("running", "zh-hans") == stem("running", "") == "running"
