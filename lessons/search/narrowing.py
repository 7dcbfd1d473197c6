"""What the results of a search can be narrowed to, as the panel beside them offers it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.db.models import CharField, F, IntegerField, QuerySet, Value

from lessons.courses.models import Course
from lessons.courses.models.active_memberships import ActiveMembership, set_memberships
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.discussions.models import ThreadTag
from lessons.markup.translations import gettext as _
from lessons.models import Lesson, LessonTag, Module, ModuleTag
from lessons.search.text_results import TextReader
from lessons.tagging.models import Tag

MAX_COURSES = 200
# Of so many of the discussions that are shown, the tags are offered.
MAX_THREADS = 10
COLUMNS = ("what", "position", "option", "option_key", "option_name")


@dataclass(frozen=True)
class NarrowingOptions:
    """The options of each field, as value and label: in a course its modules and tags, and else one's courses."""

    courses: Sequence[tuple[int, str]] = ()
    modules: Sequence[tuple[int, str]] = ()
    tags: Sequence[tuple[str, str]] = ()

    def with_tag(self, tag: str) -> "NarrowingOptions":
        """Return the options with the tag that a search is narrowed to already, by its slug or name."""
        is_known = not tag or any(slug == tag for slug, _name in self.tags)
        return self if is_known else replace(self, tags=[*self.tags, (tag, tag)])

    @property
    def periods(self) -> list[tuple[str, str]]:
        return [("day", _("Today")), ("week", _("Past 7 days")), ("month", _("Past 31 days"))]


def course_options(course: Course, threads: Iterable[int]) -> NarrowingOptions:
    """Return the modules of a course that the user may read, and the tags of these, of their lessons and of `threads`,
    which the user may read. One query.
    """
    ids = ([*threads] + [0] * MAX_THREADS)[:MAX_THREADS]
    rows = fetch_rows(_options_query, course=course.pk, **{f"thread{n}": pk for n, pk in enumerate(ids)})
    modules = [(pk, name) for what, _position, pk, _key, name in rows if what == "module"]
    tags = {slug: name for what, _position, _pk, slug, name in rows if what == "tag"}
    return NarrowingOptions(modules=modules, tags=sorted(tags.items(), key=lambda tag: tag[1].casefold()))


def _options_query() -> QuerySet:
    modules = Module.objects.filter(course=int_param("course")).exclude(state=Module.State.DRAFT).order_by()
    lessons = Lesson.objects.published().filter(module__course=int_param("course")).order_by()
    threads = [int_param(f"thread{n}") for n in range(MAX_THREADS)]
    names = modules.annotate(
        what=Value("module", CharField()), option=F("pk"), option_key=F("slug"), option_name=F("title")
    )
    tagged = [
        ModuleTag.objects.filter(content_object__in=modules.values("pk")),
        LessonTag.objects.filter(content_object__in=lessons.values("pk")),
        ThreadTag.objects.shown().filter(content_object__in=threads),
    ]
    options = names.values_list(*COLUMNS).union(*map(_tag_options, tagged), all=True)
    return options.order_by("what", "position", "option")


def _tag_options(tagged: QuerySet) -> QuerySet:
    """Select the tags of these, each once: lessons have many in common."""
    tags = Tag.objects.filter(pk__in=tagged.order_by().values("tag")).order_by()
    named = tags.annotate(
        what=Value("tag", CharField()),
        position=Value(0, IntegerField()),
        option=F("pk"),
        option_key=F("slug"),
        option_name=F("name"),
    )
    return named.values_list(*COLUMNS)


class SearchedCourse(NamedTuple):
    """A course that is searched. `role` and `group` are those of the reader; None if they are not a member."""

    pk: int
    title: str
    language: str
    role: str | None
    group: int | None


def searched_courses(user) -> list[SearchedCourse]:
    """Return the courses that a search in all of them covers: the user's own, and those that the library lists. One
    query, which loads their memberships, too.
    """
    rows = fetch_rows(_courses_query, TextReader.of(user), user=user.pk)
    courses = list(map(SearchedCourse._make, rows))
    if user.is_authenticated and len(courses) < MAX_COURSES:
        set_memberships(user, {one.pk: ActiveMembership(one.role, one.group) for one in courses if one.role})
    return courses


def _courses_query(reader: TextReader) -> QuerySet:
    courses = Course.objects.listed_for(reader.placeholder()).order_by("title", "pk")
    return courses.values_list("pk", "title", "language", "membership_role", "membership_group_id")[:MAX_COURSES]
