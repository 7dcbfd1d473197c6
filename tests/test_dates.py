import pytest
from django.core.exceptions import ValidationError

from lessons import dates

IN_ORDER = [
    "-0500",
    "-0044-03-15",
    "0009",
    "1607-01-30",
    "1949",
    "1949-04",
    "1949-04-04",
    "1994/..",
    "1999-03-24/1999-06-10",
]
SHUFFLED = [*IN_ORDER[4:], *IN_ORDER[3::-1]]


def test_dates_sort_by_their_first_day_and_the_longer_first():
    assert sorted(SHUFFLED, key=dates.sort_key) == IN_ORDER


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("1949-04-04", "4 April 1949"),
        ("1949-04", "April 1949"),
        ("1949", "1949"),
        ("1949~", "about 1949"),
        ("199X", "the 1990s"),
        ("-0431", "432 BCE"),
        ("1999-03-24/1999-06-10", "24 March 1999 – 10 June 1999"),
        ("1994/..", "since 1994"),
        ("/1949", "until 1949"),
        ("0000", "1 BCE"),
    ],
)
def test_dates_are_formatted_for_people(value, words):
    assert dates.format_edtf(value) == words


@pytest.mark.parametrize(
    "value",
    [
        "soon",
        "1999-13",
        "1999-02-31",
        "04/04/1949",
        "4 April 1949",
        "../1999",
        "\x00",
        "Y99999999999",
        "[" + "1949," * 20 + "1950]",
    ],
)
def test_an_invalid_date_is_refused_with_examples(value):
    with pytest.raises(ValidationError, match="1949-04-04"):
        dates.validate_edtf(value)


@pytest.mark.parametrize(
    ("value", "iso"), [("1949-04-04", "1949-04-04"), ("1949~", "1949"), ("-0431", ""), ("199X", ""), ("1949-21", "")]
)
def test_the_machine_readable_form_is_left_out_where_html_has_none(value, iso):
    assert dates.iso_date(value) == iso
