"""Values as YAML that a person can read: every text comes back as it was."""

import pytest

from lessons.markup.yaml_text import InvalidYAML, keys, read_yaml


@pytest.mark.parametrize(
    "value",
    [
        "One line",
        "Two lines,\nas they are",
        " A space before\nand two lines",
        "A space at the end of a line \nand another",
        "Not readable\x07\nas a block",
        "An escape \ufeff\u2028 in it",
    ],
)
def test_a_text_comes_back(value):
    read = value.replace("\x07", "")  # no text of the site has it
    assert read_yaml(keys({"text": value, "several": [value, "b"]}, ())) == {"text": read, "several": [read, "b"]}


def test_aliases_are_refused():
    with pytest.raises(InvalidYAML, match="aliases are not allowed"):
        read_yaml("a: &x [1]\nb: *x\n")
