"""List markers at the start of a line: `-`, `•`, `*`, `1.`, `(b)`, alone on their line or before the item."""

import re

BULLET = re.compile(r"\s*([-–•●○▪◦‣⁃·∙*+])(?:[ \t\xa0]+(.*)|$)", re.DOTALL)
NUMBER = re.compile(r"\s*(\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)])(?:[ \t\xa0]+(.*)|$)", re.DOTALL)


def parse_bullet(line: str) -> str | None:
    """Return the item after a bullet: empty if the bullet is alone on its line, None if there is no bullet."""
    match = BULLET.match(line)
    return (match[2] or "").strip() if match else None


def parse_number(line: str) -> tuple[str, str] | None:
    """Return (marker, item), the item empty if the number is alone on its line; None if there is no number."""
    match = NUMBER.match(line)
    return (match[1], (match[2] or "").strip()) if match else None


def is_next_marker(before: str, after: str) -> bool:
    """Return whether `after` is the marker that follows `before`: 2. after 1., b) after a)."""
    old, new = before.strip("()."), after.strip("().")
    if before.replace(old, "") != after.replace(new, ""):
        return False
    if old.isdecimal() and new.isdecimal():
        return int(new) == int(old) + 1
    return _roman(new) == _roman(old) + 1 or (len(old) == len(new) == 1 and ord(new) == ord(old) + 1)


def _roman(numeral: str) -> int:
    """Return 1 to 12 for i to xii; -9 for anything else, so that it follows nothing."""
    numerals = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"]
    return numerals.index(numeral) + 1 if numeral in numerals else -9
