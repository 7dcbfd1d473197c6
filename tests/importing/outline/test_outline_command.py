"""`manage.py outline FILE...` keeps its contract and touches no database."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.importing.articles import ARTICLES


def outlines(*names):
    out = StringIO()
    call_command("outline", *(str(ARTICLES / name) for name in names), stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_each_file_gives_one_line_in_their_order():
    assert [one["title"] for one in outlines("tides.md", "bees.txt", "saltmarsh.html")] == [
        "Reading the Tide Table",
        "Bees in Town",
        "How a Salt Marsh Grows",
    ]


def test_the_line_has_the_keys_of_the_contract():
    bees = outlines("bees.txt")[0]
    assert set(bees) == {
        "title", "paragraphs", "sections", "glossary", "timeline", "tags", "prompts", "left_out", "missing",
    }  # fmt: skip
    section = bees["sections"][1]["sections"][1]
    assert set(section) == {"heading", "kind", "level", "paragraphs", "blocks", "sections"}
    assert (section["heading"], section["kind"], section["level"]) == ("Calming the Neighbours", "section", 2)
    assert [block["type"] for block in section["blocks"]] == ["paragraph", "paragraph", "list", "paragraph"]
    assert set(section["blocks"][0]) == {"type", "text", "html"}
    assert len(section["paragraphs"]) == 6
    assert set(bees["glossary"][0]) == {"term", "definition", "evidence", "confidence"}
    assert set(bees["timeline"][0]) == {"date", "precision", "event", "evidence"}
    assert all(isinstance(one, str) for one in bees["prompts"] + bees["tags"])
    assert bees["missing"] == []


def test_what_was_left_out_says_why():
    omissions = outlines("saltmarsh.html")[0]["left_out"]
    assert all(set(one) == {"text", "why"} and one["text"] and one["why"] for one in omissions)


@pytest.mark.parametrize("name", ["missing.txt", "empty.txt", "letter.docx"])
def test_a_bad_file_is_an_error_with_its_name(tmp_path, name):
    file = tmp_path / name
    if name != "missing.txt":
        file.write_bytes(b"")
    with pytest.raises(CommandError, match=name):
        call_command("outline", str(file), stdout=StringIO())
