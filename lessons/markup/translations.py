"""`gettext` and `ngettext` for lists and e-mails, which ask for the same texts again and again.

Each looks a text up once for each language: Django asks every catalogue of the language and of those it falls back on.
Those for templates, whose names begin with `marked`, return Markup: what is inserted into the text is escaped.
"""

from collections.abc import Callable
from functools import lru_cache

from django.utils import translation
from markupsafe import Markup


def _once(translate: Callable[..., str]) -> Callable[..., str]:
    @lru_cache(maxsize=8192)
    def translated(_language: str | None, *text) -> str:
        return translate(*text)

    return lambda *text: translated(translation.get_language(), *text)


gettext = _once(translation.gettext)
ngettext = _once(translation.ngettext)


@lru_cache(maxsize=8192)
def _marked(translate: Callable[..., str], _language: str | None, *text) -> Markup:
    return Markup(translate(*text))  # noqa: S704 - a text of ours, of a template or its translation


@lru_cache(maxsize=8192)
def _marked_constant(_language: str | None, text: str) -> Markup:
    return _marked(translation.gettext, _language, text) % {}


def marked_gettext(text: str, /, **variables) -> Markup:
    """Return the translation with the variables in it; a percent sign is doubled in the text."""
    language = translation.get_language()
    return _marked(translation.gettext, language, text) % variables if variables else _marked_constant(language, text)


def marked_ngettext(singular: str, plural: str, num: int, /, **variables) -> Markup:
    """Return the translation for the number, which is the variable `num` unless that is another."""
    marked = _marked(translation.ngettext, translation.get_language(), singular, plural, num)
    return marked % {"num": num, **variables}
