"""TODO lessons/db/ids.py"""

MOST_DIGITS = 18


def number(words: str) -> int:
    """The id that a form or an address names; 0, which no row has, where it names none that a column could hold."""
    return int(words) if words.isdecimal() and len(words) <= MOST_DIGITS else 0
