"""Pure: characters that no stored text may hold, that XML cannot hold, and that nobody sees."""

import re
import sys
import unicodedata
from typing import TypeVar, cast

T = TypeVar("T")

# Control characters that separate words or lines: they become spaces. Tab, line feed and carriage return stay.
SEPARATORS = "\x0b\x0c\x1c-\x1f\x85"
# U+FFFE, U+FFFF and their like in each plane, and U+FDD0 to U+FDEF: never characters.
NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, sys.maxunicode, 0x10000)
)
SEPARATOR = re.compile(f"[{SEPARATORS}]")
UNSTORABLE = re.compile(f"[\\x00-\\x08\\x0e-\\x1b\\x7f-\\x84\\x86-\\x9f\ud800-\udfff{NONCHARACTERS}]")
UNCLEAN = re.compile(f"{SEPARATOR.pattern}|{UNSTORABLE.pattern}")
NOT_IN_XML = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\ud800-\udfff\ufffe\uffff]")

# Letters and symbols by their category, but blank on the screen: Hangul fillers and the empty Braille cell.
BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"
# Characters that change the direction of whatever follows them on the page; for use in a character class.
BIDI_CONTROLS = "\u202a-\u202e\u2066-\u2069"
JOINERS = "\u200c\u200d"
# Marks that are shown as nothing: the grapheme joiner, Khmer and Mongolian ones, and the choice of a glyph's variant.
INVISIBLE_MARKS = re.compile("[\u034f\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Control and format characters and surrogates. Unassigned ones are not among them: they may be new emoji.
CONTROL_CATEGORIES = {"Cc", "Cf", "Cs"}
JOINED_SCRIPTS = re.compile("[\u0600-\u07bf\u0860-\u08ff\u1800-\u18af\ufb50-\ufdff\ufe70-\ufeff]")
VIRAMA = 9  # The combining class of the signs after which Indic scripts use joiners.
EMOJI_MODIFIERS = "\ufe0f\U0001f3fb-\U0001f3ff"
BLANK_LETTER = re.compile(f"[{BLANK_LETTERS}]")
JOINER = re.compile(f"[{JOINERS}]")


def clean_text(text: str) -> str:
    """Return the text as it may be stored: without control characters, lone surrogates and noncharacters.

    Control characters that separate words become spaces; tabs and line ends stay.
    """
    return UNSTORABLE.sub("", SEPARATOR.sub(" ", text)) if UNCLEAN.search(text) else text


def clean_values(data: T) -> T:
    """Return parsed JSON or YAML with each of its texts, and each name of a member, cleaned by `clean_text`."""
    if isinstance(data, str):
        return cast(T, clean_text(data))
    if isinstance(data, list):
        return cast(T, [clean_values(item) for item in data])
    if isinstance(data, dict):
        return cast(T, {clean_values(name): clean_values(value) for name, value in data.items()})
    return data


def xml_text(text: str) -> str:
    """Return the text without the characters that make XML ill-formed, for whatever was stored earlier."""
    return NOT_IN_XML.sub("", text)


def visible_characters(text: str) -> str:
    """Return the text on one line, without characters that nobody sees, for names that people tell apart by sight.

    Zero-width joiners stay where a script or an emoji needs them.
    """
    line = " ".join(BLANK_LETTER.sub(" ", clean_text(text)).split())
    return "".join(c for n, c in enumerate(line) if _is_visible(line, n)).strip()


def _is_visible(line: str, n: int) -> bool:
    if JOINER.match(line, n):
        return is_needed_joiner(line, n)
    return unicodedata.category(line[n]) not in CONTROL_CATEGORIES


def is_needed_joiner(line: str, n: int) -> bool:
    """Return whether the joiner at `n` changes what is seen: after a virama, between Arabic letters, in an emoji."""
    before, after = line[n - 1 : n], line[n + 1 : n + 2]
    if not before or not after:
        return False
    if unicodedata.combining(before) == VIRAMA:
        return True
    if JOINED_SCRIPTS.match(before) and JOINED_SCRIPTS.match(after):
        return True
    return line[n] == "\u200d" and _is_emoji(before) and _is_emoji(after)


def _is_emoji(character: str) -> bool:
    return unicodedata.category(character) == "So" or re.match(f"[{EMOJI_MODIFIERS}]", character) is not None


def comparison_key(name: str) -> str:
    """Return the key by which names are compared: two names that look alike have the same one.

    It is case-folded, in NFKC (so full-width letters equal others), without invisible characters, and with single
    spaces. `É` and `E` stay different, and so do letters of different scripts.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible_characters(name)).casefold())
    return visible_characters(INVISIBLE_MARKS.sub("", folded))
