"""Markdown and HTML that would take long to process, or become much longer, are refused."""

import pytest

from lessons.importing.analysis import analyse
from lessons.importing.readers import markdown, read_paste, read_upload
from lessons.importing.suggestions import sentences
from lessons.importing.suggestions.definitions.base import MAX_HEADING, phrases_of
from lessons.markup import lesson_markdown
from lessons.markup.lesson_markdown import check_cost, render_markdown
from lessons.markup.post_markdown import render_post
from lessons.markup.sanitise import InvalidText, sanitise

TABLE = "|" + "a|" * 60 + "\n|" + "-|" * 60 + "\n" + "|\n" * 500
EXPENSIVE = {
    "table": TABLE,
    "table in a quote": "".join(f"> {line}\n" for line in TABLE.splitlines()),
    "table in a list": "".join(f"  {line}\n" for line in f"- x\n\n{TABLE}".splitlines()),
}
EXPENSIVE_DOCUMENTS = {
    "brackets in many paragraphs": ("[" * 1_500 + "\n\n") * 20,
    "images in quotes": ("> " + "![" * 1_500 + "\n>\n") * 20,
    "stars": "**_" * 60_000,
    "backticks": "`` ` " * 60_000,
    "entities": "&#1;" * 160_000,
    "lines": "- a\n" * 50_000,
    "empty lines": "a" + "\n" * 50_000,
    "references": "[a]: b\n" * 45_000,
}


@pytest.mark.parametrize("source", EXPENSIVE.values(), ids=EXPENSIVE)
def test_a_post_a_description_and_an_article_with_huge_tables_are_refused(source):
    for render in (render_post, render_markdown, lambda text: read_upload("a.md", text.encode())):
        with pytest.raises(InvalidText, match="too many cells"):
            render(source)


@pytest.mark.parametrize("source", EXPENSIVE_DOCUMENTS.values(), ids=EXPENSIVE_DOCUMENTS)
def test_a_document_that_would_take_long_is_refused_before_it_is_parsed(source, monkeypatch):
    monkeypatch.setattr(lesson_markdown, "markdown_parser", None)
    with pytest.raises(InvalidText, match="Split it"):
        render_markdown(source)
    with pytest.raises(InvalidText, match="Split it"):
        markdown.read(source * markdown.BOOK)


@pytest.mark.parametrize("unit", ["- ", " -", "* ", "1. ", "9)\t", ">", "> "])
def test_a_line_of_many_quotes_and_lists_is_refused_before_it_is_parsed(unit, monkeypatch):
    monkeypatch.setattr(lesson_markdown, "markdown_parser", None)
    with pytest.raises(InvalidText, match="nested too deeply"):
        render_markdown(f"a\n\n{unit * 50_000} x")


def test_a_rule_of_many_dashes_is_not_a_list():
    for rule in ("-" * 1_000, "*" * 1_000, "- " * 5_000, " *" * 5_000):
        assert "<hr>" in render_markdown(f"a\n\n{rule}\n\nb")


@pytest.mark.thorough
def test_of_a_heading_of_a_whole_text_only_the_start_is_looked_at():
    assert analyse(read_paste("![a](" * 30_000)).suggestions.glossary == []
    phrases = phrases_of([" ".join(f"word{n}" for n in range(20_000))])
    assert "word0 word1" in phrases
    assert len(phrases) < MAX_HEADING


@pytest.mark.thorough
def test_html_of_more_than_the_limit_is_refused():
    with pytest.raises(InvalidText, match="too long once it is formatted"):
        render_markdown("**a** " * 15_000)
    assert len(render_markdown("**a** " * 15_000, lesson_markdown.MAX_LESSON_OUTPUT)) > lesson_markdown.MAX_OUTPUT


@pytest.mark.parametrize(
    "source",
    [
        "See [the table](/a), [1], [2] and *all* of it. | not a table\n\n" * 1_200,
        "|a|b|\n|-|-|\n" + "|1|2|\n" * 800,
        "# A\n\nText -- with dashes | and bars.\n\n---\n\n" * 2_000,
        "\n\n".join(f"[^{n}]: A footnote." for n in range(2_000)),
    ],
)
def test_ordinary_texts_are_far_below_the_limits(source):
    check_cost(source)


@pytest.mark.parametrize("unit", ["\t", " ", "-", "1.", "-:", "*+)"])
def test_a_long_line_of_marks_is_checked_in_one_pass(unit):
    """With a pattern that goes back over them, each of these took minutes."""
    check_cost(f"{unit * 40_000}x")


@pytest.mark.parametrize("text", ["&" * 200_000, "&amp;" * 200_000, "<rt>" * 200, "<b><i>" * 200])
def test_html_that_would_take_long_is_refused(text):
    with pytest.raises(InvalidText):
        sanitise(text)


def test_ruby_without_end_tags_is_not_nested():
    assert "kan" in sanitise("<ruby>漢<rt>kan<rt>x</ruby>" * 200)


def test_the_end_of_a_sentence_is_searched_in_a_few_characters():
    """Count the characters that are copied instead of measuring time."""
    copied = []

    class Counting(str):
        def __getitem__(self, key):
            copied.append(len(part := super().__getitem__(key)))
            return part

    text = Counting("c. 1 " * 4_000)
    sentences.split_sentences(text)
    assert len(copied) > 3_999
    assert sum(copied) < 5 * len(text)


@pytest.mark.parametrize("unit", ["c. 1 ", "J. R. ", "U.S. ", "No. 1900 ", 'x "', "(a ", "1900 "])
def test_sentences_without_an_end_yield_no_suggestions_and_lose_nothing(unit):
    text = unit * 2_000
    assert "".join(sentences.split_sentences(text)).replace(" ", "") == text.replace(" ", "")
    assert all(len(sentence) <= sentences.MAX_LENGTH for sentence in sentences.readable_sentences(text))


@pytest.mark.thorough
@pytest.mark.parametrize(("text", "what"), [("a\n" * 50_001, "lines"), ("<p>a</p>" * 20_001, "paragraphs")])
def test_an_article_of_very_many_lines_or_paragraphs_is_refused(text, what):
    with pytest.raises(InvalidText, match=what):
        read_upload("a.html", text.encode())
