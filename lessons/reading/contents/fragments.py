"""Parts of a page that are the same for every reader, rendered once."""

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language


def fragment(template: str, **context) -> SafeString:
    """The template, rendered with nothing but `context`, remembered by it: its values must be hashable."""
    return _rendered(template, get_language(), **context)


@lru_cache(maxsize=2048)
def _rendered(template: str, _language: str, **context) -> SafeString:
    return render_to_string(template, context)
