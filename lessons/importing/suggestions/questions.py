"""Questions to open a discussion with, made from what the sections are called and from the terms they define."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from lessons.importing.document import CASE_STUDY, Outline, Section
from lessons.importing.suggestions.sentences import BIBLIOGRAPHY

MAX_ROWS = 12
MAX_OF_TERMS = 2
SURE_TERM = 0.85

QUESTION_TEMPLATES = [
    (r"challenge|problem|obstacle|difficult|risk|threat|limit|critici|objection", gettext_noop(
        "“%(heading)s” names several difficulties. Which of them weighs most, and what could be done about it?")),
    (r"histor|origin|background|context|evolution|development|rise of|past", gettext_noop(
        "Which turning point in “%(heading)s” mattered most? What would have gone differently without it?")),
    (r"objective|goal|aim|purpose|principle|value", gettext_noop(
        "When the aims in “%(heading)s” pull in different directions, which should give way?")),
    (r"tool|mechanism|method|means|instrument|technique|approach|strateg|process|step", gettext_noop(
        "Which of the means described in “%(heading)s” would you rely on first, and what does it cost?")),
    (r"future|trend|prospect|outlook|tomorrow|next", gettext_noop(
        "Which of the expectations in “%(heading)s” do you doubt, and what would prove you wrong?")),
    (r"impact|effect|consequence|influence|result|outcome|significance|importance", gettext_noop(
        "How could one tell whether the effects claimed in “%(heading)s” are real?")),
    (r"role of|function of|structure|organi[sz]ation|institution", gettext_noop(
        "Who decides, and who answers for it, in what “%(heading)s” describes?")),
    (r"understanding|definition|what is|defining|introduction|overview|nature of|meaning", gettext_noop(
        "Explain what “%(heading)s” is about to somebody who has not read it. What is hardest to explain?")),
    (r"\bvs\b|versus|compar|differen|between|\band\b", gettext_noop(
        "What do the things set side by side in “%(heading)s” have in common, and where do they part?")),
]  # fmt: skip
DEFAULT_TEMPLATES = [
    gettext_noop("What is the strongest claim in “%(heading)s”, and what would speak against it?"),
    gettext_noop("Which example of your own supports or contradicts what “%(heading)s” says?"),
    gettext_noop("What does “%(heading)s” leave out that you would want to know?"),
]
CASE_TEMPLATE = gettext_noop("Was “%(heading)s” a success? Say for whom, and by what measure.")
TERM_TEMPLATE = gettext_noop("Where have you met “%(term)s” outside this text? Does the definition given here fit?")


def suggest_questions(outline: Outline, glossary: list[dict]) -> list[dict]:
    """At most MOST of `{"text", "evidence", "confidence", "section"}`: one a lesson or case, some on terms."""
    found = []
    for at, section in enumerate(outline.walk()):
        if (section.level == 1 or section.kind == CASE_STUDY) and not BIBLIOGRAPHY.match(section.heading):
            found.append(_question_for_section(at, section, len(found)))
    sure = [term for term in glossary if term["confidence"] >= SURE_TERM][:MAX_OF_TERMS]
    return found[: MAX_ROWS - len(sure)] + [_of_term(term) for term in sure]


def _question_for_section(at: int, section: Section, turn: int) -> dict:
    words, confidence = _template(section, turn)
    return {
        "text": _(words) % {"heading": section.heading},
        "evidence": section.heading,
        "confidence": confidence,
        "section": at,
    }


def _template(section: Section, turn: int) -> tuple[str, float]:
    if section.kind == CASE_STUDY:
        return CASE_TEMPLATE, 0.7
    for pattern, words in QUESTION_TEMPLATES:
        if re.search(pattern, section.heading, re.IGNORECASE):
            return words, 0.6
    return DEFAULT_TEMPLATES[turn % len(DEFAULT_TEMPLATES)], 0.4


def _of_term(term: dict) -> dict:
    return {
        "text": _(TERM_TEMPLATE) % {"term": term["term"]},
        "evidence": term["evidence"],
        "confidence": 0.5,
        "section": term["section"],
    }
