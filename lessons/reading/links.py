"""Addresses: the words that may stand in one, and those of lessons, asked for many times a page."""

from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse

from lessons.courses.models import Course
from lessons.models import Module, lesson_url_slug


@lru_cache(maxsize=8192)
def cached_reverse(name: str, *words) -> str:
    """`reverse`, remembered: a page asks for dozens, and they never change while the server runs."""
    return reverse(f"reading:{name}", args=words)


def lesson_url(pk: int, slug: str) -> str:
    """As `Lesson.get_absolute_url`."""
    return cached_reverse("lesson", pk, lesson_url_slug(slug))


def module_url(module: Module) -> str:
    return cached_reverse("module", module.course.slug, module.slug)


def tag_url(slug: str, course: Course) -> str:
    """The tag's page; from an unlisted course the address names it, since the page lists only what is listed."""
    page = cached_reverse("tag", slug)
    if course.visibility == Course.Visibility.UNLISTED:
        return f"{page}?{urlencode({'course': course.slug})}"
    return page
