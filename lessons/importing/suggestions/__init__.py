"""What an instructor may accept: terms, events, tags, questions, facts of cases. Each with evidence and confidence."""

from dataclasses import asdict, dataclass

from lessons.importing.document import Outline
from lessons.importing.suggestions.events import events
from lessons.importing.suggestions.facts import facts
from lessons.importing.suggestions.glossary import terms
from lessons.importing.suggestions.questions import questions
from lessons.importing.suggestions.tags import tags


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Lists of JSON objects; `section` in them counts in the order of `Outline.walk()`, None is the introduction."""

    glossary: list[dict]
    timeline: list[dict]
    tags: list[dict]
    prompts: list[dict]
    facts: list[dict]

    def as_json(self) -> dict:
        return asdict(self)


def suggest(outline: Outline) -> Suggestions:
    glossary = terms(outline)
    return Suggestions(
        glossary, events(outline), tags(outline, glossary), questions(outline, glossary), facts(outline)
    )
