"""The tagged rows that a reader may see, newest first, and related tags. Bounded, however many have the tag."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param, str_param
from lessons.db.pagination import Keyset, Page, Position, make_page
from lessons.discussions.models import Thread, ThreadTag
from lessons.discussions.models.threads import display_title
from lessons.discussions.selectors.query_viewer import MemberViewer, member_params
from lessons.markup.row_templates import url
from lessons.models import Lesson, LessonTag, Module, ModuleTag
from lessons.reading.links import lesson_url, tag_url
from lessons.tagging.models import AbstractTagThrough, Tag

PAGE_SIZE = 50
KEYSET = Keyset("-pk")
MAX_RELATED = 12
SECTIONS = ("modules", "lessons", "threads")
TAG_THROUGH: dict[str, type[AbstractTagThrough]] = {"modules": ModuleTag, "lessons": LessonTag, "threads": ThreadTag}
COURSE_COLUMNS = ("slug", "title", "language", "visibility")


class TaggedItem(NamedTuple):
    """A module, a lesson or a discussion as the page of a tag shows it. `kind` is what it is called, empty for most
    lessons and for modules; `course` has only COURSE_COLUMNS.
    """

    pk: int
    url: str
    title: str
    course: Course
    summary: str = ""
    kind: str = ""
    module_title: str = ""


def tagged_page(
    section: str, tag: Tag, user: User | AnonymousUser, unlisted_slug: str, before: Position | None
) -> Page[TaggedItem]:
    """Return the newest of one section with the tag; with `before`, those that come after that position.

    Of unlisted courses, only the user's own and the one with the slug `unlisted_slug` are included. One query.
    """
    viewer = MemberViewer.for_user(user) if user.is_authenticated else None
    if user.is_authenticated and viewer is None:
        rows = list(_rows(section, tag.pk, user, unlisted_slug, before, PAGE_SIZE))
    else:
        params = {"tag": tag.pk, "unlisted": unlisted_slug, **KEYSET.params(before)}
        params |= member_params(user) if user.is_authenticated else {}
        rows = fetch_rows(_query, section, viewer, before is not None, PAGE_SIZE, **params)
    width = len(COURSE_COLUMNS)
    items = [
        ITEMS[section](Course(**dict(zip(COURSE_COLUMNS, row[:width], strict=True))), *row[width:]) for row in rows
    ]
    return make_page(items, PAGE_SIZE, lambda item: item.pk)


def _query(section: str, viewer: MemberViewer | None, has_position: bool, size: int) -> QuerySet:
    user = viewer.placeholder() if viewer else AnonymousUser()
    before = KEYSET.placeholders() if has_position else None
    return _rows(section, int_param("tag"), user, str_param("unlisted"), before, size)


def _rows(section: str, tag: int, user, unlisted_slug: str, before: Position | None, size: int) -> QuerySet:
    rows = QUERIES[section](tag, user, unlisted_slug).order_by(*KEYSET.order_by)
    return (rows.filter(KEYSET.after(before)) if before else rows)[: size + 1]


def _modules(tag: int, user, unlisted_slug: str) -> QuerySet:
    modules = _listed(Module.objects.visible_to(user), "course", unlisted_slug, tag)
    return modules.values_list(*_course("course"), "pk", "slug", "title", "summary")


def _module_item(course: Course, pk: int, slug: str, title: str, summary: str) -> TaggedItem:
    return TaggedItem(pk, url("reading:module", course.slug, slug), title, course, summary)


def _lessons(tag: int, user, unlisted_slug: str) -> QuerySet:
    lessons = _listed(Lesson.objects.visible_to(user), "module__course", unlisted_slug, tag)
    revision = F("current_revision__title"), F("current_revision__facts")
    return lessons.values_list(*_course("module__course"), "pk", "slug", "module__title", *revision)


def _lesson_item(course: Course, pk: int, slug: str, module_title: str, title: str, facts: dict) -> TaggedItem:
    kind = _("Case study") if facts.get("kind") == "case_study" else ""
    return TaggedItem(pk, lesson_url(pk, slug), title, course, facts.get("summary", ""), kind, module_title)


def _threads(tag: int, user, unlisted_slug: str) -> QuerySet:
    tagged = ThreadTag.objects.shown().filter(tag=tag).values("content_object")
    threads = Thread.objects.visible_to(user).listed().filter(pk__in=tagged)
    return threads.values_list(*_course("course"), "pk", "kind", "title", "quote", "excerpt")


def _thread_item(course: Course, pk: int, kind: str, *title: str) -> TaggedItem:
    label = Thread.Kind(kind).label
    return TaggedItem(pk, url("discussions:thread", pk), display_title(*title), course, kind=str(label))


QUERIES = {"modules": _modules, "lessons": _lessons, "threads": _threads}
ITEMS: dict[str, Callable[..., TaggedItem]] = {
    "modules": _module_item,
    "lessons": _lesson_item,
    "threads": _thread_item,
}


def _course(path: str) -> list[str]:
    return [f"{path}__{name}" for name in COURSE_COLUMNS]


def _listed(rows: QuerySet, course: str, unlisted_slug: str, tag: int) -> QuerySet:
    """Keep the tagged rows of courses that are public, the user's own, or named by `unlisted_slug`."""
    public = Q(**{f"{course}__visibility": Course.Visibility.PUBLIC})
    named = Q(**{f"{course}__slug": unlisted_slug})
    return rows.filter(public | Q(membership_role__isnull=False) | named, tagged__tag=tag)


def related_tags(tag: Tag, rows: dict[str, list[TaggedItem]], unlisted_slug: str) -> list[tuple[str, str]]:
    """Return name and URL of the tags that the shown rows have most often besides this one. One query."""
    ids: dict[str, int] = {"tag": tag.pk}
    for section in SECTIONS:
        shown = [row.pk for row in rows[section]]
        ids |= {f"{section} {n}": pk for n, pk in enumerate([*shown, *[0] * (PAGE_SIZE - len(shown))])}
    counts = Counter(fetch_rows(_related_query, PAGE_SIZE, **ids)).most_common()
    most_used = sorted(counts, key=lambda pair: (-pair[1], pair[0]))[:MAX_RELATED]
    course = _course_by_slug(rows, unlisted_slug)
    return [(name, tag_url(slug, course)) for (_key, name, slug), _count in most_used]


def _related_query(shown: int) -> QuerySet:
    first, *others = (_other_tags(section, shown) for section in SECTIONS)
    return first.union(*others, all=True)


def _other_tags(section: str, shown: int) -> QuerySet:
    rows = [int_param(f"{section} {n}") for n in range(shown)]
    links = TAG_THROUGH[section]._default_manager.filter(content_object__in=rows)
    return links.exclude(tag=int_param("tag")).order_by().values_list("tag__key", "tag__name", "tag__slug")


def _course_by_slug(rows: dict[str, list[TaggedItem]], slug: str) -> Course:
    """Return the course among the rows, or an empty one, for which tags need no special address."""
    courses = (item.course for item in rows["modules"] + rows["lessons"])
    return next((course for course in courses if course.slug == slug), Course())
