"""Parse list markers at the start of a line: `-`, `•`, `*`, `1.`, `(b)`, `一、`, alone or before the item."""

import re

from lessons.markup.roman_numerals import roman_value

BULLET = re.compile(r"\s*([-–•●○▪◦‣⁃·∙*+]|o(?=[ \t\xa0]{2}))(?:[ \t\xa0\u3000]+(.*)|$)", re.DOTALL)
HAN_DIGITS = "〇一二三四五六七八九十"
NUMBER = re.compile(
    r"\s*(?:(\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5}|[IVX]{1,5})[.)])(?:[ \t\xa0\u3000]+(.*)|$)"
    rf"|([(（]?(?:\d{{1,3}}|[{HAN_DIGITS}]{{1,3}})[)）．、]|[①-⑳])[ \u3000]*(.*))",
    re.DOTALL,
)


def parse_bullet(line: str) -> str | None:
    """Return the item after a bullet: empty if the bullet is alone on its line, None if there is no bullet."""
    match = BULLET.match(line)
    return (match[2] or "").strip() if match else None


def parse_number(line: str) -> tuple[str, str] | None:
    """Return (marker, item), the item empty if the number is alone on its line; None if there is no number."""
    match = NUMBER.match(line)
    return (match[1] or match[3], (match[2] or match[4] or "").strip()) if match else None


def is_next_marker(before: str, after: str) -> bool:
    """Return whether `after` is the next marker after `before`: 2. after 1., b) after a), 二、 after 一、."""
    old, new = before.strip("().（）．、"), after.strip("().（）．、")
    if before.replace(old, "") != after.replace(new, ""):
        return False
    if old.isdecimal() and new.isdecimal():
        return int(new) == int(old) + 1
    if han_value(old) and han_value(new):
        return han_value(new) == han_value(old) + 1
    if old.isupper() != new.isupper():
        return False
    return is_next_numeral(old, new) or (len(old) == len(new) == 1 and ord(new) == ord(old) + 1)


def is_first_marker(marker: str) -> bool:
    """Return whether the marker is the first of a numbering."""
    return marker.strip("().（）．、").casefold() in ("1", "a", "i", "一", "①")


def is_next_numeral(before: str, after: str) -> bool:
    """Return whether `after` is the Roman numeral that follows `before`."""
    return roman_value(before) > 0 and roman_value(after) == roman_value(before) + 1


def han_value(numeral: str) -> int:
    """Return 1 to 99 for 一 to 九十九; 0 for anything else."""
    if not numeral or any(c not in HAN_DIGITS for c in numeral):
        return 0
    tens, ten, ones = numeral.rpartition("十")
    value = HAN_DIGITS.index(ones) if ones else 0
    return value + (10 * (HAN_DIGITS.index(tens) if tens else 1) if ten else 0)
