"""What stands under a tag for a reader, newest first, and the tags beside it. Bounded, however much it joins."""

from collections import Counter

from django.db.models import Q

from lessons.courses.models import Course
from lessons.db.pagination import Keyset, Page, Position, make_page
from lessons.discussions.models import Thread, ThreadTag
from lessons.models import Lesson, LessonTag, Module, ModuleTag
from lessons.reading.links import tag_url
from lessons.tagging.models import Tag

PAGE_SIZE = 50
KEYSET = Keyset("-pk")
RELATED = 12
SECTIONS = ("modules", "lessons", "threads")
TAG_THROUGH = {"modules": ModuleTag, "lessons": LessonTag, "threads": ThreadTag}


def tagged_page(name: str, tag: Tag, user, unlisted_slug: str, before: Position | None) -> Page:
    """Return the newest of a kind with the tag, those that stand behind `before` if it is given."""
    texts = QUERIES[name](tag, user, unlisted_slug).order_by(*KEYSET.order_by)
    rows = (texts.filter(KEYSET.after(before)) if before else texts)[: PAGE_SIZE + 1]
    return make_page(list(rows), PAGE_SIZE, lambda row: row.pk)


def _modules(tag: Tag, user, unlisted_slug: str):
    return _listed(Module.objects.visible_to(user).select_related("course"), "course", unlisted_slug, tag)


def _lessons(tag: Tag, user, unlisted_slug: str):
    """With what the page says of them, which is not their words."""
    texts = Lesson.objects.visible_to(user).with_course()
    texts = texts.defer("body", "current_revision__html", "current_revision__text", "module__course__description")
    return _listed(texts, "module__course", unlisted_slug, tag)


def _threads(tag: Tag, user, unlisted_slug: str):
    return Thread.objects.visible_to(user).listed().filter(tagged__tag=tag).select_related("course")


QUERIES = {"modules": _modules, "lessons": _lessons, "threads": _threads}


def _listed(texts, course: str, unlisted_slug: str, tag: Tag):
    """Of the texts with the tag those whose course is public or one's own, or is `named`: unlisted ones stay so."""
    public = Q(**{f"{course}__visibility": Course.Visibility.PUBLIC})
    return texts.filter(
        public | Q(membership_role__isnull=False) | Q(**{f"{course}__slug": unlisted_slug}), tagged__tag=tag
    )


def related_tags(tag: Tag, rows: dict[str, list], unlisted_slug: str) -> list[tuple[str, str]]:
    """Name and address of the tags that stand beside this one most often on what is shown. One query."""
    beside = [TAG_THROUGH[name].objects.filter(content_object__in=[row.pk for row in rows[name]]) for name in SECTIONS]
    first, *others = [
        tags.exclude(tag=tag).order_by().values_list("tag__key", "tag__name", "tag__slug") for tags in beside
    ]
    often = Counter(first.union(*others, all=True)).most_common()
    often = sorted(often, key=lambda pair: (-pair[1], pair[0]))[:RELATED]
    course = _course_named(rows, unlisted_slug)
    return [(name, tag_url(slug, course)) for (_key, name, slug), _times in often]


def _course_named(rows: dict[str, list], unlisted_slug: str) -> Course:
    courses = [row.course for row in rows["modules"]] + [row.module.course for row in rows["lessons"]]
    return next((course for course in courses if course.slug == unlisted_slug), Course())
