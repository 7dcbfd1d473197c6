"""Roman numerals are read as they are written, and nothing else is taken for one."""

import pytest

from lessons.importing.readers.list_markers import is_next_marker
from lessons.markup.roman_numerals import roman_numeral, roman_value


def test_every_numeral_is_read_as_it_is_written():
    numerals = [roman_numeral(n) for n in range(1, 4000)]
    assert [roman_value(numeral) for numeral in numerals] == list(range(1, 4000))
    assert (numerals[3], numerals[48], numerals[1993]) == ("iv", "xlix", "mcmxciv")
    assert roman_value("XIV") == 14


@pytest.mark.parametrize("text", ["", "a", "iiii", "vx", "ic", "mmmm", "x1"])
def test_what_is_no_numeral_has_no_value(text):
    assert roman_value(text) == 0


@pytest.mark.parametrize("number", [0, -1, 4000])
def test_numbers_that_have_no_numeral_are_written_as_nothing(number):
    assert roman_numeral(number) == ""


def test_a_list_goes_on_beyond_the_fifteenth_item():
    assert is_next_marker("(xv)", "(xvi)")
    assert is_next_marker("c)", "d)")
    assert not is_next_marker("b)", "i)")
