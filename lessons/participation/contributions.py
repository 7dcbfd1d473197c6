"""What was counted of one learner, as rows that can be opened: only those that the viewer may read.

Anonymous posts are in the figures, but in nobody's list except their author's own.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse

from lessons.accounts.models import User
from lessons.discussions.models import Post
from lessons.discussions.models.threads import display_title
from lessons.models import Lesson
from lessons.models.texts import lesson_url_slug
from lessons.participation.counting import (
    IS_DISCUSSION,
    IS_NOTE,
    IS_REPLY,
    IS_SIGNED_NOTE,
    Scope,
    completed_lessons,
    counted_posts,
    first_answers,
)
from lessons.participation.models import ParticipationRule
from lessons.participation.requirements import HEADINGS, Amounts
from lessons.participation.sections import NotePlace, note_places, sections_at

MAX_POSTS = 300


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
    """The contributions of one kind, latest first."""

    name: str
    rows: list[Contribution]

    @property
    def label(self) -> str:
        return str(HEADINGS[self.name])

    @property
    def number(self) -> int:
        return sum(row.number for row in self.rows)


class Contributions(NamedTuple):
    """What counts. `hidden_posts` are those that the viewer does not see, `older_posts` is whether there are more than
    are listed.
    """

    sections: list[Section]
    hidden_posts: int
    older_posts: bool

    @property
    def is_empty(self) -> bool:
        return not self.sections and not self.hidden_posts


def contributions(rule: ParticipationRule, author: User, viewer: User) -> Contributions:
    """Return what counts of the author's work for the viewer, who is that learner or on the staff.

    Only what the rule asks for is listed. At most six queries, nine for a rule that asks for sections.
    """
    scope, asked = Scope.of(rule), rule.asked
    posts = counted_posts(scope).filter(_is_asked(asked), author=author)
    listed = posts.filter(pk__in=Post.objects.visible_to(viewer).filter(author=author).values("pk"))
    if viewer.pk != author.pk:
        listed = listed.filter(alias=None)
    columns = ("seq", "pk", "created_at", "thread__lesson_anchor", "thread__title", "thread__quote", "thread__excerpt")
    rows = list(listed.order_by("-created_at", "-pk").values_list(*columns)[: MAX_POSTS + 1])
    has_older = len(rows) > MAX_POSTS
    sections = _sections(listed, [pk for _seq, pk, *_columns in rows]) if asked.note_sections else {}
    by_kind: dict[str, list[Contribution]] = {"notes": [], "replies": [], "discussions": []}
    for seq, pk, at, anchor, *titles in rows[:MAX_POSTS]:
        kind = "replies" if seq > 1 else "notes" if anchor else "discussions"
        url, section = reverse("discussions:post", args=[pk]), sections.get(pk, (None, False))
        by_kind[kind].append(Contribution(display_title(*titles), url, at, 1, *section))
    urls = _lesson_urls(viewer, rule) if asked.lessons_read or asked.checks else {}
    by_kind["lessons_read"] = list(_lessons(scope, author, urls)) if asked.lessons_read else []
    by_kind["checks"] = list(_checks(scope, author, urls)) if asked.checks else []
    hidden = posts.count() - (listed.count() if has_older else len(rows))
    return Contributions([Section(*kind) for kind in by_kind.items() if kind[1]], hidden, has_older)


def _is_asked(asked: Amounts) -> Q:
    """Return the condition of the posts that the rule asks for."""
    kinds = [(asked.notes, IS_NOTE), (asked.replies, IS_REPLY), (asked.discussions, IS_DISCUSSION)]
    return reduce(or_, (kind for n, kind in kinds if n), Q(pk__in=()))


def _sections(posts: QuerySet[Post], ids: list[int]) -> dict[int, tuple[str, bool]]:
    """Return the heading of each note's section, and whether its passage is gone from the text. Three queries."""
    rows = list(note_places(posts.filter(IS_SIGNED_NOTE, pk__in=ids).order_by(), "pk"))
    places = [NotePlace(*place) for _pk, *place in rows]
    found = zip(rows, places, sections_at(places), strict=True)
    return {row[0]: (section.heading, place.start is None) for row, place, section in found}


def _lesson_urls(viewer: User, rule: ParticipationRule) -> dict[int, str]:
    lessons = Lesson.objects.visible_to(viewer).filter(module__course=rule.course_id).order_by()
    return {
        pk: reverse("reading:lesson", args=[pk, lesson_url_slug(slug)])
        for pk, slug in lessons.values_list("pk", "slug")
    }


def _lessons(scope: Scope, author: User, urls: dict[int, str]) -> Iterator[Contribution]:
    rows = completed_lessons(scope).filter(user=author).order_by("-completed_at", "-pk")
    for lesson, title, at in rows.values_list("lesson", "lesson__current_revision__title", "completed_at"):
        if at:  # always, as `completed_lessons` says
            yield Contribution(title or "", urls.get(lesson, ""), at)


def _checks(scope: Scope, author: User, urls: dict[int, str]) -> Iterator[Contribution]:
    """Return how many checks of each lesson were answered. Their questions are in the lesson, for who may read it."""
    lesson, title = "question__lesson", "question__lesson__current_revision__title"
    rows = first_answers(scope).filter(user=author).order_by().values(lesson, title)
    rows = rows.annotate(n=Count("question", distinct=True), at=Max("first_at")).order_by("-at", lesson)
    for pk, name, n, at in rows.values_list(lesson, title, "n", "at"):
        yield Contribution(name or "", urls.get(pk, ""), at, n)
