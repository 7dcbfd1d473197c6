"""A title for an article that has none: the phrase that many of its headings share, or its opening words."""

import re
from collections import Counter
from collections.abc import Iterator

from lessons.importing.document import Block
from lessons.importing.outline import numbering
from lessons.importing.outline.heading_lines import COLONS
from lessons.importing.readers import contents_title
from lessons.importing.stemming import STOP_WORDS, stems
from lessons.markup.scripts import QUESTION_MARKS, is_mostly_unspaced

GENERIC = re.compile(
    r"(?:introduction|abstract|overview|background|preface|summary|contents|foreword|prologue|acknowledge?ments|"
    r"einleitung|vorwort|zusammenfassung|einführung|avant-propos|résumé|préface|introducción|prólogo|resumen|"
    r"introduzione|prefazione|introdução|prefácio|inleiding|voorwoord|inledning|förord|wstęp|wprowadzenie|úvod|"
    r"bevezetés|введение|предисловие|вступ|въведение|εισαγωγή|前言|引言|序言?|緒論|绪论|はじめに|序論|서론|머리말|مقدمة|הקדמה|บทนำ)\W*$",
    re.IGNORECASE,
)
QUESTION = tuple(QUESTION_MARKS)
TOKEN = re.compile(r"[\w’'-]+")
MAX_TITLE_WORDS = 8
OPENING_WORDS = 9
OPENING_HAN = 24  # characters
HAN_PAUSE = re.compile("[，、。！？；：]")
LETTER_HEAD = re.compile(r"(?:from|to|date|subject|von|an|datum|betreff|de|à|objet|para|fecha|asunto)\s*:", re.I)
SUBJECT = re.compile(
    r"\b(?:subject|betreff|objet|asunto|oggetto|assunto)\s*:\s*(.{1,200}?)\s*(?:$|\b(?:date|datum|fecha|to|cc)\s*:)",
    re.I,
)
MAX_FRONT_MATTER, MAX_FRONT_LENGTH = 6, 400
MAX_HEADING = 300  # characters of a heading in which a shared phrase is looked for


def title_from_headings(headings: list[str]) -> str:
    """Return the phrase of two words or more that headings share: `Tides of the North Sea` of `Causes of Tides of …`.

    At least a quarter of the headings must have it; empty if there is none.
    """
    counts: Counter[tuple[str, ...]] = Counter()
    for heading in headings:
        words = TOKEN.findall(numbering.without_number(heading)[:MAX_HEADING])
        counts.update(set(_phrases(words)))
    shared = [
        (count * (len(phrase) - 1), len(phrase), phrase)
        for phrase, count in counts.items()
        if count >= max(2, 0.25 * len(headings))
    ]
    return " ".join(max(shared)[2]) if shared else ""


def _phrases(words: list[str]) -> Iterator[tuple[str, ...]]:
    for start in range(len(words)):
        for end in range(start + 2, min(len(words), start + MAX_TITLE_WORDS) + 1):
            ends = words[start].lower(), words[end - 1].lower().removesuffix("’s")
            if not STOP_WORDS & set(ends):
                yield tuple(words[start : end - 1]) + (words[end - 1].removesuffix("’s"),)


def title_from_letter(introduction: list[Block]) -> str:
    """Return the subject line of a letter or an e-mail; empty if there is none."""
    if not introduction or not LETTER_HEAD.match(introduction[0].text):
        return ""
    subjects = (SUBJECT.search(block.text) for block in introduction[:MAX_FRONT_MATTER])
    return next((match[1].strip() for match in subjects if match), "")


def title_from_opening(text: str) -> str:
    """Return the first words of the first sentence; in Chinese and Japanese, the text before the first comma."""
    if is_mostly_unspaced(text[:100]):
        opening = HAN_PAUSE.split(text, maxsplit=1)[0][:OPENING_HAN]
        return opening + ("…" if len(opening) < len(text) else "")
    words = text.split(maxsplit=OPENING_WORDS)
    return " ".join(words[:OPENING_WORDS]) + ("…" if len(words) > OPENING_WORDS else "")


def is_title(blocks: list[Block], indexes: list[int], entries: list[str]) -> bool:
    """Return whether the first heading, which is the first block, is the title of the whole text.

    It is not if it resembles the other headings: numbered like them, a question among questions, with a colon like
    theirs, an entry of the table of contents, or a word that occurs only in its own section.
    """
    first, others = blocks[0].text, [blocks[n].text for n in indexes[1:]]
    if is_generic(first) or contents_title.key(first) in {contents_title.key(entry) for entry in entries}:
        return False
    if numbering.is_numbered_like(first, others):
        return False
    for ends in (QUESTION, COLONS):
        if first.endswith(ends) and 2 * sum(other.endswith(ends) for other in others) > len(others):
            return False
    return not _is_like_siblings(blocks, indexes)


def is_below_front_matter(blocks: list[Block], indexes: list[int]) -> bool:
    """Return whether the first heading is a title below a report's front matter, directly above the first section."""
    if len(indexes) < 3 or not 0 < indexes[0] <= MAX_FRONT_MATTER or indexes[1] != indexes[0] + 1:
        return False
    first, second = blocks[indexes[0]].text, blocks[indexes[1]].text
    front = blocks[: indexes[0]]
    is_letterhead = all(block.type == "table" for block in front)
    is_section = is_letterhead or is_generic(second) or bool(numbering.markers(second))
    is_short = all(len(block.text) < MAX_FRONT_LENGTH for block in front)
    return is_section and is_short and not numbering.markers(first) and not is_generic(first)


def _is_like_siblings(blocks: list[Block], indexes: list[int]) -> bool:
    """Return whether the first heading is as long as the others, and its words occur only in its own section.

    A title's words recur in the rest of the text.
    """
    if len(indexes) < 3 or indexes[1] < 2:
        return False
    lengths = [len(blocks[n].text.split()) for n in indexes]
    if lengths[0] > 2 or max(lengths) > lengths[0] + 1:
        return False
    own, *rest = [
        {stem for block in blocks[start + 1 : end] for stem in stems(block.text)}
        for start, end in zip(indexes, [*indexes[1:], len(blocks)], strict=True)
    ]
    words = set(stems(blocks[0].text))
    return bool(words) and words <= own and not any(words & section for section in rest)


def is_generic(heading: str) -> bool:
    """Recognise a heading that names no subject: Introduction, Abstract …"""
    return bool(GENERIC.match(heading.strip()))
