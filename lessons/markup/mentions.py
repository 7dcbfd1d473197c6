"""Pure: mentions (`@handle`) in the text of parsed Markdown: never in code, in an address or in what looks like HTML.

A handle in a text is compared with those of a course by `handle_key`, so however it is written, the same people are
highlighted and notified.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence, Set
from itertools import islice
from typing import NamedTuple

import regex
from markdown_it.token import Token

from lessons.markup.characters import with_latin_letters
from lessons.markup.scripts import HANGUL, UNSPACED_LETTERS

HANDLE_LENGTH = 40
MAX_MENTIONS = 20
# Scripts without spaces between words, or with particles joined to names: a mention may begin and end anywhere in such
# a text.
SPACELESS = rf"{UNSPACED_LETTERS}{HANGUL}\p{{Bopomofo}}\p{{Tibetan}}"
# An `@` inside a word or an address, or next to another `@`, is not a mention.
MENTION = regex.compile(rf"(?V1)(?<![[\w\p{{M}}@/]--[{SPACELESS}]])@([\w\p{{M}}-]++)(?!@\w)")
WORD_BOUNDARY = regex.compile(rf"(?V1)(?<=[{SPACELESS}])|(?=[{SPACELESS}])")
HTML_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
NOT_IN_HANDLE = re.compile(r"[^\w-]")
FINAL_SIGMA = re.compile(r"σ(?=-|_|\Z)")
MARKED = re.compile(r'<b class="mention">@([^<]+)</b>')


def handle_key(handle: str) -> str:
    """Return the key by which handles are compared: composed and case-folded, without the marks handles never have."""
    folded = unicodedata.normalize("NFC", with_latin_letters(unicodedata.normalize("NFC", handle)).casefold())
    folded = unicodedata.normalize("NFC", with_latin_letters(folded))
    return NOT_IN_HANDLE.sub("", folded)


def mention_handle(name: str) -> str:
    """Return the spelling of a new handle, which is one of the `handle_spellings` of its key."""
    return FINAL_SIGMA.sub("ς", handle_key(name))


def handle_spellings(key: str) -> set[str]:
    """Return the handles that have this key: Greek ones end in another letter than the key."""
    return {key, FINAL_SIGMA.sub("ς", key)}


class _Candidate(NamedTuple):
    """`@` and what follows it; `readings` are the ends of what may be the handle in the text, the longest first."""

    start: int
    readings: tuple[int, ...]


def mention_keys(tokens: Sequence[Token]) -> set[str]:
    """Return the keys of all handles that the text may mention, for a query."""
    texts = (composed(token) for token in mentioning_tokens(tokens))
    pairs = islice(((text, candidate) for text in texts for candidate in _candidates(text)), MAX_MENTIONS)
    return {handle_key(text[found.start + 1 : end]) for text, found in pairs for end in found.readings}


def mentioning_tokens(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens of text that may have mentions, in order."""
    for token in tokens:
        in_address = False
        for child in token.children or ():
            if child.type in ("link_open", "link_close"):
                in_address = child.type == "link_open" and child.info == "auto"
            elif child.type == "text" and not in_address and "@" in child.content:
                yield child


def composed(token: Token) -> str:
    """Return the text of the token as mentions are looked for in it: composed, so that no accent ends a handle."""
    return unicodedata.normalize("NFC", token.content)


def _candidates(text: str) -> Iterator[_Candidate]:
    without_tags = HTML_TAG.sub(lambda tag: " " * len(tag[0]), text) if "<" in text else text
    for match in MENTION.finditer(without_tags):
        yield _Candidate(match.start(), _readings(match[1], match.start(1)))


def _readings(run: str, offset: int) -> tuple[int, ...]:
    """Return the ends, in the text, of the handles that a run of letters may begin with."""
    run = run[: 2 * HANDLE_LENGTH]  # A letter with a mark, which handles leave out, is two characters.
    ends = {len(run), *(match.start() for match in WORD_BOUNDARY.finditer(run))}
    lengths = {end for end in ends if end} | {len(run[:end].rstrip("-_")) for end in ends}
    return tuple(offset + length for length in sorted(lengths - {0}, reverse=True))


class Mention(NamedTuple):
    """`text[start:end]` mentions the handle with this key."""

    start: int
    end: int
    key: str


def find_mentions(text: str, keys: Set[str]) -> Iterator[Mention]:
    """Yield the mentions of handles with one of these keys in the text of a token, as `composed` returns it."""
    for start, readings in _candidates(text):
        for end in readings:
            key = handle_key(text[start + 1 : end])
            if key in keys:
                yield Mention(start, end, key)
                break


def marked_keys(html: str) -> set[str]:
    """Return the keys of the handles that a rendered post highlights."""
    return {handle_key(handle) for handle in MARKED.findall(html)}
