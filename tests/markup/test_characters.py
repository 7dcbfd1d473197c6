"""Forbidden characters are removed from text, XML is well-formed, and names that look alike have the same key."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.importing.readers import read_paste
from lessons.markup import sanitise
from lessons.markup.atom import AtomFeed
from lessons.markup.characters import clean_text, clean_values, comparison_key, visible_characters, xml_text
from lessons.markup.decoding import decode
from lessons.markup.post_markdown import render_post
from lessons.webannotations.deserialize import deserialize

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=40)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x0cb\x0bc\x1fd\x85e", "a b c d e"),
        ("a\x00b\x01\x08\x0e\x1b\x7f\x80\x9fc", "abc"),
        ("a\ud800b\udfff\ufffe\uffff\ufdd0\U0001fffec", "abc"),
        ("\tone\r\ntwo\n", "\tone\r\ntwo\n"),
        ("e\u0301 \u200d👩\u200d💻 שלום\u200f", "e\u0301 \u200d👩\u200d💻 שלום\u200f"),
    ],
)
def test_control_characters_surrogates_and_noncharacters_are_removed(text, cleaned):
    assert clean_text(text) == cleaned


@given(ANY_TEXT)
def test_cleaned_text_can_be_stored_and_cleaning_is_idempotent(text):
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned == cleaned.encode().decode()
    ET.fromstring(f"<t>{xml_text(cleaned).replace('&', '').replace('<', '')}</t>")


@given(ANY_TEXT)
def test_a_feed_is_well_formed_whatever_is_in_it(text):
    feed = AtomFeed(title=text, link="/", description=text, author_name=text, language=text, subtitle=text)
    feed.add_item(title=text, link=f"/{xml_text(text)}", description=text, author_name=text)
    ET.fromstring(feed.writeString("utf-8"))


def test_every_reader_of_imported_text_cleans_it():
    assert decode(b"a\x0bb").text == "a b"
    assert clean_values({"a\x0c": ["\x1b", {"b": "c\ud800"}]}) == {"a ": ["", {"b": "c"}]}
    assert deserialize({"type": "Annotation", "bodyValue": "a\x0bb", "target": "https://a.test/"}).text == "a b"
    article = read_paste("", "<h1>The&#1; sea</h1><h2>Ti&#12;des&#x7f;</h2><p>High\x0c &#1;and low.</p>")
    assert article.title == "The sea"
    assert [block.text for block in article.blocks] == ["Ti des", "High and low."]


@pytest.mark.parametrize("reference", ["&#12;", "&#x0c;", "&#1;", "&#x1f;", "&#xFFFE;", "&NewLine;&#11;"])
def test_no_reference_becomes_a_control_character(reference):
    for html in (sanitise.sanitise(f"<p>a{reference}b</p>"), render_post(f"a{reference}b")):
        assert html == clean_text(html)


@pytest.mark.parametrize(
    "alike",
    [
        "group\u200b one",
        "Group\xa0 One",
        "ＧＲＯＵＰ\u3000ｏｎｅ",
        "group one\ufeff",
        "gro\u00adup\u2003one",
        "group\u200d one",
        "group\u115f\u3164one",
        "\u202egroup one\u2069",
        "group one\ufe0f",
        "gro\u034fup one",
        "group\u2065 one",
        "group one\ufff0\U000e0080",
        "group\U0001d159one",
        "grоuр оne",  # with Cyrillic о and р
        "GRΟUΡ ΟNE",  # with Greek capitals
    ],
)
def test_names_that_look_alike_have_the_same_key(alike):
    assert comparison_key(alike) == "group one"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Émile", "Emile"),
        ("نامه\u200cای", "نامهای"),
        ("क्\u200dष", "क्ष"),
        ("👩\u200d💻", "👩💻"),
        ("a b", "ab"),
        ("сор", "cop"),
        ("葛\U000e0100", "葛\U000e0101x"),
    ],
)
def test_names_that_look_different_have_different_keys(one, other):
    assert comparison_key(one) != comparison_key(other)
    assert visible_characters(one) == one


@pytest.mark.parametrize("alike", ["Lea’s “two” semi\u2011cols 1–2", 'LEA\u02bcS "two" semi\u2010cols 1\u22122'])
def test_hyphens_apostrophes_and_quotation_marks_are_compared_alike(alike):
    assert comparison_key(alike) == comparison_key('Lea\'s "two" semi-cols 1-2')


@given(ANY_TEXT)
def test_computing_a_key_is_idempotent(text):
    assert comparison_key(comparison_key(text)) == comparison_key(text)
