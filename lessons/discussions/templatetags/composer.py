"""What the form of every post has, the same for all in a course. Rendered once: pages with it are frequent."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def composer_start(course_slug: str) -> SafeString:
    """Open the `<text-composer>` of a form in the course, with its modes and toolbar."""
    return _rendered("discussions/_composer_start.html", get_language(), course_slug)


@register.simple_tag
def mention_texts() -> SafeString:
    """Return the attributes of `<mention-completion>` with what it says."""
    return _rendered("discussions/_mention_texts.html", get_language())


@register.simple_tag
def mentions_in_course(course_slug: str) -> str:
    """Return the URL of suggestions of people to mention in a new thread of the course."""
    return _mentions_in_course(course_slug)


@lru_cache(maxsize=1000)
def _mentions_in_course(course_slug: str) -> str:
    return reverse("discussions:new_thread_mentions", args=[course_slug])


@lru_cache(maxsize=1000)
def _rendered(template_name: str, language: str, course_slug: str = "") -> SafeString:
    return render_to_string(template_name, {"course_slug": course_slug})
