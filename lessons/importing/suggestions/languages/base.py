"""What suggestions must know of a language."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """The words of one language that the rules of every kind of suggestion use; all in lower case.

    function_words: say nothing of a subject: articles, pronouns, prepositions, auxiliaries, common adverbs.
    everyday_words: nouns, adjectives and verbs of any text, which are neither terms nor tags alone.
    person_words: what somebody is called who is one of many ("philosopher"): a sentence on a person defines no term.
    not_names: words with a capital that are no names: months, days, "Chapter".
    dangling: matches the beginning of a sentence that refers to another one ("This …", "However, he …").
    pronoun: matches one that refers to another sentence, after an opening such as "In 1981, ".
    connective: matches words at the beginning of a sentence that can go, with what follows them up to the next word.
    citation: matches what a sentence has that is about a source or a page, not about the subject.
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
    """Return the number of the month by each of its names. months: the names of one between spaces, then a bar."""
    return {name: number for number, names in enumerate(months.split("|"), 1) for name in names.split()}


def words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())
