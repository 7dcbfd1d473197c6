"""Questions that start a discussion, made from the headings of sections and the terms that they define."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from lessons.importing.document import CASE_STUDY, Outline, Section
from lessons.importing.suggestions.sentences import BIBLIOGRAPHY

MAX_QUESTIONS = 12
MAX_TERM_QUESTIONS = 2
MIN_TERM_CONFIDENCE = 0.85

QUESTION_TEMPLATES = [
    (r"challenge|problem|obstacle|difficult|risk|threat|limit|critici|objection", gettext_noop(
        "“%(heading)s” names several difficulties. Which is the most serious, and what could be done about it?")),
    (r"histor|origin|background|context|evolution|development|rise of|past", gettext_noop(
        "Which turning point in “%(heading)s” mattered most? What would have gone differently without it?")),
    (r"objective|goal|aim|purpose|principle|value", gettext_noop(
        "When the aims in “%(heading)s” pull in different directions, which should give way?")),
    (r"tool|mechanism|method|means|instrument|technique|approach|strateg|process|step", gettext_noop(
        "Which of the methods in “%(heading)s” would you rely on first, and what are its costs?")),
    (r"future|trend|prospect|outlook|tomorrow|next", gettext_noop(
        "Which of the expectations in “%(heading)s” do you doubt, and what would prove you wrong?")),
    (r"impact|effect|consequence|influence|result|outcome|significance|importance", gettext_noop(
        "How could one tell whether the effects claimed in “%(heading)s” are real?")),
    (r"role of|function of|structure|organi[sz]ation|institution", gettext_noop(
        "Who makes the decisions described in “%(heading)s”, and who is accountable for them?")),
    (r"understanding|definition|what is|defining|introduction|overview|nature of|meaning", gettext_noop(
        "Explain “%(heading)s” to somebody who has not read it. What is hardest to explain?")),
    (r"\bvs\b|versus|compar|differen|between|\band\b", gettext_noop(
        "What do the things compared in “%(heading)s” have in common, and where do they differ?")),
]  # fmt: skip
DEFAULT_TEMPLATES = [
    gettext_noop("What is the strongest claim in “%(heading)s”, and what is the best argument against it?"),
    gettext_noop("Which example of your own supports or contradicts what “%(heading)s” says?"),
    gettext_noop("What does “%(heading)s” leave out that you would want to know?"),
]
CASE_TEMPLATE = gettext_noop("Was “%(heading)s” a success? Say for whom, and by what measure.")
TERM_TEMPLATE = gettext_noop("Where have you come across “%(term)s” outside this text? Does this definition fit?")


def suggest_questions(outline: Outline, glossary: list[dict]) -> list[dict]:
    """Return at most MAX_QUESTIONS of `{"text", "evidence", "confidence", "section"}`.

    One for each top-level section and case study, then some on terms of the glossary.
    """
    questions: list[dict] = []
    for index, section in enumerate(outline.walk()):
        if (section.level == 1 or section.kind == CASE_STUDY) and not BIBLIOGRAPHY.match(section.heading):
            questions.append(_question_for_section(index, section, len(questions)))
    terms = [term for term in glossary if term["confidence"] >= MIN_TERM_CONFIDENCE][:MAX_TERM_QUESTIONS]
    return questions[: MAX_QUESTIONS - len(terms)] + [_question_for_term(term) for term in terms]


def _question_for_section(index: int, section: Section, turn: int) -> dict:
    template, confidence = _template(section, turn)
    return {
        "text": _(template) % {"heading": section.heading},
        "evidence": section.heading,
        "confidence": confidence,
        "section": index,
    }


def _template(section: Section, turn: int) -> tuple[str, float]:
    """Return the template and its confidence; `turn` alternates the default ones."""
    if section.kind == CASE_STUDY:
        return CASE_TEMPLATE, 0.7
    for pattern, template in QUESTION_TEMPLATES:
        if re.search(pattern, section.heading, re.IGNORECASE):
            return template, 0.6
    return DEFAULT_TEMPLATES[turn % len(DEFAULT_TEMPLATES)], 0.4


def _question_for_term(term: dict) -> dict:
    return {
        "text": _(TERM_TEMPLATE) % {"term": term["term"]},
        "evidence": term["evidence"],
        "confidence": 0.5,
        "section": term["section"],
    }
