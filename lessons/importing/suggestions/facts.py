"""What a case study's facts could be: where, when it began and ended, who took part. Guesses, with evidence."""

from collections.abc import Iterable, Iterator
from itertools import islice

from lessons.importing.document import CASE_STUDY, Outline, Section
from lessons.importing.stemming import stems
from lessons.importing.suggestions.events import find_date
from lessons.importing.suggestions.names import place_names, proper_names
from lessons.importing.suggestions.sentences import readable_sentences

MAX_PARTIES = 6
# Only the first ones get suggestions: each is compared with every paragraph of the section above it.
MAX_CASE_STUDIES = 50
MAX_TOTAL = 20_000  # characters of a case study from which its facts are read


def suggest_facts(outline: Outline) -> list[dict]:
    """Return `{"section", "location", "began", "ended", "parties", "evidence", "confidence"}` for each case study."""
    case_studies = (
        (n, section, parent)
        for n, (section, parent) in enumerate(_with_parents(outline))
        if section.kind == CASE_STUDY
    )
    return [
        {"section": n, **_facts(section, _introduced_by_parent(section, parent))}
        for n, section, parent in islice(case_studies, MAX_CASE_STUDIES)
    ]


def _with_parents(outline: Outline) -> Iterator[tuple[Section, Section | None]]:
    last_of_level: dict[int, Section] = {}
    for section in outline.walk():
        last_of_level[section.level] = section
        yield section, last_of_level.get(section.level - 1)


def _introduced_by_parent(section: Section, parent: Section | None) -> list[str]:
    """Return the sentences of those paragraphs of the parent that are about this case study."""
    heading = set(stems(section.heading))
    if not parent or not heading:
        return []
    paragraphs = [p for block in parent.blocks for p in block.paragraphs]
    related = [p for p in paragraphs if len(heading & set(stems(p))) >= 0.75 * len(heading)]
    return _sentences(related)


def _sentences(paragraphs: Iterable[str]) -> list[str]:
    """Return the sentences of the paragraphs, up to MAX_TOTAL characters."""
    sentences, total = [], 0
    for paragraph in paragraphs:
        total += len(paragraph)
        if total > MAX_TOTAL:
            break
        sentences += readable_sentences(paragraph)
    return sentences


def _facts(section: Section, introduction: list[str]) -> dict:
    own = _sentences(paragraph for block in section.blocks for paragraph in block.paragraphs)
    dated = [(match.date, sentence) for sentence in [*own, *introduction] if (match := find_date(sentence))]
    began, _slash, ended = dated[0][0].partition("/") if dated else ("", "", "")
    places = (place_names(own) or place_names(introduction)).most_common(1)
    location = places[0][0] if places else ""
    evidence = [dated[0][1]] if dated else []
    if location:
        evidence += [sentence for sentence in [*own, *introduction] if location in sentence][:1]
    return {
        "location": location,
        "began": began,
        "ended": ended,
        "parties": _parties(own, location, section.heading),
        "evidence": " ".join(dict.fromkeys(evidence)),
        "confidence": 0.6 if dated and location else 0.4 if dated or location else 0.2,
    }


def _parties(sentences: list[str], location: str, heading: str) -> list[str]:
    """Return the most frequent names of two or more words and acronyms, except the case itself and its location."""
    names = [
        name
        for name, _count in proper_names(sentences).most_common()
        if (" " in name or name.isupper())
        and name != location
        and name.casefold() not in heading.casefold()
        and heading.casefold() not in name.casefold()
    ]
    return names[:MAX_PARTIES]
