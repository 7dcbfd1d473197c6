"""Define the languages of suggestions, and detect the language of a text. Pure."""

from lessons.importing.suggestions.languages.base import Language
from lessons.importing.suggestions.languages.detection import detect_language
from lessons.importing.suggestions.languages.english import ENGLISH
from lessons.importing.suggestions.languages.french import FRENCH
from lessons.importing.suggestions.languages.german import GERMAN

LANGUAGES = {language.code: language for language in (ENGLISH, FRENCH, GERMAN)}

__all__ = ["ENGLISH", "FRENCH", "GERMAN", "LANGUAGES", "Language", "detect_language"]
