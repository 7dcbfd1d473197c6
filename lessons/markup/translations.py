"""`gettext` and `ngettext` for lists and e-mails, which ask for the same texts again and again.

Each looks a text up once for each language: Django asks every catalogue of the language and of those it falls back on.
Those for templates, whose names begin with `marked`, return Markup: what is inserted into the text is escaped.
"""

from collections.abc import Callable
from functools import lru_cache

from django.utils import translation
from markupsafe import Markup, escape


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
def _constant(language: str | None, text: str) -> Markup:
    return _marked(translation.gettext, language, text) % {}


def _filled(text: Markup, variables: dict) -> Markup:
    """Return `text % variables`, whose values are escaped: that of Markup takes three times as long."""
    escaped = {name: value if isinstance(value, int | float) else escape(value) for name, value in variables.items()}
    return Markup(str.__mod__(text, escaped))  # noqa: S704 - of a text of ours and escaped values


def marked_gettext(text: str, /, **variables) -> Markup:
    """Return the translation with the variables in it; a percent sign is doubled in the text."""
    return marked_texts(translation.get_language())["gettext"](text, **variables)


def marked_ngettext(singular: str, plural: str, num: int, /, **variables) -> Markup:
    """Return the translation for the number, which is the variable `num` unless that is another."""
    return marked_texts(translation.get_language())["ngettext"](singular, plural, num, **variables)


@lru_cache(maxsize=64)
def marked_texts(language: str | None) -> dict[str, Callable[..., Markup]]:
    """Return `_`, `gettext` and `ngettext` for a template that is rendered while this language is active: to ask
    which it is takes several times as long as to find a text.
    """

    def gettext(text: str, /, **variables) -> Markup:
        if not variables:
            return _constant(language, text)
        return _filled(_marked(translation.gettext, language, text), variables)

    def ngettext(singular: str, plural: str, num: int, /, **variables) -> Markup:
        return _filled(_marked(translation.ngettext, language, singular, plural, num), {"num": num, **variables})

    return {"_": gettext, "gettext": gettext, "ngettext": ngettext}
