"""Cleaning of display names and single lines."""

import pytest
from django.core.exceptions import ValidationError

from lessons.accounts.names import clean_display_name, clean_single_line


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("  Ada \t Lind ", "Ada Lind"),
        ("E\u0301mile", "\u00c9mile"),
        ("Ada\u200b\ufeff\u00ad Lind\u200f", "Ada Lind"),
        ("\u200dAda\u200c", "Ada"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("\U0001f469\u200d\U0001f52c", "\U0001f469\u200d\U0001f52c"),
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),
        ("Nguy\u1ec5n V\u0103n", "Nguy\u1ec5n V\u0103n"),
        ("O'Hara-Li, Jr.", "O'Hara-Li, Jr."),
        ("Ada\x00\ud800", "Ada"),
    ],
)
def test_invisible_characters_are_removed(raw, name):
    assert clean_display_name(raw) == name
    assert clean_display_name(name) == name


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("\u200d\u200d", "no visible characters"),
        ("\u3164\u2800", "no visible characters"),
        ("\u0301", "no visible characters"),
        ("", "no visible characters"),
        ("Ada \u202egnp.exe", "changes the text direction"),
        ("\u2067Ada", "changes the text direction"),
        ("x" * 10_000, "at most 80 characters; this one has 10,000"),
        ("A" + "\u0301\u0302" * 9, "too many accents"),
    ],
)
def test_an_impossible_name_is_refused_with_a_message(raw, message):
    with pytest.raises(ValidationError, match=message):
        clean_display_name(raw)


def test_a_line_may_be_empty():
    assert clean_single_line(" \u200d ") == ""
