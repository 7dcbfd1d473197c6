"""What was counted of one learner, as rows that can be opened: only those that the viewer may read.

Anonymous posts are in the figures, but in nobody's list except their author's own.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property, reduce
from operator import or_
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, F, IntegerField, Max, Q, QuerySet, Value
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from lessons.accounts.models import User
from lessons.db.compiled_queries import MAX_BIGINT, fetch_rows, int_param, moment_param
from lessons.db.ids import parse_number
from lessons.discussions.models import Post
from lessons.discussions.models.threads import display_title
from lessons.discussions.selectors.query_viewer import QueryViewer, viewer_params
from lessons.markup.row_templates import render_rows, url
from lessons.models import Lesson
from lessons.models.texts import lesson_url_slug
from lessons.participation.counting import (
    IS_DISCUSSION,
    IS_NOTE,
    IS_REPLY,
    IS_SIGNED_NOTE,
    NEVER,
    Scope,
    completed_lessons,
    counted_posts,
    first_answers,
    scope_param,
)
from lessons.participation.models import ParticipationRule
from lessons.participation.requirements import HEADINGS, Amounts
from lessons.participation.sections import NotePlace, note_places, sections_at

PAGE_SIZE = 50
LISTS = ("posts", "lessons", "checks")
"""What is listed, each a page at a time: posts of all kinds, lessons that were completed, lessons with checks."""
MORE = {
    "posts": gettext_lazy("Show older posts"),
    "lessons": gettext_lazy("Show more lessons"),
    "checks": gettext_lazy("Show more checks"),
}
POSTS_OF = {"notes": IS_NOTE, "replies": IS_REPLY, "discussions": IS_DISCUSSION}
POSTS = tuple(POSTS_OF)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Contribution(NamedTuple):
    """Something that counts: `number` checks of a lesson, or one of another kind.

    `url` is empty where it cannot be read. section: of a note, if the rule asks for sections, the heading of its
    section; empty before the first heading. is_gone: whether its passage is no longer in the text.
    """

    title: str
    url: str
    at: datetime
    number: int = 1
    section: str | None = None
    is_gone: bool = False


class Section(NamedTuple):
    """Contributions of one kind, latest first. number: how many count, listed or not. more: the query of a URL that
    lists older ones, or older posts of each kind, named by `more_label`; empty if there are none.
    """

    name: str
    rows: list[Contribution]
    number: int
    more: str = ""

    @property
    def label(self) -> str:
        return str(HEADINGS[self.name])

    @property
    def more_label(self) -> str:
        return str(MORE[_list_of(self.name)])


class Contributions(NamedTuple):
    """What counts, or older rows of one list (is_older). `hidden_posts` are those that the viewer does not see."""

    sections: list[Section]
    hidden_posts: int
    is_older: bool

    def render(self, zone: ZoneInfo) -> list[tuple[Section, SafeString]]:
        """Return each section with the HTML of its rows, their days in the zone in which they are counted."""
        day_of = {row.at: row.at.astimezone(zone).date() for section in self.sections for row in section.rows}
        days = {day: (day.isoformat(), date_format(day, "DATE_FORMAT")) for day in set(day_of.values())}
        return [
            (section, _render_rows(section, [days[day_of[row.at]] for row in section.rows]))
            for section in self.sections
        ]

    @property
    def is_empty(self) -> bool:
        return not self.sections and not self.hidden_posts and not self.is_older


def _render_rows(section: Section, days: list[tuple[str, str]]) -> SafeString:
    rows = zip(section.rows, days, strict=True)
    return render_rows("participation/contributions.html", rows=rows, name=section.name)


class Position(NamedTuple):
    """A place in a list, latest first: what comes after it was done before `at`, or then with a smaller id."""

    at: datetime
    pk: int

    def cursor(self) -> str:
        return f"{(self.at - EPOCH) // timedelta(microseconds=1)}.{self.pk}"

    @classmethod
    def parse(cls, cursor: str) -> "Position | None":
        """Return the place that a URL names; None if it is invalid. Never raises."""
        numbers = [parse_number(part) for part in cursor.split(".", 2)]
        if len(numbers) != 2 or numbers[0] is None or numbers[1] is None:
            return None
        try:
            return cls(EPOCH + timedelta(microseconds=numbers[0]), numbers[1])
        except OverflowError:
            return None


NEWEST = Position(NEVER, MAX_BIGINT)


class Shown(NamedTuple):
    """Which lists a page shows, and from where on."""

    lists: tuple[str, ...] = LISTS
    after: Position = NEWEST

    @classmethod
    def of_query(cls, query: Mapping[str, str]) -> "Shown":
        """Return what the query of a URL names: `posts=…` are older posts, and nothing else."""
        for name in LISTS:
            if name in query and (position := Position.parse(query[name])):
                return cls((name,), position)
        return cls()

    @property
    def is_older(self) -> bool:
        return self.after != NEWEST


LATEST = Shown()


def contributions(
    rule: ParticipationRule, author: User, viewer: User, done: Amounts, shown: Shown = LATEST
) -> Contributions:
    """Return what counts of the author's work for the viewer, who is that learner or on the staff.

    Only what the rule asks for is listed. done: how much the author has done. At most five queries, eight for a rule
    that asks for sections.
    """
    finder = _Finder(rule, author, viewer, shown)
    found: dict[str, list[Contribution]] = {}
    for name in shown.lists:
        found |= finder.posts() if name == "posts" else finder.lessons(name)
    hidden = 0 if shown.is_older else sum(getattr(done, name) for name in finder.post_kinds) - finder.listed_posts()
    names = [name for name in HEADINGS if found.get(name)]
    # The last of the kinds of posts leads to older ones of all kinds.
    more = {name: finder.more.get(list_name, "") for list_name, name in {_list_of(n): n for n in names}.items()}
    sections = [Section(name, found[name], getattr(done, name), more.get(name, "")) for name in names]
    return Contributions(sections, max(0, hidden), shown.is_older)


class _Finder:
    """Finds the rows of each list. more: by list, the query of a URL that lists what is older, if anything is."""

    def __init__(self, rule: ParticipationRule, author: User, viewer: User, shown: Shown):
        self.rule, self.author, self.viewer = rule, author, viewer
        self.scope, self.more = Scope.of(rule), dict[str, str]()
        self.reader = QueryViewer.for_user(viewer, rule.course_id)
        self.post_kinds = tuple(name for name in POSTS if getattr(rule, name))
        self.values = {**self.scope._asdict(), **viewer_params(viewer, rule.course_id), "author": author.pk}
        self.values |= {"before": shown.after.at, "before_pk": shown.after.pk}
        self.posts_on_page = 0

    def posts(self) -> dict[str, list[Contribution]]:
        """Return notes, replies and discussions. One query, and three more for a rule that asks for sections."""
        found: dict[str, list[Contribution]] = {name: [] for name in self.post_kinds}
        if not found or not self._reads_posts:
            return {}
        rows = self._page("posts", fetch_rows(_posts_query, *self._shape, **self.values))
        self.posts_on_page = len(rows)
        sections = _sections([pk for _at, pk, *_columns in rows]) if self.rule.note_sections else {}
        for at, pk, seq, anchor, *titles in rows:
            kind = "replies" if seq > 1 else "notes" if anchor else "discussions"
            address, section = url("discussions:post", pk), sections.get(pk, (None, False))
            found[kind].append(Contribution(display_title(*titles), address, at, 1, *section))
        return found

    def listed_posts(self) -> int:
        """Return how many posts the viewer sees. One query if there are older ones."""
        if "posts" not in self.more:
            return self.posts_on_page
        return fetch_rows(_listed_query, *self._shape, **self.values)[0][0]

    @property
    def _reads_posts(self) -> bool:
        """Return whether the viewer may read any: of a course that somebody has left, none."""
        return self.reader.role is not None or self.reader.is_administrator

    @property
    def _shape(self) -> tuple:
        """Return what changes the SQL of posts."""
        is_own = self.viewer.pk == self.author.pk
        return self.reader, is_own, self.scope.kind, self.scope.has_anonymous, self.post_kinds

    def lessons(self, name: str) -> dict[str, list[Contribution]]:
        """Return lessons that were completed, or how many checks of each were answered: the questions are in the
        lesson, for who may read it. Two queries for both.
        """
        kind, build = LESSON_LISTS[name]
        if not getattr(self.rule, kind):
            return {}
        rows = self._page(name, fetch_rows(build, self.scope.kind, **self.values))
        return {
            kind: [Contribution(title or "", self._lesson_url(lesson), at, n) for at, _pk, lesson, title, n in rows]
        }

    def _page(self, name: str, rows: list[tuple]) -> list[tuple]:
        """Return the rows of a page, of which one more was read. Their first columns are those of Position."""
        if len(rows) > PAGE_SIZE:
            self.more[name] = f"{name}={Position(*rows[PAGE_SIZE - 1][:2]).cursor()}"
        return rows[:PAGE_SIZE]

    def _lesson_url(self, lesson: int) -> str:
        """Return the address of a lesson; empty if the viewer may not read it."""
        slug = self._slugs.get(lesson)
        return url("reading:lesson", lesson, lesson_url_slug(slug)) if slug is not None else ""

    @cached_property
    def _slugs(self) -> dict[int, str]:
        viewer = self.viewer
        return dict(fetch_rows(_slugs_query, viewer.is_superuser, viewer.learner_view, **self.values))


def _list_of(requirement: str) -> str:
    """Return which of LISTS has what counts for a requirement."""
    return next((name for name, (kind, _build) in LESSON_LISTS.items() if kind == requirement), "posts")


def _listed(
    viewer: QueryViewer, is_own: bool, kind: str, has_anonymous: bool, post_kinds: tuple[str, ...]
) -> QuerySet[Post]:
    posts = counted_posts(scope_param(kind, has_anonymous)).filter(author=int_param("author"))
    if post_kinds != POSTS:
        posts = posts.filter(reduce(or_, (POSTS_OF[name] for name in post_kinds)))
    posts = posts.visible_to(viewer.placeholder())
    return posts if is_own else posts.filter(alias=None)


def _listed_query(*shape) -> QuerySet:
    return _listed(*shape).order_by().values(counted_user=F("author")).annotate(n=Count("pk")).values_list("n")


def _posts_query(*shape) -> QuerySet:
    columns = ("created_at", "pk", "seq", "thread__lesson_anchor", "thread__title", "thread__quote", "thread__excerpt")
    return _after(_listed(*shape), "created_at", "pk").values_list(*columns)[: PAGE_SIZE + 1]


def _lessons_query(kind: str) -> QuerySet:
    rows = completed_lessons(scope_param(kind, True)).filter(user=int_param("author"))
    columns = ("completed_at", "pk", "lesson", "lesson__current_revision__title", Value(1, IntegerField()))
    return _after(rows, "completed_at", "pk").values_list(*columns)[: PAGE_SIZE + 1]


def _checks_query(kind: str) -> QuerySet:
    lesson, title = "question__lesson", "question__lesson__current_revision__title"
    rows = first_answers(scope_param(kind, True)).filter(user=int_param("author")).order_by().values(lesson, title)
    rows = rows.annotate(n=Count("question", distinct=True), at=Max("first_at"))
    return _after(rows, "at", lesson).values_list("at", lesson, lesson, title, "n")[: PAGE_SIZE + 1]


def _after(rows: QuerySet, moment: str, pk: str) -> QuerySet:
    """Return the rows after a position, latest first."""
    at = moment_param("before")
    later = Q(**{f"{moment}__lt": at}) | Q(**{moment: at, f"{pk}__lt": int_param("before_pk")})
    return rows.filter(later, **{f"{moment}__lte": at}).order_by(f"-{moment}", f"-{pk}")


def _slugs_query(is_superuser: bool, learner_view: tuple[int, int | None] | None) -> QuerySet:
    viewer = User(pk=int_param("user"), is_superuser=is_superuser)
    viewer.learner_view = learner_view
    lessons = Lesson.objects.visible_to(viewer).filter(module__course=int_param("course")).order_by()
    return lessons.values_list("pk", "slug")


def _sections(posts: list[int]) -> dict[int, tuple[str, bool]]:
    """Return the heading of each note's section, and whether its passage is gone from the text. Three queries."""
    rows = list(note_places(Post.objects.filter(IS_SIGNED_NOTE, pk__in=posts).order_by(), "pk"))
    places = [NotePlace(*place) for _pk, *place in rows]
    found = zip(rows, places, sections_at(places), strict=True)
    return {row[0]: (section.heading, place.start is None) for row, place, section in found}


LESSON_LISTS = {"lessons": ("lessons_read", _lessons_query), "checks": ("checks", _checks_query)}
"""The requirement of each list of lessons, and its query."""
