"""Ids in URLs and forms are parsed in one way, and invalid ones never break a page."""

import pytest

from lessons.db.ids import MAX_DIGITS, parse_id, parse_number, parse_numbers

NO_NUMBERS = [
    *(
        "",
        "²",
        "٣",
        "１",
        "Ⅷ",
        "-1",
        "+1",
        " 1",
        "1 ",
        "1\n",
        "1_0",
        "1.0",
        "1e3",
        "0x1",
        "nan",
        "\x00",
        "1\x00",
        "\ud800",
    ),
    *("9" * 19, "9" * 30, "9" * 5000, "0" * 19, None, 7, 1.5, True, b"1", ["1"]),
]


@pytest.mark.parametrize("text", NO_NUMBERS, ids=lambda text: repr(text)[:20])
def test_only_numbers_in_ascii_digits_are_parsed(text):
    assert parse_number(text) is None
    assert parse_id(text) == 0
    assert parse_numbers(text) is None
    assert parse_numbers(f"1,{text!s}" if isinstance(text, str) else ["1", text]) is None


@pytest.mark.parametrize("number", [0, 1, 7, 10**17, 10**MAX_DIGITS - 1])
def test_a_number_is_parsed(number):
    assert parse_number(str(number)) == parse_id(str(number)) == number
    assert parse_number(f"0{number}" if number < 10**17 else str(number)) == number


def test_no_row_has_the_id_zero():
    assert (parse_id("0"), parse_id("000"), parse_number("0")) == (0, 0, 0)


def test_a_list_of_numbers_is_parsed_in_order_without_duplicates():
    assert parse_numbers("3,1,3,2") == [3, 1, 2]
    assert parse_numbers("5") == [5]
    assert parse_numbers("1;2", separator=";") == [1, 2]


@pytest.mark.parametrize("text", ["1,", ",1", "1,,2", ",", "1, 2", "1;2", "1,2,3,4"])
def test_a_list_that_is_invalid_or_too_long_is_none(text):
    assert parse_numbers(text, max_count=3) is None
    assert parse_numbers("1,2,3", max_count=3) == [1, 2, 3]
