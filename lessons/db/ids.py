"""Parse ids and numbers in URLs and forms."""

MAX_DIGITS = 18  # Every such number fits a BIGINT column.


def parse_number(text: object) -> int | None:
    """Return the number, 0 or more, that `text` writes in at most MAX_DIGITS ASCII digits; None for anything else."""
    if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS:
        return int(text)
    return None


def parse_id(text: object) -> int:
    """Return the id that `text` writes, as `parse_number` does; 0, which is no row's id, for anything else."""
    return parse_number(text) or 0


def parse_numbers(text: object, separator: str = ",", max_count: int = 50) -> list[int] | None:
    """Return the numbers of a list such as `1,2`, each once, in order.

    Return None if a part is not a number, or if there are more than `max_count`.
    """
    parts = text.split(separator, max_count) if isinstance(text, str) else []
    numbers = [number for number in map(parse_number, parts) if number is not None]
    return list(dict.fromkeys(numbers)) if parts and len(parts) == len(numbers) <= max_count else None
