"""Find acronyms with their expansions: "North Sea Board (NSB)"."""

import re
from collections.abc import Iterable, Iterator

from lessons.importing.suggestions.sentences import SourceSentence

IN_BRACKETS = re.compile(r"\(([A-ZÄÖÜÉ][A-Za-zÄÖÜÉ]{1,7})\)")
BEFORE_BRACKETS = re.compile(r"\b([A-ZÄÖÜÉ]{2,8})\s\(([^()]{6,80})\)")
WORD = re.compile(r"[^\W_]+")
TRIMMED = ' “”«»„"\u00a0'
MAX_EXPANSION = 100


def find_acronyms(sources: Iterable[SourceSentence]) -> Iterator[tuple[str, str, SourceSentence]]:
    """Yield (acronym, expansion, sentence that introduces it)."""
    seen = set()
    for source in sources:
        sentence = source.sentence
        pairs = [
            (match[1], expansion_before(sentence[max(0, match.start() - MAX_EXPANSION) : match.start()], match[1]))
            for match in IN_BRACKETS.finditer(sentence)
        ]
        pairs += [
            (match[1], match[2].strip(TRIMMED))
            for match in BEFORE_BRACKETS.finditer(sentence)
            if _stands_for(match[1], match[2])
        ]
        for acronym, expansion in pairs:
            if expansion and acronym not in seen:
                seen.add(acronym)
                yield acronym, expansion, source


def expansion_before(text: str, acronym: str) -> str:
    """Return the words at the end of `text` whose initials are the letters of the acronym; empty if there are none."""
    letters = [letter.lower() for letter in acronym if letter.isupper()]
    if len(letters) < 2:
        return ""
    words = list(WORD.finditer(text))
    for length in range(len(letters), min(len(letters) + 4, len(words)) + 1):
        candidate = words[-length:]
        first = candidate[0]
        if first[0][0].lower() == letters[0] and _stands_for(acronym, text[first.start() :]):
            expansion = text[first.start() :].strip(TRIMMED).removesuffix("’s").removesuffix("'s")
            return "" if re.search(r"[.;:!?]", expansion) else expansion
    return ""


def _stands_for(acronym: str, expansion: str) -> bool:
    """Return whether the letters are initials of the words in order, where only small words may be skipped."""
    letters = [letter.lower() for letter in acronym if letter.isupper()]
    words = [word.lower() for word in WORD.findall(expansion)]
    if not words or words[0][0] != letters[0] or len(words) > len(letters) + 4 or len(words) < 2:
        return False
    position = 0
    for word in words:
        if position < len(letters) and word[0] == letters[position]:
            position += 1
        elif len(word) > 4:
            return False
    return position == len(letters)
