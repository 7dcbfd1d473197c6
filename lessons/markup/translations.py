"""`gettext` and `ngettext` for lists and e-mails, which ask for the same texts again and again.

Each looks a text up once for each language: Django asks every catalogue of the language and of those it falls back on.
"""

from collections.abc import Callable
from functools import lru_cache

from django.utils import translation


def _once(translate: Callable[..., str]) -> Callable[..., str]:
    @lru_cache(maxsize=8192)
    def translated(_language: str | None, *text) -> str:
        return translate(*text)

    return lambda *text: translated(translation.get_language(), *text)


gettext = _once(translation.gettext)
ngettext = _once(translation.ngettext)
