"""Define the properties of a language that suggestions need."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """The words of one language used by the rules for suggestions; all in lower case.

    function_words: articles, pronouns, prepositions, auxiliaries, common adverbs.
    everyday_words: nouns, adjectives and verbs of any text, which are neither terms nor tags by themselves.
    person_words: nouns for persons ("philosopher"): a sentence about a person does not define a term.
    not_names: capitalised words that are not names: months, days, "Chapter".
    dangling: matches the beginning of a sentence that refers to another one ("This …", "However, he …").
    pronoun: matches a pronoun that refers to another sentence, after an opening such as "In 1981, ".
    connective: matches words at the beginning of a sentence that can be removed, and the space after them.
    citation: matches signs that a sentence is about a source or a page, not about the subject.
    """

    code: str
    function_words: frozenset[str]
    everyday_words: frozenset[str]
    person_words: frozenset[str]
    not_names: frozenset[str]
    months: dict[str, int]
    dangling: re.Pattern[str]
    pronoun: re.Pattern[str]
    connective: re.Pattern[str]
    citation: re.Pattern[str]


def numbered(months: str) -> dict[str, int]:
    """Return month numbers by name. months: the names of each month separated by spaces, the months by bars."""
    return {name: number for number, names in enumerate(months.split("|"), 1) for name in names.split()}


def words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())
