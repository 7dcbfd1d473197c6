"""Pure: names of files, and the slugs by which the lessons of a module are told apart."""

import re
from collections.abc import Iterable

from django.utils.text import slugify

from lessons.models import Lesson
from lessons.services import unique_slug

COURSE, MODULE, README = "course.md", "module.md", "README.md"
GLOSSARY, TIMELINE, PROMPTS, LABELS = "glossary.yaml", "timeline.yaml", "prompts.yaml", "labels.yaml"
PARTICIPATION = "participation.yaml"
CHECKS = "checks.yaml"
IMAGES = "images"
DRAFT = ".draft.md"
# `01-slug.md`, `01-slug.draft.md` and, as people write it, `slug.md`.
LESSON_FILE = re.compile(r"(?:\d+-)?(?P<slug>.+?)(?:\.draft)?\.md")
# The uid in the address of an image.
ASSET_UID = re.compile(r"(?<=/assets/)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
MAX_NAME_BYTES = 180
MAX_IMAGE_NAME = 40


def lesson_slugs(lessons: Iterable[Lesson]) -> dict[int, str]:
    """Return a slug for each of a module's lessons, by id: its own, unless it has none or an earlier one has it."""
    slugs: dict[int, str] = {}
    lessons = list(lessons)
    own = {lesson.slug for lesson in lessons}
    for lesson in lessons:
        is_free = lesson.slug and lesson.slug not in slugs.values()
        slugs[lesson.pk] = lesson.slug if is_free else unique_slug(lesson.title, {*slugs.values(), *own})
    return slugs


def lesson_files(slugs: dict[int, str]) -> dict[int, str]:
    """Return the name of each lesson's file by its id: a number, so that files stand in order, and its slug."""
    width = max(2, len(str(len(slugs))))
    return {pk: f"{number:0{width}}-{_shortened(slug)}.md" for number, (pk, slug) in enumerate(slugs.items(), 1)}


def _shortened(slug: str) -> str:
    return slug.encode()[:MAX_NAME_BYTES].decode(errors="ignore")


def image_name(alt: str, taken: set[str]) -> str:
    """Return a name for an image that shows what `alt` says, not one of those taken."""
    stem = name = slugify(alt)[:MAX_IMAGE_NAME].strip("-_") or "image"
    number = 1
    while f"{name}.webp" in taken:
        number += 1
        name = f"{stem}-{number}"
    return f"{name}.webp"
