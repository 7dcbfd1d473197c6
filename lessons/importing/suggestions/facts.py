"""What a case study's fact sheet could say: where, when it began and ended, who took part. Guesses, with evidence."""

from lessons.importing.document import CASE_STUDY, Outline, Section
from lessons.importing.stemming import stems
from lessons.importing.suggestions.events import find_date
from lessons.importing.suggestions.names import place_names, proper_names
from lessons.importing.suggestions.sentences import split_sentences

MAX_PARTIES = 6


def suggest_facts(outline: Outline) -> list[dict]:
    """`{"section", "location", "began", "ended", "parties", "evidence", "confidence"}` for each case study."""
    found = []
    for at, (section, parent) in enumerate(_with_parents(outline)):
        if section.kind == CASE_STUDY:
            found.append({"section": at, **_of(section, _introduced_by_parent(section, parent))})
    return found


def _with_parents(outline: Outline):
    above: dict[int, Section] = {}
    for section in outline.walk():
        above[section.level] = section
        yield section, above.get(section.level - 1)


def _introduced_by_parent(section: Section, parent: Section | None) -> list[str]:
    """What the paragraphs over the cases say of this one."""
    words = set(stems(section.heading))
    if not parent or not words:
        return []
    told = [p for block in parent.blocks for p in block.paragraphs if len(words & set(stems(p))) >= 0.75 * len(words)]
    return [sentence for paragraph in told for sentence in split_sentences(paragraph)]


def _of(section: Section, told: list[str]) -> dict:
    own = [sentence for block in section.blocks for p in block.paragraphs for sentence in split_sentences(p)]
    dated = [(found.date, sentence) for sentence in [*own, *told] if (found := find_date(sentence))]
    began, _slash, ended = dated[0][0].partition("/") if dated else ("", "", "")
    place = (place_names(own) or place_names(told)).most_common(1)
    evidence = [dated[0][1]] if dated else []
    evidence += [sentence for sentence in [*own, *told] if place and place[0][0] in sentence][:1]
    return {
        "location": place[0][0] if place else "",
        "began": began,
        "ended": ended,
        "parties": _parties(own, place[0][0] if place else "", section.heading),
        "evidence": " ".join(dict.fromkeys(evidence)),
        "confidence": 0.6 if dated and place else 0.4 if dated or place else 0.2,
    }


def _parties(own: list[str], place: str, heading: str) -> list[str]:
    """Names of two words or more, and acronyms; not the case itself, not its place."""
    found = [
        name
        for name, _times in proper_names(own).most_common()
        if (" " in name or name.isupper())
        and name != place
        and name.casefold() not in heading.casefold()
        and heading.casefold() not in name.casefold()
    ]
    return found[:MAX_PARTIES]
