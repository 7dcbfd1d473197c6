"""Prove that an outline has every word of its source: show what is neither in it nor left out. Pure.

The words are compared in order, each with the source. Where a text begins in the source is found by its first words;
from there the two are followed side by side, and a word of the source that the text skips is a hole. So a formula that
has vanished from a sentence is found, even if its letters occur elsewhere. Time is linear in the length of both.
"""

import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import regex
from selectolax.lexbor import LexborHTMLParser

from lessons.importing.document import Block, Outline
from lessons.markup.scripts import UNSPACED_LETTERS

# Scripts that have no spaces between words are compared by character.
LETTER = rf"[[\p{{L}}\p{{N}}]--[{UNSPACED_LETTERS}]]"
WORD = regex.compile(rf"(?V1)[{UNSPACED_LETTERS}][\p{{M}}\p{{Cf}}]*+|{LETTER}(?:{LETTER}|[\p{{M}}\p{{Cf}}])*+")
# Soft hyphens, joiners and marks of direction, which nobody sees.
INVISIBLE = regex.compile(r"\p{Cf}++")
# A text is found in the source by so many words; a shorter one by its first.
KEY_WORDS = 3
# So many words of the source, split or joined otherwise in the text, are compared by their letters.
MAX_JOINED = 8
# So many places where the same words occur are looked at, and so many words of each: the most alike is taken.
MAX_PLACES = 30
MAX_ALIKE = 12
SURROUNDING_WORDS = 6


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the source, folded, and where it stands there."""

    text: str
    start: int
    end: int


def find_missing(source: str, texts: Iterable[str | tuple[str, ...]], title: str = "") -> list[str]:
    """Return the stretches of `source` that none of `texts` has, each in brackets between the words around it.

    texts: those of the outline in its order, then what was left out. Each covers the words of one place; of several
    ways in which a source may have a text, the first that begins somewhere in this one is taken. The title may be the
    beginning of the source; elsewhere it may be part of a longer text, as in the front matter of a file.
    """
    words = list(_words(source))
    comparison = _Comparison([word.text for word in words])
    own, others = _folded(title), [_as_in_source(text, comparison) for text in texts]
    first = max((text for text in others if comparison.begins_with(text)), key=len, default=own)
    if len(first) > len(own):  # such as the `<title>` of a page, which is listed as left out
        others = [first, *(text for text in others if text is not first)]
    is_first = comparison.begins_with(own) and others and others[0][: len(own)] != own
    ordered = [own, *others] if is_first else [*others, own]
    skipped = [word for text in ordered for word in comparison.cover(text)]
    # Where the source repeats words, a text may have covered those of another, which then found no place.
    spare = _Comparison(skipped)
    holes = [hole for hole in comparison.holes() if spare.cover([word.text for word in words[slice(*hole)]])]
    return [_with_surroundings(source, words, start, end) for start, end in holes]


def count_compared_words(source: str) -> int:
    """Return how many words of a text are compared: in scripts without spaces, how many characters."""
    return sum(1 for _word in WORD.finditer(source))


def outline_texts(outline: Outline) -> Iterator[str | tuple[str, ...]]:
    """Yield every text that the outline has or lists as left out, but its title, with formulas as TeX."""
    yield from map(block_source, outline.blocks)
    for section in outline.walk():
        yield section.heading
        yield from map(block_source, section.blocks)
    for omission in outline.omissions:
        yield omission.text


def block_source(block: Block) -> str | tuple[str, ...]:
    """Return the text of a block as a source has it: formulas as their TeX, pictures as their alternative text.

    So it has readings above characters, which are no part of the block's text.
    A source has the numbers of a list if they are characters of it, but not if they come from its markup: both.
    """
    if "<rt>" in block.html:
        return source_text(block.html)
    if block.type == "list" and "<ol" in block.html:
        return block.text, source_text(block.html)
    return source_text(block.html) if "<math" in block.html or "<img" in block.html else block.text


def _as_in_source(text: str | tuple[str, ...], comparison: "_Comparison") -> list[str]:
    """Return the words of a text in the way in which the source has it."""
    ways = [_folded(way) for way in ([text] if isinstance(text, str) else text)]
    return next((words for words in ways[:-1] if comparison.has_beginning(words)), ways[-1])


def source_text(html: str) -> str:
    """Return the text of HTML as words to compare: formulas as their TeX, pictures as their alternative text."""
    page = LexborHTMLParser(f"<body>{html}")
    for node in page.css("math, img"):
        tex = node.attributes.get("alttext" if node.tag == "math" else "alt") or node.text(deep=True)
        node.replace_with(f" {tex} ")
    return page.body.text(deep=True, separator=" ") if page.body else ""


class _Comparison:
    """The words of a source, and which of them a text has covered."""

    def __init__(self, words: list[str]):
        self._words = words
        self._covered = bytearray(len(words))
        self._next = 0
        # By the hash of a word, or of KEY_WORDS of them: what is found is compared word by word.
        self._places: dict[int, list[int]] = defaultdict(list)
        self._passed: dict[int, int] = {}
        for n, word in enumerate(words):
            self._places[hash(word)].append(n)
            self._places[hash(tuple(words[n : n + KEY_WORDS]))].append(n)

    def begins_with(self, words: list[str]) -> bool:
        return self._is_at(words, 0)

    def has_beginning(self, words: list[str]) -> bool:
        """Return whether the first words of a text are anywhere in the source, one after the other."""
        if len(words) >= KEY_WORDS:
            return hash(tuple(words[:KEY_WORDS])) in self._places
        places = self._places.get(hash(words[0]), []) if words else []
        return any(self._words[n : n + len(words)] == words for n in places[:MAX_PLACES])

    def cover(self, words: list[str]) -> list[str]:
        """Mark the words of a text, from where it is found on; return those that have no place."""
        n, place, skipped = 0, self._next, []
        while n < len(words):
            step = self._step(words, n, place)
            if step:
                n, place = n + step[0], place + step[1]
                continue
            found = self._find(words, n, place)
            if found is None:
                skipped.append(words[n])
                n += 1
            else:
                place = found
                del skipped[len(skipped) - self._step_back(skipped, place) :]
        self._next = place
        return skipped

    def _step_back(self, skipped: list[str], place: int) -> int:
        """Mark the words before `place` that are the last of `skipped`, split otherwise; return how many those are."""
        own = other = ""
        taken = matched = 0
        while max(taken, matched) < MAX_JOINED:
            if len(own) <= len(other) and taken < len(skipped):
                taken += 1
                own = skipped[-taken] + own
            elif matched < place and not self._covered[place - matched - 1]:
                matched += 1
                other = self._words[place - matched] + other
            else:
                return 0
            if own == other:
                self._covered[place - matched : place] = b"\x01" * matched
                return taken
            if not (own.endswith(other) or other.endswith(own)):
                return 0
        return 0

    def _step(self, words: list[str], n: int, place: int) -> tuple[int, int] | None:
        """Mark what is equal from word `n` and from `place` on; return how many words of each, None if they differ."""
        if n >= len(words) or place >= len(self._words) or self._covered[place]:
            return None
        own, other, taken, matched = words[n], self._words[place], 1, 1
        while own != other:
            shorter, longer = sorted((own, other), key=len)
            if not longer.startswith(shorter) or max(taken, matched) > MAX_JOINED:
                return None
            if len(own) < len(other):
                if n + taken == len(words):
                    return None
                own, taken = own + words[n + taken], taken + 1
            else:
                if place + matched == len(self._words) or self._covered[place + matched]:
                    return None
                other, matched = other + self._words[place + matched], matched + 1
        self._covered[place : place + matched] = b"\x01" * matched
        return taken, matched

    def _find(self, words: list[str], n: int, place: int) -> int | None:
        """Return where the words from `n` on are in the source, not covered yet; None if nowhere.

        Of several places it is where most of what follows is the same, and of those the next, or else the first. A
        word or two at the end of a text are only looked for near what is before them.
        """
        left = len(words) - n
        if left < KEY_WORDS and n:
            return self._near(words[n:], place)
        key = hash(tuple(words[n : n + KEY_WORDS])) if left >= KEY_WORDS else hash(words[n])
        places = self._places.get(key, [])
        at = bisect_left(places, place)
        candidates = [*places[at : at + MAX_PLACES], *self._from_first(key, places)]
        counts = [self._count_alike(words, n, candidate) for candidate in candidates]
        most = max(counts, default=0)
        if most >= min(left, KEY_WORDS):
            return candidates[counts.index(most)]
        return self._find_rare(words[0]) if n == 0 else None

    def _find_rare(self, word: str) -> int | None:
        """Return where a word that the source has once or twice is, not covered yet; None if nowhere."""
        places = self._places.get(hash(word), [])
        return (
            next((n for n in places if not self._covered[n] and self._words[n] == word), None)
            if len(places) < 3
            else None
        )

    def _count_alike(self, words: list[str], n: int, place: int) -> int:
        """Count the words that are the same from `n` and from `place` on, MAX_ALIKE at most."""
        count, most = 0, min(MAX_ALIKE, len(words) - n, len(self._words) - place)
        while count < most and words[n + count] == self._words[place + count] and not self._covered[place + count]:
            count += 1
        return count

    def _from_first(self, key: int, places: list[int]) -> list[int]:
        """Return the first of `places` that are not covered yet."""
        start = self._passed.get(key, 0)
        while start < len(places) and self._covered[places[start]]:
            start += 1
        self._passed[key] = start
        return places[start : start + MAX_PLACES]

    def _near(self, words: list[str], place: int) -> int | None:
        return next((n for n in range(place, place + MAX_PLACES) if self._is_at(words, n)), None)

    def _is_at(self, words: list[str], place: int) -> bool:
        """Return whether `words` are in the source at `place`, not covered yet."""
        end = place + len(words)
        return self._words[place:end] == words and not any(self._covered[place:end])

    def holes(self) -> Iterator[tuple[int, int]]:
        """Yield the start and the end of each stretch that is not covered."""
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
