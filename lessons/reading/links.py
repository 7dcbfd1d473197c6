"""URLs of lessons, modules and tags, built without loading the objects they lead to."""

from urllib.parse import urlencode

from lessons.courses.models import Course
from lessons.markup.row_templates import url
from lessons.models import Module, lesson_url_slug


def lesson_url(pk: int, slug: str) -> str:
    """Return what `Lesson.get_absolute_url` returns for a lesson of that id and slug."""
    return url("reading:lesson", pk, lesson_url_slug(slug))


def module_url(module: Module) -> str:
    return url("reading:module", module.course.slug, module.slug)


def tag_url(slug: str, course: Course) -> str:
    """Return the URL of the tag's page, with `course` in it if unlisted: only then does the page show its texts."""
    page = url("reading:tag", slug)
    if course.visibility == Course.Visibility.UNLISTED:
        return f"{page}?{urlencode({'course': course.slug})}"
    return page
