"""The new position of one passage, given the matching blocks of two texts."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from lessons.annotations.anchoring.graphemes import GraphemeClusters
from lessons.annotations.anchoring.matching_blocks import MatchingBlock
from lessons.annotations.anchoring.paragraphs import SENTENCE_END
from lessons.annotations.anchoring.quotes import CONTEXT_LENGTH, has_matching_context, occurrences
from lessons.annotations.anchoring.tokens import TOKEN, heaviest_chain

EXACT, MOVED, CHANGED = "exact", "moved", "changed"
MIN_SURVIVING = 0.5
SLACK = 20
# Up to this many pieces, a scattered passage is searched for the group of pieces that keeps most of it.
MAX_PIECES = 200
MIN_QUOTE = 32
# A quote is not found again in a text of which more than this share has come from elsewhere in the old one.
MAX_CLAIMED = 0.5
WINDOW_SIZE, WINDOW_STEP = 24, 9
MAX_WORD = 64
# The words in the place of those that a passage lost are looked for in this many characters. A sentence of more than
# MIN_SENTENCE tokens beside them is not among them; what is shorter may end in an abbreviation.
MAX_REPLACEMENT = 1_000
MIN_SENTENCE = 3


@dataclass(frozen=True, slots=True)
class MappedSpan:
    """[start, end) in the new text, in code points, never empty. state: EXACT: the same text in the same order;
    MOVED: the same text elsewhere; CHANGED: a different text."""

    start: int
    end: int
    state: str


class RangeMinimum:
    """The minimum of any range of a list in constant time: a sparse table (Bender and Farach-Colton 2000)."""

    def __init__(self, values: list[int]):
        self.rows = [values]
        while 2 ** len(self.rows) <= len(values):
            row, half = self.rows[-1], 2 ** (len(self.rows) - 1)
            self.rows.append([min(pair) for pair in zip(row, row[half:], strict=False)])

    def minimum(self, first: int, end: int) -> int:
        """Return the minimum of values[first:end], which is not empty."""
        row = (end - first).bit_length() - 1
        return min(self.rows[row][first], self.rows[row][end - 2**row])


class PassageMapper:
    """Map many passages, each usually in time logarithmic in the number of blocks."""

    def __init__(self, old: str, new: str, blocks: list[MatchingBlock], new_breaks: Iterable[int] = ()):
        self.old, self.new, self.blocks, self.new_breaks = old, new, blocks, sorted(new_breaks)
        self.starts = [i for i, _j, _n in blocks]
        self.surviving = [0, *accumulate(n for _i, _j, n in blocks)]
        self.new_start = RangeMinimum([j for _i, j, _n in blocks])
        self.negative_new_end = RangeMinimum([-j - n for _i, j, n in blocks])
        in_order = set(heaviest_chain(blocks))
        self.moved = [0, *accumulate(k not in in_order for k in range(len(blocks)))]
        self.in_new = sorted((j, j + n, i) for i, j, n in blocks)
        self.new_starts, self.new_ends = [j for j, _end, _i in self.in_new], [end for _j, end, _i in self.in_new]
        self.old_clusters, self.new_clusters = GraphemeClusters(old), GraphemeClusters(new)

    def map(self, start: int, end: int) -> MappedSpan | None:
        """Return the position of the passage [start, end) of the old text; None where it was removed."""
        if not 0 <= start < end <= len(self.old):
            return None
        first = max(0, bisect_right(self.starts, start) - 1)
        stop = bisect_left(self.starts, end)
        is_moved = self.moved[stop] > self.moved[first]
        if stop - first == 1:
            i, j, n = self.blocks[first]
            if i <= start and end <= i + n:
                return self._span(start, end, start - i + j, end - i + j, is_moved)
        hull = self._hull(start, end, first, stop)
        if hull is None:
            return self._by_quote(start, end)
        low, high = self._whole_words(start, end, *hull)
        index = first + (first < stop and sum(self.blocks[first][::2]) <= start)
        if self.blocks[index][1] == hull[0]:
            low = self._replaced_start(start, index, low)
        if self.blocks[stop - 1][1] + self.blocks[stop - 1][2] == hull[1]:
            high = self._replaced_end(end, stop - 1, high)
        if high - low > 2 * (end - start) + SLACK:
            return None
        return self._span(start, end, low, high, is_moved)

    def _replaced_start(self, start: int, index: int, low: int) -> int:
        """Return `low`, or where the words begin that replaced those before the first surviving block, at `index`."""
        i, j, _n = self.blocks[index]
        if not self.old[start:i].strip():
            return low
        before = bisect_left(self.new_starts, j)
        floor = max(self.new_ends[before - 1] if before else 0, self._cut_before(low, "\n" in self.old[start:i]))
        words = [start for start, _end in _words(self.new, floor, low, self.old[start:i])]
        previous = self.blocks[index - 1][0] + self.blocks[index - 1][2] if index else 0
        count = _share(len(words), _count(self.old, start, i), _count(self.old, previous, i))
        return words[-count] if count else low

    def _replaced_end(self, end: int, index: int, high: int) -> int:
        """Return `high`, or where the words end that replaced those after the last surviving block, at `index`."""
        i, j, n = self.blocks[index]
        if not self.old[i + n : end].strip():
            return high
        after = bisect_left(self.new_starts, j) + 1
        ceiling = self.new_starts[after] if after < len(self.new_starts) else len(self.new)
        ceiling = min(ceiling, self._cut_after(high, "\n" in self.old[i + n : end]))
        words = [end for _start, end in _words(self.new, high, ceiling, self.old[i + n : end])]
        following = self.starts[index + 1] if index + 1 < len(self.starts) else len(self.old)
        count = _share(len(words), _count(self.old, i + n, end), _count(self.old, i + n, following))
        return words[count - 1] if count else high

    def _cut_before(self, low: int, over_lines: bool) -> int:
        """Return where the block of the page, or the sentence, that ends at `low` begins."""
        at = bisect_right(self.new_breaks, low) - 1
        floor = self.new_breaks[at] if at >= 0 else 0
        if not over_lines:
            floor = max(floor, self.new.rfind("\n", 0, low) + 1)
        for sentence_end in SENTENCE_END.finditer(self.new, max(floor, low - MAX_REPLACEMENT), low):
            if _count(self.new, floor, sentence_end.end()) > MIN_SENTENCE:
                floor = sentence_end.end()
        return floor

    def _cut_after(self, high: int, over_lines: bool) -> int:
        """Return where the block of the page, or the sentence, that goes on at `high` ends."""
        at = bisect_left(self.new_breaks, high)
        ceiling = self.new_breaks[at] if at < len(self.new_breaks) else len(self.new)
        line_end = self.new.find("\n", high)
        if not over_lines and line_end >= 0:
            ceiling = min(ceiling, line_end)
        for sentence_end in SENTENCE_END.finditer(self.new, high, min(ceiling, high + MAX_REPLACEMENT)):
            if _count(self.new, sentence_end.end(), ceiling) > MIN_SENTENCE:
                return sentence_end.end()
        return ceiling

    def _hull(self, start: int, end: int, first: int, stop: int) -> tuple[int, int] | None:
        """Return (start, end) in the new text from the first to the last surviving character, where enough survive."""
        if first < stop and self._clipped(first, start, end)[2] <= 0:
            first += 1
        if first >= stop:
            return None
        head, tail = self._clipped(first, start, end), self._clipped(stop - 1, start, end)
        cut = self.blocks[first][2] - head[2] + (self.blocks[stop - 1][2] - tail[2] if stop - first > 1 else 0)
        if self.surviving[stop] - self.surviving[first] - cut < MIN_SURVIVING * (end - start):
            return None
        low, high = min(head[1], tail[1]), max(head[1] + head[2], tail[1] + tail[2])
        if stop - first > 2:
            low = min(low, self.new_start.minimum(first + 1, stop - 1))
            high = max(high, -self.negative_new_end.minimum(first + 1, stop - 1))
        if high - low <= 2 * (end - start) + SLACK:
            return low, high
        return self._densest(start, end, first, stop) if stop - first <= MAX_PIECES else None

    def _clipped(self, index: int, start: int, end: int) -> MatchingBlock:
        """Return the part of a block that is in [start, end) of the old text; its length is 0 or less where none
        is."""
        i, j, n = self.blocks[index]
        low = max(i, start)
        return low, j + low - i, min(i + n, end) - low

    def _densest(self, start: int, end: int, first: int, stop: int) -> tuple[int, int] | None:
        """Return the span of the new text whose pieces, close to one another, keep the most of the passage."""
        pieces = sorted((j, j + n) for _i, j, n in (self._clipped(k, start, end) for k in range(first, stop)))
        best, kept, left = (0, 0, 0), 0, 0
        for low, high in pieces:
            kept += high - low
            while high - pieces[left][0] > 2 * (end - start) + SLACK:
                kept -= pieces[left][1] - pieces[left][0]
                left += 1
            best = max(best, (kept, -pieces[left][0], -high))
        return (-best[1], -best[2]) if best[0] >= MIN_SURVIVING * (end - start) else None

    def _whole_words(self, start: int, end: int, low: int, high: int) -> tuple[int, int]:
        """Return the hull extended over what was inserted into its first and last word, if the passage had these
        whole, and without white space at an edge where the passage has none."""
        while high - low > 1 and self.new[low].isspace() and not self.old[start].isspace():
            low += 1
        while high - low > 1 and self.new[high - 1].isspace() and not self.old[end - 1].isspace():
            high -= 1
        if not _is_in_word(self.old, start):
            limit = low - MAX_WORD
            while low > limit and _is_in_word(self.new, low) and not self._is_shared(low - 1):
                low -= 1
        if not _is_in_word(self.old, end):
            limit = high + MAX_WORD
            while high < limit and _is_in_word(self.new, high) and not self._is_shared(high):
                high += 1
        return low, high

    def _is_shared(self, at: int) -> bool:
        """Return whether a block has the character at `at` of the new text."""
        index = bisect_right(self.new_starts, at) - 1
        return index >= 0 and at < self.new_ends[index]

    def _by_quote(self, start: int, end: int) -> MappedSpan | None:
        """Return the only occurrence of the whole passage, which was the only one before, if it is long, its context
        agrees there, and its text has not come from elsewhere."""
        quote = self.old[start:end]
        if end - start < MIN_QUOTE or not self._is_plausible(quote):
            return None
        starts = occurrences(self.new, quote, limit=2)
        if len(starts) != 1 or len(occurrences(self.old, quote, limit=2)) != 1:
            return None
        before, after = self.old[max(0, start - CONTEXT_LENGTH) : start], self.old[end : end + CONTEXT_LENGTH]
        if not has_matching_context(self.new, starts[0], starts[0] + len(quote), before, after):
            return None
        if self._claimed(start, end, starts[0], starts[0] + len(quote)) > MAX_CLAIMED * len(quote):
            return None
        return self._span(start, end, starts[0], starts[0] + len(quote), is_moved=True)

    def _claimed(self, start: int, end: int, low: int, high: int) -> int:
        """Return how many characters of [low, high) of the new text come from outside [start, end) of the old one."""
        index, claimed = max(0, bisect_right(self.new_starts, low) - 1), 0
        while index < len(self.in_new) and self.in_new[index][0] < high:
            j, j_end, i = self.in_new[index]
            first, last = max(j, low), min(j_end, high)
            inside = min(i + last - j, end) - max(i + first - j, start)
            claimed += max(0, last - first) - max(0, inside)
            index += 1
        return claimed

    def _is_plausible(self, quote: str) -> bool:
        """Return False only where the new text has `quote` nowhere: a search for each passage would be too slow."""
        return any(quote[k : k + WINDOW_SIZE] in self._windows for k in range(WINDOW_STEP))

    @cached_property
    def _windows(self) -> set[str]:
        """Return windows of the new text, one each WINDOW_STEP characters: a quote of MIN_QUOTE holds a whole one."""
        return {self.new[k : k + WINDOW_SIZE] for k in range(0, len(self.new), WINDOW_STEP)}

    def _span(self, start: int, end: int, low: int, high: int, is_moved: bool) -> MappedSpan:
        low, high = self._whole_clusters(start, end, low, high)
        if self.old[start:end] != self.new[low:high]:
            return MappedSpan(low, high, CHANGED)
        return MappedSpan(low, high, MOVED if is_moved else EXACT)

    def _whole_clusters(self, start: int, end: int, low: int, high: int) -> tuple[int, int]:
        """Return [low, high) widened where it would split a cluster and the passage did not."""
        before, after = self.new_clusters.cluster_at(low), self.new_clusters.cluster_at(high)
        if before and not self.old_clusters.cluster_at(start):
            low = before[0]
        if after and not self.old_clusters.cluster_at(end):
            high = after[1]
        return low, high


def _count(text: str, start: int, end: int) -> int:
    """Return the number of tokens in [start, end) of a text, looking at no more than MAX_REPLACEMENT characters."""
    return sum(1 for _match in TOKEN.finditer(text, start, min(end, start + MAX_REPLACEMENT)))


def _words(text: str, start: int, end: int, lost: str) -> list[tuple[int, int]]:
    """Return the spans of the words in [start, end) of a text, of all tokens if no word was lost."""
    has_word = any(c.isalnum() for c in lost)
    return [token.span() for token in TOKEN.finditer(text, start, end) if not has_word or token[0][0].isalnum()]


def _share(count: int, lost: int, replaced: int) -> int:
    """Return how many of `count` words stand for `lost` ones of all that were `replaced`; at least one if there is
    one."""
    return min(count, max(1, round(count * lost / replaced))) if count and replaced else 0


def _is_in_word(text: str, at: int) -> bool:
    """Return whether a cut at `at` would go through a word."""
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()
