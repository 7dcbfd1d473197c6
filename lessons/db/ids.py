"""TODO lessons/db/ids.py"""

MAX_DIGITS = 18


def parse_id(words: str) -> int:
    """The id that a form or an address names; 0, which no row has, where it names none that a column could hold."""
    return int(words) if words.isdecimal() and len(words) <= MAX_DIGITS else 0
