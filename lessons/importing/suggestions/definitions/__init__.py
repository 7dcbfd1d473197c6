"""Find sentences that define a term, by the rules of each language. Pure.

base.py       the result of a rule, and the criteria for terms
english.py    french.py   german.py     the rules; english_patterns.py has the English patterns
document.py   terms that the document itself marks: definition lists, bold lead-ins, its own glossary
"""

from lessons.importing.suggestions.definitions import english, french, german
from lessons.importing.suggestions.definitions.base import FoundDefinition

RULES = {"en": english.find_definitions, "fr": french.find_definitions, "de": german.find_definitions}

__all__ = ["RULES", "FoundDefinition"]
