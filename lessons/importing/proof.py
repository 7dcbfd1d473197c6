"""Prove that an outline has every word of its source: find what is neither in it nor left out. Pure.

Words are compared in order. The first words of a text locate its start in the source; from there both are followed
side by side, and a word of the source that the text skips is a gap. So a formula that is missing from a sentence is
found even if its letters occur elsewhere. Time is linear in the length of both.
"""

import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from itertools import pairwise

import regex
from selectolax.lexbor import LexborHTMLParser

from lessons.importing.document import Block, Outline
from lessons.markup.scripts import UNSPACED_LETTERS

# Scripts that have no spaces between words are compared by character.
LETTER = rf"[[\p{{L}}\p{{N}}]--[{UNSPACED_LETTERS}]]"
WORD = regex.compile(rf"(?V1)[{UNSPACED_LETTERS}][\p{{M}}\p{{Cf}}]*+|{LETTER}(?:{LETTER}|[\p{{M}}\p{{Cf}}])*+")
# The end of a line, or of several, that is no place where a word is divided.
END_OF_LINE = regex.compile(r"(?<![\p{Pd}\xad][ \t]*)\n")
# Soft hyphens, joiners and direction marks, which are invisible.
INVISIBLE = regex.compile(r"\p{Cf}++")
# The number of words by which a text is located in the source; a shorter one is located by its first word.
KEY_WORDS = 3
# The number of words, split or joined differently in source and text, that are compared letter by letter.
MAX_JOINED = 8
# The number of positions compared where the same words occur, and of words compared at each: the best match wins.
MAX_POSITIONS = 30
MAX_ALIKE = 12
SURROUNDING_WORDS = 6


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the source, case-folded, and its position there."""

    text: str
    start: int
    end: int


def find_missing(source: str, texts: Iterable[str | tuple[str, ...]], title: str = "") -> list[str]:
    """Return the passages of `source` that are in none of `texts`, each in brackets between the words around it.

    texts: those of the outline in order, then what was left out, each in the variants in which a source may have it;
    the first variant whose beginning is in the source is used. A text covers words once. The title may be the
    beginning of the source; elsewhere it may be part of a longer text, as in the front matter of a file.
    """
    words = list(_words(source))
    line_starts = _line_starts(source, words)
    comparison = _Comparison([word.text for word in words], line_starts)
    own, others = _folded(title), [_as_in_source(text, comparison) for text in texts]
    first = max((text for text in others if comparison.begins_with(text)), key=len, default=own)
    if len(first) > len(own):  # such as the `<title>` of a page, which is listed as left out
        others = [first, *(text for text in others if text is not first)]
    is_first = comparison.begins_with(own) and others and others[0][: len(own)] != own
    ordered = [own, *others] if is_first else [*others, own]
    skipped = [word for text in ordered for word in comparison.cover(text)]
    # Where the source repeats words, a text may have covered those of another, which were then not found.
    spare = _Comparison(skipped)
    gaps = [gap for gap in comparison.gaps() if _lacks(spare, words, gap, line_starts)]
    return [_with_surroundings(source, words, start, end) for start, end in gaps]


def count_compared_words(source: str) -> int:
    """Return the number of words that are compared; in scripts without spaces, of characters."""
    return sum(1 for _word in WORD.finditer(source))


def outline_texts(outline: Outline) -> Iterator[str | tuple[str, ...]]:
    """Yield every text of the outline, and of what was left out, except the title; formulas as TeX."""
    yield from map(block_source, outline.blocks)
    for section in outline.walk():
        yield section.heading
        yield from map(block_source, section.blocks)
    for omission in outline.omissions:
        yield omission.text


def block_source(block: Block) -> str | tuple[str, ...]:
    """Return the variants of a block's text in the source: formulas as TeX, images as their alternative text.

    Readings above characters (ruby) are included, though not part of the block's text. List numbers are in the source
    if they were typed, but not if markup generates them; hence two variants.
    """
    if "<rt>" in block.html:
        return source_text(block.html)
    if block.type == "list" and "<ol" in block.html:
        return block.text, source_text(block.html)
    return source_text(block.html) if "<math" in block.html or "<img" in block.html else block.text


def _as_in_source(text: str | tuple[str, ...], comparison: "_Comparison") -> list[str]:
    """Return the words of a text in the variant that the source has."""
    ways = [_folded(way) for way in ([text] if isinstance(text, str) else text)]
    return next((words for words in ways[:-1] if comparison.has_beginning(words)), ways[-1])


def source_text(html: str) -> str:
    """Return the text of HTML as words to compare: formulas as their TeX, images as their alternative text."""
    page = LexborHTMLParser(f"<body>{html}")
    for node in page.css("math, img"):
        tex = node.attributes.get("alttext" if node.tag == "math" else "alt") or node.text(deep=True)
        node.replace_with(f" {tex} ")
    return page.body.text(deep=True, separator=" ") if page.body else ""


def _line_starts(source: str, words: list[Word]) -> set[int]:
    """Return the indexes of the words that begin a line, which no word of a text may join with the one before.

    A hyphen at the end of a line may have divided one word.
    """
    between = enumerate(pairwise(words), 1)
    return {n for n, (one, other) in between if END_OF_LINE.search(source, one.start, other.start)}


def _lacks(spare: "_Comparison", words: list[Word], gap: tuple[int, int], line_starts: set[int]) -> bool:
    """Return whether a line of the gap is not in `spare`."""
    bounds = [gap[0], *(n for n in range(gap[0] + 1, gap[1]) if n in line_starts), gap[1]]
    lines = [[word.text for word in words[slice(*line)]] for line in pairwise(bounds)]
    return bool([word for line in lines for word in spare.cover(line)])


class _Comparison:
    """The words of a source, and which of them texts have covered. line_starts: see `_line_starts`."""

    def __init__(self, words: list[str], line_starts: Set[int] = frozenset()):
        self._words, self._line_starts = words, line_starts
        self._covered = bytearray(len(words))
        self._next = 0
        # Positions by the hash of a word, or of KEY_WORDS words; matches are verified word by word.
        self._positions: dict[int, list[int]] = defaultdict(list)
        self._passed: dict[int, int] = {}
        for n, word in enumerate(words):
            self._positions[hash(word)].append(n)
            self._positions[hash(tuple(words[n : n + KEY_WORDS]))].append(n)

    def begins_with(self, words: list[str]) -> bool:
        return self._is_at(words, 0)

    def has_beginning(self, words: list[str]) -> bool:
        """Return whether the first words of a text occur together anywhere in the source."""
        if len(words) >= KEY_WORDS:
            return hash(tuple(words[:KEY_WORDS])) in self._positions
        positions = self._positions.get(hash(words[0]), []) if words else []
        return any(self._words[n : n + len(words)] == words for n in positions[:MAX_POSITIONS])

    def cover(self, words: list[str]) -> list[str]:
        """Mark the words of a text as covered from where it is found; return those that were not found."""
        n, position, skipped = 0, self._next, []
        while n < len(words):
            step = self._step(words, n, position)
            if step:
                n, position = n + step[0], position + step[1]
                continue
            found = self._find(words, n, position)
            if found is None:
                skipped.append(words[n])
                n += 1
            else:
                position = found
                del skipped[len(skipped) - self._step_back(skipped, position) :]
        self._next = position
        return skipped

    def _step_back(self, skipped: list[str], position: int) -> int:
        """Cover words before `position` that equal the end of `skipped`, split differently; return how many of it."""
        own = other = ""
        taken = matched = 0
        while max(taken, matched) < MAX_JOINED:
            if len(own) <= len(other) and taken < len(skipped):
                taken += 1
                own = skipped[-taken] + own
            elif matched < position and not self._covered[position - matched - 1]:
                if matched and position - matched in self._line_starts:
                    return 0
                matched += 1
                other = self._words[position - matched] + other
            else:
                return 0
            if own == other:
                self._covered[position - matched : position] = b"\x01" * matched
                return taken
            if not (own.endswith(other) or other.endswith(own)):
                return 0
        return 0

    def _step(self, words: list[str], n: int, position: int) -> tuple[int, int] | None:
        """Mark the words that match from `n` and from `position` on; return how many of each, None if they differ."""
        if n >= len(words) or position >= len(self._words) or self._covered[position]:
            return None
        own, other, taken, matched = words[n], self._words[position], 1, 1
        while own != other:
            shorter, longer = sorted((own, other), key=len)
            if not longer.startswith(shorter) or max(taken, matched) > MAX_JOINED:
                return None
            if len(own) < len(other):
                if n + taken == len(words):
                    return None
                own, taken = own + words[n + taken], taken + 1
            else:
                end = position + matched
                if end == len(self._words) or self._covered[end] or end in self._line_starts:
                    return None
                other, matched = other + self._words[position + matched], matched + 1
        self._covered[position : position + matched] = b"\x01" * matched
        return taken, matched

    def _find(self, words: list[str], n: int, position: int) -> int | None:
        """Return where the words from `n` on are in the source, not covered yet; None if nowhere.

        Of several positions, choose those where most of the following words match, and of these the next, or else the
        first. One or two words at the end of a text are only searched for near the words before them.
        """
        left = len(words) - n
        if left < KEY_WORDS and n:
            return self._near(words[n:], position)
        key = hash(tuple(words[n : n + KEY_WORDS])) if left >= KEY_WORDS else hash(words[n])
        positions = self._positions.get(key, [])
        at = bisect_left(positions, position)
        candidates = [*positions[at : at + MAX_POSITIONS], *self._from_first(key, positions)]
        counts = [self._count_alike(words, n, candidate) for candidate in candidates]
        most = max(counts, default=0)
        if most >= min(left, KEY_WORDS):
            return candidates[counts.index(most)]
        return self._find_rare(words[0]) if n == 0 else None

    def _find_rare(self, word: str) -> int | None:
        """Return the uncovered position of a word that occurs once or twice in the source; None if there is none."""
        positions = self._positions.get(hash(word), [])
        return (
            next((n for n in positions if not self._covered[n] and self._words[n] == word), None)
            if len(positions) < 3
            else None
        )

    def _count_alike(self, words: list[str], n: int, position: int) -> int:
        """Count the words that are the same from `n` and from `position` on, MAX_ALIKE at most."""
        count, most = 0, min(MAX_ALIKE, len(words) - n, len(self._words) - position)
        while (
            count < most and words[n + count] == self._words[position + count] and not self._covered[position + count]
        ):
            count += 1
        return count

    def _from_first(self, key: int, positions: list[int]) -> list[int]:
        """Return the first of `positions` that are not covered yet."""
        start = self._passed.get(key, 0)
        while start < len(positions) and self._covered[positions[start]]:
            start += 1
        self._passed[key] = start
        return positions[start : start + MAX_POSITIONS]

    def _near(self, words: list[str], position: int) -> int | None:
        return next((n for n in range(position, position + MAX_POSITIONS) if self._is_at(words, n)), None)

    def _is_at(self, words: list[str], position: int) -> bool:
        """Return whether `words` are in the source at `position`, not covered yet."""
        end = position + len(words)
        return self._words[position:end] == words and not any(self._covered[position:end])

    def gaps(self) -> Iterator[tuple[int, int]]:
        """Yield the start and the end of each uncovered passage."""
        start = self._covered.find(0)
        while start >= 0:
            end = self._covered.find(1, start)
            end = len(self._covered) if end < 0 else end
            yield start, end
            start = self._covered.find(0, end)


def _with_surroundings(source: str, words: list[Word], start: int, end: int) -> str:
    """Return the words from `start` to `end` in brackets, between those around them."""
    first, last = max(0, start - SURROUNDING_WORDS), min(len(words), end + SURROUNDING_WORDS) - 1
    before = source[words[first].start : words[start].start]
    inside = source[words[start].start : words[end - 1].end]
    after = source[words[end - 1].end : words[last].end]
    parts = ["…" if first else "", before, "[", inside, "]", after, "…" if last < len(words) - 1 else ""]
    return " ".join("".join(parts).split())


def _folded(text: str) -> list[str]:
    return [word.text for word in _words(text)]


def _words(text: str) -> Iterator[Word]:
    """Yield the words of a text in one form of Unicode and in lower case."""
    for match in WORD.finditer(text):
        word = INVISIBLE.sub("", match[0])  # not empty: it begins with a letter or a digit
        yield Word(unicodedata.normalize("NFKC", word).casefold(), match.start(), match.end())
