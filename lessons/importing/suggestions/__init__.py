"""What an instructor may accept: terms, events, tags, questions, facts of cases; with evidence and confidence."""

from dataclasses import asdict, dataclass

from lessons.importing.document import Outline
from lessons.importing.suggestions.events import suggest_events
from lessons.importing.suggestions.facts import suggest_facts
from lessons.importing.suggestions.glossary import suggest_terms
from lessons.importing.suggestions.questions import suggest_questions
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


def suggest_all(outline: Outline) -> Suggestions:
    glossary = suggest_terms(outline)
    return Suggestions(
        glossary,
        suggest_events(outline),
        suggest_tags(outline, glossary),
        suggest_questions(outline, glossary),
        suggest_facts(outline),
    )
