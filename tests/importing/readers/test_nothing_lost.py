"""Every letter and digit of the source is in the outline, or listed as omitted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.importing.analysis import analyse, completeness_message
from lessons.importing.document import count_characters
from lessons.importing.readers import read_paste
from lessons.markup.sanitise import InvalidText
from tests.environment import examples
from tests.importing.articles import ARTICLES, read

FILES = sorted(path.name for path in ARTICLES.iterdir() if path.suffix in (".txt", ".md", ".html"))


@pytest.mark.parametrize("name", FILES)
def test_every_sample_is_complete(name):
    article = analyse(read(name))
    assert (
        completeness_message(article.character_count, article.missing)
        == f"All {article.character_count:,} letters and digits are here."
    )


def test_what_is_missing_is_named():
    message = completeness_message(1200, count_characters(["abba"]))
    assert message == "4 of the article’s 1,200 letters and digits are missing: a b"


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
def test_no_plain_text_loses_a_letter(lines):
    text = "\n".join(lines)
    try:
        article = analyse(read_paste(text))
    except InvalidText:
        return
    assert not article.missing


TAGS = st.sampled_from(
    "p h1 h2 h4 ul li div b table tr td blockquote pre script nav section figure main article dl dt".split()
)


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(st.tuples(st.booleans(), TAGS, st.text("ab é1<&", max_size=6)), min_size=1, max_size=20))
def test_no_page_loses_a_letter(pieces):
    page = "".join(f"<{'/' if end else ''}{tag}>{text.replace('<', '&lt;')}" for end, tag, text in pieces)
    try:
        article = analyse(read_paste("", pasted_html=page))
    except InvalidText:
        return
    assert not article.missing
