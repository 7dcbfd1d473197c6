"""`{% composer_head %}`: the modes and the toolbar above the text of a post."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def composer_head() -> SafeString:
    """Return it in the language of the page, in which it is always the same."""
    return _composer_head(get_language())


@lru_cache
def _composer_head(language: str) -> SafeString:
    return render_to_string("discussions/_composer_head.html")
