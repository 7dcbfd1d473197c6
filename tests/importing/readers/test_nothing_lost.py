"""Every word of the source is in the outline, or listed as omitted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.importing.analysis import analyse
from lessons.importing.readers import read_paste
from lessons.importing.review.completeness import completeness_message
from lessons.markup.sanitise import InvalidText
from tests.articles import build
from tests.environment import examples
from tests.importing.articles import ARTICLES, read

FILES = sorted(path.name for path in ARTICLES.glob("*.*") if path.suffix != ".py" and path.name not in build.TROUBLES)


@pytest.mark.parametrize("name", FILES)
def test_every_sample_is_complete(name):
    article = analyse(read(name))
    assert article.missing == []
    assert article.word_count > 10


def test_one_sentence_says_whether_words_are_missing():
    assert completeness_message(1200, 0) == "All 1,200 words of the article are here."
    assert completeness_message(1, 0) == "The article’s only word is here."
    assert completeness_message(1200, 1) == "Words of the article are missing in 1 place."


PIECES = st.sampled_from(
    [
        "Heading Here",
        "A sentence of some words.",
        "- item",
        "•",
        "1. one",
        "2. two",
        "a\tb",
        "# x",
        "",
        "***",
        "(",
        "é 1",
    ]
)


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(PIECES | st.text(max_size=30), min_size=1, max_size=25))
def test_no_plain_text_loses_a_word(lines):
    text = "\n".join(lines)
    try:
        article = analyse(read_paste(text))
    except InvalidText:
        return
    assert not article.missing


TAGS = st.sampled_from(
    "p h1 h2 h4 ul li div b table tr td blockquote pre script nav section figure main article dl dt".split()
)

# `n` is replaced by the number of the piece, so that its words occur once.
TEXTS = st.sampled_from(["an", "éan bn", "n", "&lt;n", "n&n", "", "an.n <b>n</b>dn"])


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(st.tuples(st.booleans(), TAGS, TEXTS), min_size=1, max_size=20))
def test_no_page_loses_a_word(pieces):
    page = "".join(
        f"<{'/' if end else ''}{tag}>{text.replace('n', str(n))} " for n, (end, tag, text) in enumerate(pieces)
    )
    try:
        article = analyse(read_paste("", pasted_html=page))
    except InvalidText:
        return
    assert not article.missing


def test_what_is_removed_inside_a_list_that_turns_out_to_be_no_layout_is_listed():
    parsed = read_paste("", pasted_html="<ul><li>Tides <blockquote>rise <nav>Home <h1>Menu</h1></nav>")
    assert [omission.text for omission in parsed.omissions] == ["Home Menu"]
    assert not analyse(parsed).missing
