"""Find sentences that define a term, by the rules of each language. Pure.

base.py       the result of a rule, and the criteria for terms
english.py    french.py   german.py     the rules; english_patterns.py has the English patterns
document.py   terms that the document itself marks: definition lists, bold lead-ins, its own glossary
"""

from collections.abc import Callable, Iterator

from lessons.importing.suggestions.definitions import english, french, german
from lessons.importing.suggestions.definitions.base import FoundDefinition, is_complete, plain
from lessons.importing.suggestions.languages import Language

# Each takes a complete sentence without reference marks, the previous one, and a function that counts a phrase.
RULES = {"en": english.find, "fr": french.find, "de": german.find}


def find_definitions(
    sentence: str, previous: str, language: Language, count: Callable[[str], int]
) -> Iterator[FoundDefinition]:
    """Yield the terms that a sentence defines. count: how often a phrase occurs in the whole text."""
    sentence = plain(sentence)
    return RULES[language.code](sentence, previous, count) if is_complete(sentence) else iter(())


__all__ = ["FoundDefinition", "find_definitions"]
