"""Which paragraphs of a text without markup are headings. Rules about lines and their neighbours, no training.

A heading is a short line that does not end like a sentence, contains words, and has text below it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate, groupby, pairwise

from lessons.importing.document import Block
from lessons.importing.outline import line_kinds, numbering
from lessons.importing.outline.heading_lines import COLONS, MAX_LENGTH, is_capitalised, is_heading_like
from lessons.importing.readers import contents_title
from lessons.markup.scripts import QUESTION_MARKS, count_words, is_mostly_unspaced

LONG_PARAGRAPH = 140
LONG_HAN_PARAGRAPH = 40
MIN_CROWD, MIN_WORDS_PER_HEADING = 8, 12
SPEAKER = re.compile(r"(_?[A-ZÀ-Þ][^\s:.]{0,20}(?: [A-ZÀ-Þ][^\s:.]{0,20})?)[:.]_?\s+\S")
SHORT_ANSWER, SHORT_UNSPACED_ANSWER = 40, 15
VERSE_SHARE = 0.2
MAX_ENDED, MAX_LABELLED, MIN_SERIES, MIN_STEPS = 8, 14, 3, 0.6
MIN_ENTRIES, MIN_NAMED = 4, 0.8
MAX_CONSECUTIVE = 3
BELOW_HEADINGS = ("list", "table", "code")
# "3 leeks", "½ cup of flour": where such lines do not count 1, 2, 3, their numbers are quantities.
QUANTITY = re.compile(r"(\d{1,4}|[½⅓⅔¼¾⅛])(?:[.,/–-]\d{1,3}|[½⅓⅔¼¾⅛])?\s?[^\W\d_]")
ENUMERATED = re.compile(r"[,;，、]\s*[a-zà-þ][^,;]*[,;，、]|[，、][^，、]+[，、]")


def find_headings(blocks: list[Block], entries: Iterable[str] = ()) -> list[int]:
    """Return the indexes of the paragraphs that are headings, including the title if the text starts with one.

    entries: those of the text's table of contents; lines equal to one of them are headings.
    """
    listed = {contents_title.key(entry) for entry in entries} - {""}
    candidates = _candidates(blocks, listed)
    runs = _runs(candidates)
    labels = list(accumulate((numbering.is_label_only(block.text) for block in blocks), initial=0))
    last_index = {block.text: n for n, block in enumerate(blocks)}
    capitalised = _mostly_capitalised([b.text for b, is_one in zip(blocks, candidates, strict=True) if is_one])
    found = [
        n
        for n, is_candidate in enumerate(candidates)
        if is_candidate
        and _has_content_below(blocks, runs[n], n, last_index, labels)
        and (not _is_cut_sentence(blocks[n], capitalised) or contents_title.key(blocks[n].text) in listed)
    ]
    if listed:
        found = _as_listed(blocks, found, listed)
    found = _without_crowd(blocks, found, listed)
    numerals = numbering.lone_numerals([block.text for block in blocks])
    above = {n for n in numerals if n + 1 < len(blocks) and _is_long(blocks[n + 1])}
    return sorted({*found, *above, *_ended_headings(blocks)})


def _ended_headings(blocks: list[Block]) -> set[int]:
    """Return the indexes of numbered headings with a full stop: "CHAPTER II. THE RIG.", or "1. Sails." in a series."""
    found: dict[str, list[tuple[int, numbering.Marker]]] = {}
    for n, block in enumerate(blocks[:-1]):
        text = block.text[:-1] if len(block.text) <= MAX_LENGTH else ""
        if (
            block.type != "paragraph"
            or _keeps_lines(block)
            or not block.text.endswith(".")
            or len(text.split()) > MAX_LABELLED
        ):
            continue
        for marker in numbering.markers(text + " x"):
            if marker.rank is not None or (
                len(text.split()) <= MAX_ENDED and is_heading_like(text) and _is_long(blocks[n + 1])
            ):
                found.setdefault(marker.style, []).append((n, marker))
    return {n for places in found.values() if _is_series(places) for n, _marker in places}


def _is_series(places: list[tuple[int, numbering.Marker]]) -> bool:
    """Return whether most numbers increase by one: three or more, or two with a word such as "Chapter"."""
    steps = [b.values[-1] - a.values[-1] for (_n, a), (_m, b) in pairwise(places)]
    enough = len(places) >= (2 if places[0][1].rank is not None else MIN_SERIES)
    return enough and sum(step == 1 for step in steps) >= MIN_STEPS * len(steps)


def _candidates(blocks: list[Block], listed: set[str]) -> list[bool]:
    """Return for each block whether it could be a heading, considering its neighbours and the whole text."""
    candidates = [_is_candidate(block) or _is_listed(block, listed) for block in blocks]
    colons = _colon_headings(blocks, candidates)
    candidates = [is_one or n in colons for n, is_one in enumerate(candidates)]
    shouted = _shouted(blocks, candidates)
    speakers = _speakers(blocks, candidates)
    announced = _announced(blocks, candidates)
    prefixes = _repeated_prefixes(blocks)
    verse = _is_verse(blocks)
    quantities = _quantities(blocks, candidates)
    return [
        is_one
        and n not in announced
        and n not in shouted
        and n not in quantities
        and not _is_enumeration(blocks, candidates, n)
        and block.text not in speakers
        and not _is_speech(blocks, n, prefixes)
        and not (verse and _is_verse_line(block.text))
        for n, (is_one, block) in enumerate(zip(candidates, blocks, strict=True))
    ]


def _is_candidate(block: Block) -> bool:
    return block.type == "paragraph" and not _keeps_lines(block) and is_heading_like(block.text)


def _is_listed(block: Block, listed: set[str]) -> bool:
    is_line = bool(listed) and block.type == "paragraph" and len(block.text) <= MAX_LENGTH
    return is_line and not _keeps_lines(block) and contents_title.key(block.text) in listed


def _without_crowd(blocks: list[Block], found: list[int], listed: set[str]) -> list[int]:
    """Return the headings; none if they have hardly any text between them, no numbers and no table of contents."""
    words = sum(count_words(block.text) for block in blocks)
    labels = sum(numbering.is_label_only(blocks[n].text) for n in found)
    if len(found) < MIN_CROWD or words >= MIN_WORDS_PER_HEADING * (len(found) - labels):
        return found
    return [n for n in found if contents_title.key(blocks[n].text) in listed or numbering.markers(blocks[n].text)]


def _as_listed(blocks: list[Block], found: list[int], listed: set[str]) -> list[int]:
    """Return the headings listed in the table of contents, and numbered ones below, if the table fits the text."""
    named = [n for n in found if contents_title.key(blocks[n].text) in listed]
    if len(named) < MIN_ENTRIES or len({contents_title.key(blocks[n].text) for n in named}) < MIN_NAMED * len(listed):
        return found
    return [n for n in found if n <= named[0] or n in set(named) or numbering.markers(blocks[n].text)]


def _keeps_lines(block: Block) -> bool:
    return "<pre" in block.html or "<br" in block.html


def _colon_headings(blocks: list[Block], candidates: list[bool]) -> set[int]:
    """Return the indexes of lines such as "Ships:", if the text has several and hardly any other headings."""
    found = {
        n
        for n, block in enumerate(blocks[:-1])
        if block.type == "paragraph"
        and not _keeps_lines(block)
        and block.text.endswith(COLONS)
        and is_heading_like(block.text.rstrip(" :："))
        and not line_kinds.announces(block.text)
        and (blocks[n + 1].type != "paragraph" or len(blocks[n + 1].text) > len(block.text) or candidates[n + 1])
    }
    others = sum(candidates[1:])
    return found if len(found) > 1 and len(found) >= others else set()


def _announced(blocks: list[Block], candidates: list[bool]) -> set[int]:
    """Return the indexes of short lines after a colon, which are list items, except a last one above a paragraph."""
    announced: set[int] = set()
    run: list[int] = []
    for n, block in enumerate(blocks):
        if run and candidates[n]:
            run.append(n)
            continue
        if len(run) > 1:
            ends_in_heading = block.type == "paragraph" and _is_long(block)
            announced |= set(run[1:-1] if ends_in_heading else run[1:])
        run = [n] if block.text.endswith(COLONS) and block.type == "paragraph" and not candidates[n] else []
    return announced | set(run[1:])


def _speakers(blocks: list[Block], candidates: list[bool]) -> set[str]:
    """Return the names of speakers on lines above their speeches: short lines, several of which recur."""
    texts = [block.text for block, is_one in zip(blocks, candidates, strict=True) if is_one]
    repeated = {text: count for text, count in Counter(texts).items() if count > 2 and len(text.split()) <= 4}
    most = len(repeated) > 1 and 2 * sum(repeated.values()) > len(texts)
    return set(repeated) if most and not any(numbering.markers(text) for text in repeated) else set()


def _repeated_prefixes(blocks: list[Block]) -> set[str]:
    """Return the names of speakers, before a colon or a full stop, at the start of paragraphs."""
    found = Counter(match[1] for block in blocks if (match := SPEAKER.match(block.text)))
    repeated = {name: count for name, count in found.items() if count > 1}
    return set(repeated) if len(repeated) > 1 else set()


def _is_speech(blocks: list[Block], n: int, prefixes: set[str]) -> bool:
    """Return whether a line is a speech, a signature, or a question with a short answer."""
    text = blocks[n].text
    match = SPEAKER.match(text) if prefixes else None
    if match and match[1] in prefixes:
        return True
    if n and len(blocks[n - 1].text) < MAX_LENGTH and line_kinds.CLOSING.match(blocks[n - 1].text):
        return True  # the name below a letter
    below = blocks[n + 1] if n + 1 < len(blocks) else None
    is_question = text.endswith(tuple(QUESTION_MARKS)) and below is not None and not line_kinds.ASKS.match(text)
    return is_question and below is not None and below.type == "paragraph" and _is_short_answer(below.text)


def _is_short_answer(text: str) -> bool:
    return len(text) < (SHORT_UNSPACED_ANSWER if is_mostly_unspaced(text) else SHORT_ANSWER)


def _quantities(blocks: list[Block], candidates: list[bool]) -> set[int]:
    """Return the indexes of lines such as "3 leeks", unless they are the numbered headings "1 clay", "2 firing"."""
    found = [
        (n, match[1])
        for n, (block, is_one) in enumerate(zip(blocks, candidates, strict=True))
        if is_one and (match := QUANTITY.match(block.text)) and block.text[match.end() - 1].islower()
    ]
    values = [int(number) if number.isdecimal() else 0 for _n, number in found]
    return {n for n, _number in found} if values != list(range(1, len(values) + 1)) else set()


def _is_enumeration(blocks: list[Block], candidates: list[bool], n: int) -> bool:
    """Return whether a line names things, between the heading above it and the next one: "balance, ruler, string"."""
    is_between = 0 < n < len(blocks) - 1 and candidates[n - 1] and candidates[n + 1]
    return is_between and ENUMERATED.search(blocks[n].text) is not None


def _is_verse(blocks: list[Block]) -> bool:
    """Return whether much of the text is verse, whose lines the reader has kept."""
    paragraphs = [block for block in blocks if block.type == "paragraph"]
    return sum("<br" in block.html for block in paragraphs) > VERSE_SHARE * len(paragraphs)


def _is_verse_line(text: str) -> bool:
    """Return whether a separate line among verse is verse, or a stage direction."""
    is_title = text.isupper() or (is_capitalised(text) and not text.endswith((*QUESTION_MARKS, "!", "-")))
    is_chapter = any(marker.rank is not None or marker.style.startswith("lone") for marker in numbering.markers(text))
    is_number = bool(numbering.markers(text)) and not is_chapter
    return is_number or (not is_title and not is_chapter) or line_kinds.DIRECTION.match(text) is not None


def _shouted(blocks: list[Block], candidates: list[bool]) -> set[int]:
    """Return the indexes of sentences in capitals for emphasis, if headings are not in capitals."""
    indexes = [n for n, is_one in enumerate(candidates) if is_one]
    capitals = [n for n in indexes if blocks[n].text.isupper()]
    if 2 * len(capitals) > len(indexes):
        return set()
    return {n for n in capitals if n and line_kinds.is_demand(blocks[n].text)}


def _is_long(block: Block) -> bool:
    return len(block.text) >= (LONG_HAN_PARAGRAPH if is_mostly_unspaced(block.text[:200]) else LONG_PARAGRAPH)


def _mostly_capitalised(lines: list[str]) -> bool:
    long = [line for line in lines if len(line.split()) >= 3]
    return len(long) >= 3 and sum(map(is_capitalised, long)) >= 0.7 * len(long)


def _is_cut_sentence(block: Block, capitalised: bool) -> bool:
    """Recognise a sentence without its full stop: a long line in sentence case where headings are capitalised."""
    max_words = 3 if block.text.endswith("?") else 6
    return capitalised and not block.strong and len(block.text.split()) > max_words and not is_capitalised(block.text)


def _has_content_below(
    blocks: list[Block], run: tuple[int, int], index: int, last_index: Mapping[str, int], labels: list[int]
) -> bool:
    """Return whether text follows, directly or after at most two more headings; longer runs are lists or verse.

    Of a longer run only the last line is a heading, if a long paragraph follows and the line does not recur below, as
    lines of a table of contents do. last_index: where each text last occurs. labels: how many blocks before each are
    only numbers, such as "Chapter 3", above their titles.
    """
    start, end = run
    if end == len(blocks):
        return False
    if end - start - (labels[end] - labels[start]) <= MAX_CONSECUTIVE + (start == 0):
        return True
    if start == index == 0:
        return True  # of the lines of a title page, the first is the title
    if index + 1 != end or not (_is_long(blocks[end]) or blocks[end].type in BELOW_HEADINGS):
        return False
    return last_index[blocks[index].text] < end


def _runs(candidates: list[bool]) -> list[tuple[int, int]]:
    """Return for each index the start and end of the run of candidates that it is part of."""
    runs: list[tuple[int, int]] = []
    for is_candidate, group in groupby(candidates):
        length = len(list(group))
        start = len(runs)
        runs += [(start, start + length) if is_candidate else (start, start)] * length
    return runs
