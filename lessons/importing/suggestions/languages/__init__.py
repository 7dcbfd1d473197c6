"""The languages that suggestions are made in, and telling in which language a text is written. Pure."""

from lessons.importing.suggestions.languages.base import Language
from lessons.importing.suggestions.languages.detection import detect_language
from lessons.importing.suggestions.languages.english import ENGLISH
from lessons.importing.suggestions.languages.french import FRENCH
from lessons.importing.suggestions.languages.german import GERMAN

LANGUAGES = {language.code: language for language in (ENGLISH, FRENCH, GERMAN)}

__all__ = ["ENGLISH", "FRENCH", "GERMAN", "LANGUAGES", "Language", "detect_language"]
