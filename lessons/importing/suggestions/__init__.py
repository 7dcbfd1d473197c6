"""Suggest terms, events, tags, questions and facts of case studies, with evidence and confidence. Pure.

Suggestions are made for texts in English, French and German, in the language of the text; for others there are none.

    languages/          the words of each language, and language detection
    sentences.py        the sentences of an article, each with its section and language
    definitions/        sentences that define a term, and terms that the document itself marks
    glossary.py         acronyms.py
    dates.py            events.py
    tags.py             names.py
    questions.py        question_texts.py
    facts.py            place, dates and parties of case studies

A confidence is the probability that a suggestion is right; from `review.state.ACCEPT_THRESHOLD` on, a suggestion is
accepted until the instructor decides otherwise.
"""

from dataclasses import asdict, dataclass

from lessons.importing.document import Outline
from lessons.importing.suggestions.events import suggest_events
from lessons.importing.suggestions.facts import suggest_facts
from lessons.importing.suggestions.glossary import suggest_terms
from lessons.importing.suggestions.questions import suggest_questions
from lessons.importing.suggestions.sentences import all_sentences, read_parts
from lessons.importing.suggestions.tags import suggest_tags


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Lists of JSON objects. Their `section` is an index in the order of `Outline.walk()`, None the introduction."""

    glossary: list[dict]
    timeline: list[dict]
    tags: list[dict]
    prompts: list[dict]
    facts: list[dict]

    def as_json(self) -> dict:
        return asdict(self)


def suggest_all(outline: Outline, language: str = "") -> Suggestions:
    """Return the suggestions for an article.

    language: the one declared by the document, used if the text is too short to detect its language.
    """
    parts = read_parts(outline, language)
    sources = all_sentences(parts)
    glossary = suggest_terms(outline, parts, sources)
    return Suggestions(
        glossary,
        suggest_events(outline, sources),
        suggest_tags(outline, glossary, sources),
        suggest_questions(sources, glossary),
        suggest_facts(outline, parts, sources),
    )
