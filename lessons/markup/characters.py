"""Pure: characters that must not be stored, that are invalid in XML, and that are invisible."""

import re
import sys
import unicodedata
from typing import TypeVar, cast

import regex

T = TypeVar("T")

# Control characters that separate words or lines: they become spaces. Tab, line feed and carriage return stay.
SEPARATORS = "\x0b\x0c\x1c-\x1f\x85"
# Noncharacters: U+FFFE, U+FFFF and their equivalents in each plane, and U+FDD0 to U+FDEF.
NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, sys.maxunicode, 0x10000)
)
SEPARATOR = re.compile(f"[{SEPARATORS}]")
UNSTORABLE = re.compile(f"[\\x00-\\x08\\x0e-\\x1b\\x7f-\\x84\\x86-\\x9f\ud800-\udfff{NONCHARACTERS}]")
UNCLEAN = re.compile(f"{SEPARATOR.pattern}|{UNSTORABLE.pattern}")
NOT_IN_XML = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\ud800-\udfff\ufffe\uffff]")

# Letters and symbols by their category, but blank on the screen: Hangul fillers, the empty Braille cell and notehead.
BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0\U0001d159"
# Characters that change the direction of the following text; for use in a character class.
BIDI_CONTROLS = "\u202a-\u202e\u2066-\u2069"
JOINERS = "\u200c\u200d"
# Invisible marks: the grapheme joiner, Khmer and Mongolian ones, and variation selectors.
INVISIBLE_MARKS = re.compile("[\u034f\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Control and format characters and surrogates. Not unassigned ones, which may be new emoji, except those
# that are invisible on every system (Default_Ignorable_Code_Point), whatever they will be.
CONTROL_CATEGORIES = {"Cc", "Cf", "Cs"}
UNASSIGNED_INVISIBLE = re.compile(
    "[\u2065\ufff0-\ufff8\U000e0000\U000e0002-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff]"
)
# Signs that look the same in most fonts: hyphens, en dash and minus; apostrophes; quotation marks.
PUNCTUATION_ALIKE = str.maketrans(
    {**dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"), **dict.fromkeys("\u2018\u2019\u02bc", "'")}
    | dict.fromkeys("\u201c\u201d", '"')
)
# Cyrillic and Greek letters that look like Latin ones. If a lower-case letter is included, so is its capital.
LETTERS_ALIKE = str.maketrans(
    "АаВЕеЅѕІіЈјКкМНОоРрСсТУуХхҺһԀԁԚԛԜԝӀӏ" + "ΑαΒΕΖΗΙιΚκΜΝνΟοΡρΤΥυΧχ",
    "AaBEeSsIiJjKkMHOoPpCcTYyXxHhDdQqWwIl" + "AaBEZHIiKkMNvOoPpTYuXx",
)
WORD = regex.compile(r"[\w\p{M}]+")
LATIN = regex.compile(r"\p{Latin}")
CYRILLIC_OR_GREEK = regex.compile(r"[\p{Cyrillic}\p{Greek}]")
JOINED_SCRIPTS = re.compile("[\u0600-\u07bf\u0860-\u08ff\u1800-\u18af\ufb50-\ufdff\ufe70-\ufeff]")
VIRAMA = 9  # The combining class of the signs after which Indic scripts use joiners.
EMOJI_MODIFIERS = "\ufe0f\U0001f3fb-\U0001f3ff"
BLANK_LETTER = re.compile(f"[{BLANK_LETTERS}]")
JOINER = re.compile(f"[{JOINERS}]")


def clean_text(text: str) -> str:
    """Return the text without characters that must not be stored: control characters, lone surrogates, noncharacters.

    Control characters that separate words become spaces; tabs and line ends stay.
    """
    if text.isprintable() or not UNCLEAN.search(text):  # The first is several times as fast, but false for line ends.
        return text
    return UNSTORABLE.sub("", SEPARATOR.sub(" ", text))


def clean_values(data: T) -> T:
    """Return parsed JSON or YAML with all its strings, including keys, cleaned by `clean_text`."""
    if isinstance(data, str):
        return cast(T, clean_text(data))
    if isinstance(data, list):
        return cast(T, [clean_values(item) for item in data])
    if isinstance(data, dict):
        return cast(T, {clean_values(name): clean_values(value) for name, value in data.items()})
    return data


def xml_text(text: str) -> str:
    """Return the text without characters that are invalid in XML, which older stored texts may contain."""
    return NOT_IN_XML.sub("", text)


def visible_characters(text: str) -> str:
    """Return the text on one line without invisible characters, for names that people distinguish by sight.

    Zero-width joiners stay where a script or an emoji needs them.
    """
    line = " ".join(BLANK_LETTER.sub(" ", clean_text(text)).split())
    return "".join(c for n, c in enumerate(line) if _is_visible(line, n)).strip()


def _is_visible(line: str, n: int) -> bool:
    if JOINER.match(line, n):
        return is_needed_joiner(line, n)
    return not is_invisible(line[n])


def is_invisible(character: str) -> bool:
    """Return whether the character is invisible and has no width. Combining marks are not invisible."""
    return unicodedata.category(character) in CONTROL_CATEGORIES or UNASSIGNED_INVISIBLE.match(character) is not None


def is_needed_joiner(line: str, n: int) -> bool:
    """Return whether the joiner at `n` has a visible effect: after a virama, between Arabic letters, in an emoji."""
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

    It is case-folded, in NFKC (so full-width letters equal others), without invisible characters, with single spaces,
    and with one kind of hyphen, apostrophe and quotation mark. `É` and `E` stay different, and so do whole words of
    different scripts; but a word of Latin letters is not made another by Cyrillic or Greek ones among them.
    """
    text = unicodedata.normalize("NFKC", visible_characters(name))
    folded = unicodedata.normalize("NFKC", with_latin_letters(text).casefold())
    folded = unicodedata.normalize("NFKC", with_latin_letters(folded)).translate(PUNCTUATION_ALIKE)
    return visible_characters(INVISIBLE_MARKS.sub("", folded))


def with_latin_letters(text: str) -> str:
    """Return the text with Latin letters for those that look like them, in words that have Latin ones already.

    No language mixes them in a word, but impersonators do.
    """
    if not (CYRILLIC_OR_GREEK.search(text) and LATIN.search(text)):
        return text
    return WORD.sub(lambda word: word[0].translate(LETTERS_ALIKE) if LATIN.search(word[0]) else word[0], text)
