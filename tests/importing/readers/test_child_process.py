"""Large files and documents are read in a separate process, with limits."""

import pytest

from lessons.importing.document import Block, Omission, ParsedArticle, SourceImage
from lessons.importing.readers import child_process, limits, read_here, read_upload, transfer
from lessons.markup.sanitise import InvalidText
from tests.importing.articles import SALT

CRASHES = "tests.importing.readers.crashing_child"


def test_an_article_is_the_same_after_passing_through_a_pipe():
    image = SourceImage("3f0c1b9e-0000-4000-8000-000000000000", b"\x89PNG\x00", "a wave", "wave.png")
    omission = Omission("Page 1", "A page number.", Block("paragraph", "Page 1", "<p>Page 1</p>"), position=3)
    blocks = [Block("heading", "Tides", level=2, anchors=("tides", "t1")), Block("image", "a wave", "<p></p>")]
    parsed = ParsedArticle(
        blocks, "Tides ☾ \ud83d", "T", [omission, Omission("x", "y")], "o", [image, image], language="de"
    )
    assert transfer.load(*transfer.split_object(transfer.dump(parsed))) == parsed


@pytest.mark.thorough
def test_a_long_text_is_read_in_a_child_process_with_the_same_result(monkeypatch):
    text = (SALT + "\nThe fault — “π” — is ours.\n").encode()
    expected = read_here("salt.md", text)
    monkeypatch.setattr(limits, "LARGE_WORDS", 20)
    assert read_upload("salt.md", text) == expected


@pytest.mark.parametrize("unit", ["**_", "<p>", "<h2>a</h2>", "<img alt=a>", "`", "[a](", "a\tb\n"])
def test_a_text_of_little_but_markup_or_of_many_lines_counts_as_large(unit):
    assert limits.is_large((unit * 200_000)[:200_000].encode())
    assert not limits.is_large(("<p>The moon pulls the sea.</p>\n" * 900).encode())


def test_a_file_that_a_reader_refuses_is_refused_with_its_message():
    with pytest.raises(InvalidText, match="is not text"):
        child_process.read_in_child("a.txt", b"ab\x00\x00\x01\x02cd\x00\x00\x00ef" * 40)


def test_a_file_that_takes_too_much_memory_is_refused():
    with pytest.raises(InvalidText, match="too much memory"):
        child_process.read_in_child("a.md", b"Tides come and go.\n\n" * 10_000, memory=1)


def test_a_file_that_takes_too_long_is_refused():
    with pytest.raises(InvalidText, match="takes too long"):
        child_process.read_in_child("a.txt", b"Tides come and go.", wall_seconds=0.01)


def test_a_file_that_crashes_its_reader_is_refused_and_logged(monkeypatch, caplog):
    monkeypatch.setattr(child_process, "MODULE", CRASHES)
    with pytest.raises(InvalidText, match="damaged or too complicated"):
        child_process.read_in_child("a.txt", b"Tides come and go.")
    assert "exit code -6" in caplog.text
