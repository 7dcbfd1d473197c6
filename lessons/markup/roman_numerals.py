"""Pure: parse and format Roman numerals."""

from itertools import pairwise

LETTERS = {
    "m": 1000, "cm": 900, "d": 500, "cd": 400, "c": 100, "xc": 90, "l": 50, "xl": 40, "x": 10, "ix": 9, "v": 5,
    "iv": 4, "i": 1,
}  # fmt: skip
LARGEST = 3999


def roman_numeral(number: int) -> str:
    """Return a number in lower-case Roman numerals; empty if it is out of their range."""
    if not 0 < number <= LARGEST:
        return ""
    numeral = ""
    for letters, value in LETTERS.items():
        numeral += letters * (number // value)
        number %= value
    return numeral


def roman_value(numeral: str) -> int:
    """Return the value of a Roman numeral in either case; 0 for any other text."""
    values = [LETTERS.get(letter, 0) for letter in numeral.lower()]
    value = sum(-one if one < after else one for one, after in pairwise([*values, 0]))
    return value if roman_numeral(value) == numeral.lower() else 0
