"""The tagged rows that a reader may see, newest first, and related tags. Bounded, however many have the tag."""

from collections import Counter
from typing import Any

from django.db.models import Model, Q, QuerySet

from lessons.courses.models import Course
from lessons.db.pagination import Keyset, Page, Position, make_page
from lessons.discussions.models import Thread, ThreadTag
from lessons.models import Lesson, LessonTag, Module, ModuleTag
from lessons.reading.links import tag_url
from lessons.tagging.models import AbstractTagThrough, Tag

PAGE_SIZE = 50
KEYSET = Keyset("-pk")
MAX_RELATED = 12
SECTIONS = ("modules", "lessons", "threads")
TAG_THROUGH: dict[str, type[AbstractTagThrough]] = {"modules": ModuleTag, "lessons": LessonTag, "threads": ThreadTag}


def tagged_page(section: str, tag: Tag, user, unlisted_slug: str, before: Position | None) -> Page:
    """Return the newest of one section with the tag; with `before`, those that come after that position.

    Of unlisted courses, only the user's own and the one with the slug `unlisted_slug` are included. One query.
    """
    tagged = QUERIES[section](tag, user, unlisted_slug).order_by(*KEYSET.order_by)
    rows = (tagged.filter(KEYSET.after(before)) if before else tagged)[: PAGE_SIZE + 1]
    return make_page(list(rows), PAGE_SIZE, lambda row: row.pk)


def _modules(tag: Tag, user, unlisted_slug: str) -> QuerySet:
    return _listed(Module.objects.visible_to(user).select_related("course"), "course", unlisted_slug, tag)


def _lessons(tag: Tag, user, unlisted_slug: str) -> QuerySet:
    """Return lessons with what the page shows of them: not their text."""
    lessons = Lesson.objects.visible_to(user).with_course()
    lessons = lessons.defer("body", "current_revision__html", "current_revision__text", "module__course__description")
    return _listed(lessons, "module__course", unlisted_slug, tag)


def _threads(tag: Tag, user, unlisted_slug: str) -> QuerySet:
    tagged = ThreadTag.objects.shown().filter(tag=tag).values("content_object")
    return Thread.objects.visible_to(user).listed().filter(pk__in=tagged).select_related("course")


QUERIES = {"modules": _modules, "lessons": _lessons, "threads": _threads}


def _listed(rows: QuerySet, course: str, unlisted_slug: str, tag: Tag) -> QuerySet:
    """Keep the tagged rows of courses that are public, the user's own, or named by `unlisted_slug`."""
    public = Q(**{f"{course}__visibility": Course.Visibility.PUBLIC})
    named = Q(**{f"{course}__slug": unlisted_slug})
    return rows.filter(public | Q(membership_role__isnull=False) | named, tagged__tag=tag)


def related_tags(tag: Tag, rows: dict[str, list[Any]], unlisted_slug: str) -> list[tuple[str, str]]:
    """Return name and URL of the tags that the shown rows have most often besides this one. One query."""
    first, *others = [_other_tags(tag, section, rows[section]) for section in SECTIONS]
    counts = Counter(first.union(*others, all=True)).most_common()
    most_used = sorted(counts, key=lambda pair: (-pair[1], pair[0]))[:MAX_RELATED]
    course = _course_by_slug(rows, unlisted_slug)
    return [(name, tag_url(slug, course)) for (_key, name, slug), _count in most_used]


def _other_tags(tag: Tag, section: str, rows: list[Model]) -> QuerySet:
    links = TAG_THROUGH[section]._default_manager.filter(content_object__in=[row.pk for row in rows])
    return links.exclude(tag=tag).order_by().values_list("tag__key", "tag__name", "tag__slug")


def _course_by_slug(rows: dict[str, list[Any]], slug: str) -> Course:
    """Return the course among the rows, or an empty one, for which tags need no special address."""
    courses = [row.course for row in rows["modules"]] + [row.module.course for row in rows["lessons"]]
    return next((course for course in courses if course.slug == slug), Course())
