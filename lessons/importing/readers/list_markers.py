"""List marks at the start of a line: `-`, `•`, `*`, `1.`, `(b)`, alone on their line or before the item."""

import re

BULLET = re.compile(r"\s*([-–•●○▪◦‣⁃·∙*+])(?:[ \t\xa0]+(.*)|$)", re.DOTALL)
NUMBER = re.compile(r"\s*(\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)])(?:[ \t\xa0]+(.*)|$)", re.DOTALL)


def parse_bullet(line: str) -> str | None:
    """The item after a bullet; an empty string where the bullet stands alone; None where there is no bullet."""
    found = BULLET.match(line)
    return (found[2] or "").strip() if found else None


def parse_number(line: str) -> tuple[str, str] | None:
    """(mark, item), the item empty where the number stands alone; None where the line has no number."""
    found = NUMBER.match(line)
    return (found[1], (found[2] or "").strip()) if found else None


def is_next_marker(before: str, after: str) -> bool:
    """Whether `after` is the mark that comes after `before`: 2. after 1., b) after a)."""
    old, new = before.strip("()."), after.strip("().")
    if before.replace(old, "") != after.replace(new, ""):
        return False
    if old.isdecimal() and new.isdecimal():
        return int(new) == int(old) + 1
    return _roman(new) == _roman(old) + 1 or (len(old) == len(new) == 1 and ord(new) == ord(old) + 1)


def _roman(numeral: str) -> int:
    """1 to 12; -9 for what is none of them."""
    known = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"]
    return known.index(numeral) + 1 if numeral in known else -9
