"""Pure: the part of a text that shows why it was found, with what was searched marked."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from lessons.indexing.terms import Word, stem, words_beginning, words_of

SNIPPET_LENGTH = 230

# Words are looked for in this many characters of a text: it bounds the time that one result takes.
MAX_READ = 20_000
# Matches with no more than these characters between them are one mark, as the words of a phrase.
MAX_JOINT = 2
SENTENCE_ENDS = ".!?…。！？؟۔।"
CLOSING = " \n\t”’\"')]»"
# How far back a snippet may begin earlier to begin with a sentence.
LOOK_BACK = 90
LOOK_AHEAD = 250


class Match(NamedTuple):
    """Where in a text a searched word is, and the number of the clause that it matches."""

    start: int
    end: int
    clause: int


class Snippet(NamedTuple):
    """A part of a text with marks, and where in the text it begins and ends."""

    html: SafeString
    start: int
    end: int


class Pattern(NamedTuple):
    """What matches one clause: a word of `words` or with one of `stems`, or the words of `phrase` in a row."""

    words: frozenset[str] = frozenset()
    stems: frozenset[str] = frozenset()
    phrase: tuple[str, ...] = ()


class Matcher:
    """Finds the words of a search in texts of one language."""

    def __init__(self, patterns: Sequence[Pattern], language: str):
        self.patterns, self.language = patterns, language
        self.known: dict[str, int] = {}
        self.phrases = [(n, pattern.phrase) for n, pattern in enumerate(patterns) if pattern.phrase]

    @cached_property
    def first_letters(self) -> frozenset[str]:
        """Return the letters with which words begin that may have one of the stems: stemming spares most of them."""
        return frozenset(stem[:1] for pattern in self.patterns for stem in pattern.stems)

    @cached_property
    def all_first_letters(self) -> frozenset[str]:
        """Return the letters with which words begin that may match by themselves."""
        return self.first_letters.union(word[:1] for pattern in self.patterns for word in pattern.words)

    def matches(self, text: str) -> list[Match]:
        """Return the matches in order. Overlapping words of a phrase are separate ones."""
        read = text[:MAX_READ]
        words = list(words_of(read) if self.phrases else words_beginning(read, self.all_first_letters))
        found = {n: clause for n, word in enumerate(words) if (clause := self._clause(word.term)) >= 0}
        for clause, phrase in self.phrases:
            for n in _occurrences(phrase, words):
                found.update((n + k, clause) for k in range(len(phrase)))
        return [Match(words[n].start, words[n].end, found[n]) for n in sorted(found)]

    def _clause(self, term: str) -> int:
        """Return the number of the clause that the word matches by itself, -1 if none."""
        number = self.known.get(term)
        if number is None:
            number = self.known[term] = self._find_clause(term)
        return number

    def _find_clause(self, term: str) -> int:
        root = stem(term, self.language) if term[:1] in self.first_letters else term
        for n, pattern in enumerate(self.patterns):
            if term in pattern.words or term in pattern.stems or root in pattern.stems:
                return n
        return -1


def _occurrences(phrase: tuple[str, ...], words: list[Word]) -> Iterable[int]:
    """Yield where the phrase begins among the words."""
    for n in range(len(words) - len(phrase) + 1):
        if words[n].term == phrase[0] and all(words[n + k].term == term for k, term in enumerate(phrase)):
            yield n


def marked(text: str, matches: Iterable[Match]) -> SafeString:
    """Return the text as HTML with the matches in `<mark>`; neighbours are one mark."""
    pieces, position = [], 0
    for start, end in _joined(text, matches):
        pieces += [escape(text[position:start]), "<mark>", escape(text[start:end]), "</mark>"]
        position = end
    return mark_safe("".join([*pieces, escape(text[position:])]))


def _joined(text: str, matches: Iterable[Match]) -> list[list[int]]:
    spans: list[list[int]] = []
    for start, end, _clause in matches:
        if spans and start - spans[-1][1] <= MAX_JOINT and not any(map(str.isalnum, text[spans[-1][1] : start])):
            spans[-1][1] = max(end, spans[-1][1])
        else:
            spans.append([start, end])
    return spans


def snippet(text: str, matches: list[Match], length: int = SNIPPET_LENGTH) -> Snippet:
    """Return the part of about `length` characters with the most different clauses, and of these with most matches.

    It begins with a sentence where one begins shortly before, and ends between words; without matches it is the
    beginning.
    """
    first, last = _best_window(matches, length)
    start = _start_before(text, matches[first].start, matches[last - 1].end - length) if last else 0
    end = _end_after(text, max(start + length, matches[last - 1].end if last else 0))
    inner = [
        Match(m.start - start, m.end - start, m.clause) for m in matches[first:] if m.start >= start and m.end <= end
    ]
    before, after = ("" if is_whole else "…" for is_whole in (_ends_sentence(text, start), _ends_sentence(text, end)))
    html = " ".join(filter(None, [before, marked(text[start:end], inner), after]))
    return Snippet(mark_safe(html), start, end)


def _ends_sentence(text: str, position: int) -> bool:
    """Return whether a sentence ends at the position, as it does at both ends of the text."""
    return position >= len(text) or text[:position].rstrip(CLOSING)[-1:] in SENTENCE_ENDS


def _best_window(matches: list[Match], length: int) -> tuple[int, int]:
    """Return the first match of the best part and the one after its last. Linear in the number of matches."""
    best, found, inside, last = (0, 0), (0, 0), dict[int, int](), 0
    for first, match in enumerate(matches):
        while last < len(matches) and (last == first or matches[last].end - match.start <= length):
            inside[matches[last].clause] = inside.get(matches[last].clause, 0) + 1
            last += 1
        score = (len(inside), last - first)
        if score > best:
            best, found = score, (first, last)
        inside[match.clause] -= 1
        if not inside[match.clause]:
            del inside[match.clause]
    return found


def _start_before(text: str, start: int, earliest: int) -> int:
    """Return where the snippet begins whose first match is at `start`: with a sentence, or else between words."""
    from_ = max(0, start - LOOK_BACK)
    if not from_:
        return 0
    sentence = max(text.rfind(end, from_, start) for end in SENTENCE_ENDS)
    if sentence >= 0:
        return _skip_spaces(text, sentence + 1, start)
    word = text.find(" ", max(from_, min(earliest, start)), start)
    return _skip_spaces(text, word, start) if word >= 0 else start


def sentence_end(text: str, position: int) -> int:
    """Return where the sentence at `position` ends, or `position` if that is not shortly after it."""
    ends = (text.find(end, position - 1, position + LOOK_AHEAD) for end in SENTENCE_ENDS)
    return min((end + 1 for end in ends if end >= 0), default=position)


def from_first_mark(html: SafeString, lead: int) -> SafeString:
    """Return a snippet for a short line: from the words before its first mark, which are `lead` characters at most."""
    before = html.find("<mark>")
    if before <= lead or html.startswith("… ") and before <= lead + 2:
        return html
    start = html.find(" ", before - lead, before)
    return html if start < 0 else mark_safe(f"…{html[start:]}")


def _skip_spaces(text: str, position: int, limit: int) -> int:
    while position < limit and (text[position].isspace() or text[position] in CLOSING):
        position += 1
    return position


def _end_after(text: str, end: int) -> int:
    """Return where the snippet ends: between words, at `end` or before, but not much."""
    if end >= len(text):
        return len(text)
    space = text.rfind(" ", max(0, end - 30), end + 1)
    return space if space > 0 else end
