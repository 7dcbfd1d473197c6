"""Recognise names in a text by their capitals within sentences."""

import re
from collections import Counter

from lessons.importing.suggestions.definitions.base import singular
from lessons.importing.suggestions.languages import Language

PART = r"(?:[A-ZÀ-Þ][\w’-]*[\w]|[A-ZÀ-Þ]\.)"
LINKS = {
    "en": r"(?:of the|of|and the|van|von|de|du|for)",
    "fr": r"(?:de la|des|de|du|d’|la|le|van|von|et de la)",
    "de": r"(?:von der|von|der|des|am|an der|van|de|zu|für)",
}
POSSESSIVE = re.compile(r"[’']s?$")


def name_pattern(language: Language) -> str:
    return rf"{PART}(?:[ ’](?:{LINKS[language.code]}[ ]?)?{PART}){{0,5}}"


def is_acronym(name: str) -> bool:
    return name.isupper() and len(name) > 1


def clean_name(text: str, language: Language) -> str:
    """Return a name without a possessive ending and leading words that are not names; empty if nothing is left."""
    words = POSSESSIVE.sub("", text).split()
    while words and (words[0].lower() in language.not_names or words[0].lower() in language.function_words):
        words = words[1:]
    name = " ".join(words)
    return name if len(name) > 1 else ""


def person_names(forms: dict[str, Counter[str]]) -> set[str]:
    """Return the keys of personal names: two capitalised words, the last of which also occurs alone; and of the last.

    forms: the forms of each word and phrase, by its key.
    """
    persons: set[str] = set()
    for key, spelled in forms.items():
        words = spelled.most_common(1)[0][0].split()
        if len(words) == 2 and all(word[:1].isupper() and word[1:].islower() for word in words):
            last = singular(words[1])
            alone = forms.get(last)
            is_name = alone is not None and alone.most_common(1)[0][0] == words[1]
            if is_name and alone and alone.total() >= spelled.total():
                persons |= {key, last, singular(words[0])}
    return persons
