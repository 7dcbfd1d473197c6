"""Ids and numbers as addresses and forms name them."""

MAX_DIGITS = 18  # Every such number fits a BIGINT column.


def parse_number(text: object) -> int | None:
    """Return the whole number that `text` writes in ASCII digits, from 0; None for anything else, and for numbers of
    more than MAX_DIGITS digits. Never raises.
    """
    if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS:
        return int(text)
    return None


def parse_id(text: object) -> int:
    """Return the id that `text` names as `parse_number` reads it; 0, which no row has, where it names none."""
    return parse_number(text) or 0


def parse_numbers(text: object, separator: str = ",", most: int = 50) -> list[int] | None:
    """Return the numbers of a list such as `1,2`, each once, in order; None where one of them is none or they are
    more than `most`.
    """
    parts = text.split(separator, most) if isinstance(text, str) else []
    numbers = [number for number in map(parse_number, parts) if number is not None]
    return list(dict.fromkeys(numbers)) if parts and len(parts) == len(numbers) <= most else None
