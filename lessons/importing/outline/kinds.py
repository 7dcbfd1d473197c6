"""What each section should become: a lesson of its own, a section inside one, a case study."""

import re

from lessons.importing.blocks import CASE_STUDY, LESSON, SECTION, Section

CASES = re.compile(
    r"\bcase (?:stud(?:y|ies)|histor(?:y|ies))\b|\bfallstudien?\b|\bfallbeispiele?\b|\bétudes? de cas\b|"
    r"\bestudios? de casos?\b|\bstudi(?:o|) di caso\b|\bcasestud(?:y|ies)\b",
    re.IGNORECASE,
)
LONG_SECTION = 400
LONG_PARENT = 1500


def propose(sections: list[Section]) -> None:
    """Sets `kind` on all sections, outermost first."""
    for section in sections:
        section.kind = CASE_STUDY if CASES.search(section.heading) and not section.sections else LESSON
        _propose_under(section, is_long=section.words() > LONG_PARENT)


def _propose_under(parent: Section, is_long: bool) -> None:
    """Children of "Case studies of …" are cases; long ones of a long parent stand alone; others stay in its text."""
    cases = bool(CASES.search(parent.heading)) and parent.kind != CASE_STUDY
    for section in parent.sections:
        if cases or (CASES.search(section.heading) and not section.sections and parent.kind == LESSON):
            section.kind = CASE_STUDY
        else:
            section.kind = LESSON if is_long and section.words() > LONG_SECTION and parent.kind == LESSON else SECTION
        _propose_under(section, is_long=False)
