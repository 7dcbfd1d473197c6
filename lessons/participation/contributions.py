"""What was counted of one learner, as rows that can be opened: only those that the viewer may read.

Anonymous posts are in the figures, but in nobody's list except their author's own.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property, reduce
from operator import or_
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, F, IntegerField, Max, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from lessons.accounts.models import User
from lessons.db.compiled_queries import MAX_BIGINT, fetch_rows, int_param, moment_param
from lessons.db.ids import parse_number
from lessons.discussions.models import Post
from lessons.discussions.models.threads import display_title
from lessons.discussions.selectors.query_viewer import QueryViewer, viewer_params
from lessons.markup.row_templates import date_text, render_rows, url
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
MORE = {
    "notes": gettext_lazy("Show more notes"),
    "replies": gettext_lazy("Show more replies"),
    "discussions": gettext_lazy("Show more discussions"),
    "lessons_read": gettext_lazy("Show more lessons"),
    "checks": gettext_lazy("Show more checks"),
}
"""What is listed, each by its requirement and a page at a time, and what leads to the next."""
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
    lists older ones; empty if there are none.
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
        return str(MORE[self.name])


class Contributions(NamedTuple):
    """What counts, or older rows of one list (is_older). `hidden_posts` are those that the viewer does not see."""

    sections: list[Section]
    hidden_posts: int
    is_older: bool

    def render(self, zone: ZoneInfo) -> list[tuple[Section, SafeString]]:
        """Return each section with the HTML of its rows, their days in the zone in which they are counted."""
        day_of = {row.at: row.at.astimezone(zone).date() for section in self.sections for row in section.rows}
        days = {day: (day.isoformat(), date_text(day)) for day in set(day_of.values())}
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

    lists: tuple[str, ...] = tuple(MORE)
    after: Position = NEWEST

    @classmethod
    def of_query(cls, query: Mapping[str, str]) -> "Shown":
        """Return what the query of a URL names: `notes=…` are older notes, and nothing else."""
        for name in MORE:
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

    Only what the rule asks for is listed. done: how much the author has done. At most four queries, seven for a rule
    that asks for sections.
    """
    finder = _Finder(rule, author, viewer, shown)
    found = finder.posts()
    for name in LESSON_LISTS:
        found[name] = finder.lessons(name)
    asked = sum(getattr(done, name) for name in finder.post_kinds)
    hidden = 0 if shown.is_older else max(0, asked - finder.listed_posts)
    sections = [
        Section(name, found[name], getattr(done, name), finder.more.get(name, ""))
        for name in HEADINGS
        if found.get(name)
    ]
    return Contributions(sections, hidden, shown.is_older)


class _Finder:
    """Finds the rows of each list. more: by list, the query of a URL that lists what is older, if anything is.
    listed_posts: how many of the posts the viewer may see, those of later pages, too.
    """

    def __init__(self, rule: ParticipationRule, author: User, viewer: User, shown: Shown):
        self.rule, self.author, self.viewer = rule, author, viewer
        self.lists = [name for name in shown.lists if getattr(rule, name)]
        self.post_kinds = tuple(name for name in POSTS if name in self.lists)
        self.scope, self.more, self.listed_posts = Scope.of(rule), dict[str, str](), 0
        self.values = {**self.scope._asdict(), **viewer_params(viewer, rule.course_id), "author": author.pk}
        self.values |= {"before": shown.after.at, "before_pk": shown.after.pk}

    def posts(self) -> dict[str, list[Contribution]]:
        """Return notes, replies and discussions. One query, and three more for a rule that asks for sections."""
        reader = QueryViewer.for_user(self.viewer, self.rule.course_id)
        # Of a course that somebody has left, they may read none.
        if not self.post_kinds or not (reader.role or reader.is_administrator):
            return {}
        is_own = self.viewer.pk == self.author.pk
        shape = (reader, is_own, self.scope.kind, self.scope.has_anonymous, self.post_kinds)
        rows = fetch_rows(_posts_query, *shape, **self.values)
        self.listed_posts = rows[0][2] if rows else 0
        pages = {kind: self._page(kind, [row for row in rows if row[3] == kind]) for kind in self.post_kinds}
        notes = [row[1] for row in pages.get("notes", ())]
        sections = _sections(notes) if self.rule.note_sections and notes else {}
        return {
            kind: [
                Contribution(
                    display_title(*titles), url("discussions:post", pk), at, 1, *sections.get(pk, (None, False))
                )
                for at, pk, _listed, _kind, *titles in page
            ]
            for kind, page in pages.items()
        }

    def lessons(self, name: str) -> list[Contribution]:
        """Return lessons that were completed, or how many checks of each were answered: the questions are in the
        lesson, for who may read it. Two queries for both and one for their addresses.
        """
        if name not in self.lists:
            return []
        rows = self._page(name, fetch_rows(LESSON_LISTS[name], self.scope.kind, **self.values))
        return [Contribution(title or "", self._lesson_url(lesson), at, n) for at, _pk, lesson, title, n in rows]

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


def _posts_query(
    viewer: QueryViewer, is_own: bool, kind: str, has_anonymous: bool, post_kinds: tuple[str, ...]
) -> QuerySet:
    """Select the latest posts of each kind. One pass finds these, and how many there are of all."""
    posts = counted_posts(scope_param(kind, has_anonymous)).filter(author=int_param("author"))
    if post_kinds != POSTS:
        posts = posts.filter(reduce(or_, (POSTS_OF[name] for name in post_kinds)))
    posts = posts.visible_to(viewer.placeholder())
    if not is_own:
        posts = posts.filter(alias=None)
    kind_of_post = Case(*(When(condition, then=Value(name)) for name, condition in POSTS_OF.items()))
    latest = [F("created_at").desc(), F("pk").desc()]
    posts = _after(posts, "created_at", "pk").annotate(
        post_kind=kind_of_post,
        listed=Window(Count("pk")),
        place=Window(RowNumber(), partition_by=kind_of_post, order_by=latest),
    )
    columns = ("created_at", "pk", "listed", "post_kind", "thread__title", "thread__quote", "thread__excerpt")
    return posts.filter(place__lte=PAGE_SIZE + 1).values_list(*columns)


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


LESSON_LISTS = {"lessons_read": _lessons_query, "checks": _checks_query}
"""The queries of the lists of lessons."""
