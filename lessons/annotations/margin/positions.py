"""The positions of a lesson's annotations, for the painter: columns of numbers, by one query, and filters on them."""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from operator import sub
from typing import NamedTuple
from urllib.parse import urlencode
from zlib import crc32

from django.db.models import Case, Exists, F, FilteredRelation, IntegerField, OuterRef, Q, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

from lessons.accounts.models import User
from lessons.annotations.margin.context import LessonContext
from lessons.annotations.models import DIVERGED, IS_OPEN_QUESTION, Annotation, labels_for
from lessons.courses.models import Membership
from lessons.db.compiled_queries import fetch_rows, int_param, str_param
from lessons.db.pagination import Keyset
from lessons.db.pagination import Position as Cursor
from lessons.discussions.models import Post, Thread, ThreadTag, ThreadUserState
from lessons.discussions.models.threads import must_post_first_lessons
from lessons.discussions.selectors.query_viewer import QueryViewer, viewer_params
from lessons.indexing.folded import folded_line

# Bits of an annotation's flags, as in `static/js/annotations/lib/spans.js`.
OWN, QUESTION, CHANGED, UNREAD, HIGHLIGHT_ONLY = 1, 2, 4, 8, 16
# The number of whoever may not be named, as there.
NOBODY = -1
SHOWN = Post.State.SHOWN
PAGE_SIZE = 50
KEYSET = Keyset("placements__start", "pk")
START = (-1, 0)
# The first condition is cheap, and spares most rows the second.
IS_NEW = (
    Q(thread__last_seq__gt=Coalesce(F("user_state__last_read_seq"), 0))
    & Q(
        Exists(
            Post.objects.filter(
                thread=OuterRef("thread"), state=SHOWN, seq__gt=Coalesce(OuterRef("user_state__last_read_seq"), 0)
            )
        )
    )
    & ~Q(user_state__subscription_level=ThreadUserState.SubscriptionLevel.MUTED)
)


@dataclass(frozen=True)
class AnnotationFilter:
    """Which annotations are requested; invalid values are ignored. `scope` is `all`, `group` for those shared with
    the reader's own group, or `mine`.
    """

    scope: str = "all"
    label: str = ""
    tag: str = ""
    author: str = ""
    unanswered: bool = False

    @classmethod
    def from_query(cls, query) -> "AnnotationFilter":
        def text(name: str) -> str:
            return query.get(name, "")[:200].strip().replace("\x00", "")

        scope = query.get("scope", "")
        return cls(
            scope=scope if scope in ("group", "mine") else "all",
            label=text("label"),
            tag=text("tag"),
            author=text("author").lstrip("@"),
            unanswered=bool(query.get("unanswered")),
        )

    @property
    def is_filtered(self) -> bool:
        return self != AnnotationFilter()

    def with_placeholders(self) -> "AnnotationFilter":
        """Return the same filter with placeholders for its texts, which do not change the SQL."""
        return replace(
            self,
            label=self.label and str_param("label"),
            tag=self.tag and str_param("tag"),
            author=self.author and str_param("author"),
        )

    def params(self) -> dict[str, str]:
        """Return the values of the placeholders."""
        texts = {"label": self.label, "tag": self.tag}
        return texts | {"folded_tag": folded_line(self.tag), "author": folded_line(self.author)}

    def query_string(self, **more: object) -> str:
        fields = {name: getattr(self, name) for name in ("label", "tag", "author")} | more
        fields |= {"scope": "" if self.scope == "all" else self.scope, "unanswered": "1" if self.unanswered else ""}
        return "?" + urlencode({name: value for name, value in fields.items() if value})


class Position(NamedTuple):
    """The position of an annotation in the published revision, None where its passage is gone; `flags` is a sum of
    OWN, QUESTION (one that is unanswered), CHANGED, UNREAD and HIGHLIGHT_ONLY."""

    pk: int
    start: int | None
    end: int | None
    label: str
    flags: int
    visible_post_count: int | None


def positions_json(context: LessonContext, user: User, filters: AnnotationFilter) -> str:
    """Return the JSON of the positions: `starts` as distances from the previous one, `lengths` in code points,
    `label_indexes` into `labels`, `flags` as in `Position`, `readers` as numbers of the people who made them,
    `edits` as numbers that change with the opening post. Two queries.
    """
    # Plain tuples: building thousands of objects would cost more than the rest.
    rows = _fetch(context, user, filters, "all")
    positioned = [row for row in rows if row[1] is not None]
    labels = [
        {"key": label.key, "name": str(label.name), "is_question": label.is_question}
        for label in labels_for(context.course)
    ]
    indexes = {label["key"]: n for n, label in enumerate(labels)}
    ids, starts, ends, keys, flags, posts, *opening, authors, aliases = (
        zip(*positioned, strict=True) if positioned else [()] * 10
    )
    for key in dict.fromkeys(keys):
        if key not in indexes:
            indexes[key] = len(labels)
            labels.append({"key": key, "name": key, "is_question": False})
    must_post_first, questions = context.must_post_first, {label["key"] for label in labels if label["is_question"]}
    data = {
        "revision": context.revision,
        "labels": labels,
        "group": context.group,
        "must_post_first": must_post_first,
        "ids": ids,
        "starts": list(map(sub, starts, (0, *starts))),
        "lengths": list(map(sub, ends, starts)),
        "label_indexes": [indexes[key] for key in keys],
        "flags": _flags_before_posting(flags, keys, questions) if must_post_first else flags,
        "replies": [0] * len(ids) if must_post_first else list(map(_reply_count, posts, opening[0])),
        "edits": list(map(_edit_number, *opening)),
        "readers": _reader_numbers(authors, aliases, flags, posts),
        "orphaned": len(rows) - len(positioned),
    }
    return json.dumps(data, separators=(",", ":"))


def _flags_before_posting(flags: Sequence[int], keys: Sequence[str], questions: Container[object]) -> list[int]:
    """Return the flags without what tells of replies to others' notes: every question of theirs is open."""
    return [
        flag & ~UNREAD | (QUESTION if key in questions and not flag & OWN else 0)
        for flag, key in zip(flags, keys, strict=True)
    ]


def _reader_numbers(authors: Sequence, aliases: Sequence, flags: Sequence, posts: Sequence) -> list[int]:
    """Return a number for each person whom a card names, 0 for the reader, and NOBODY where it names none: nothing may
    tell that an anonymous note or a highlight is by the author of another one.
    """
    numbers: dict[int, int] = {}
    return [
        0
        if flag & OWN
        else NOBODY
        if author is None or alias is not None or count is None
        else numbers.setdefault(author, len(numbers) + 1)
        for author, alias, flag, count in zip(authors, aliases, flags, posts, strict=True)
    ]


def _reply_count(posts: int | None, opening_state: str | None) -> int:
    """Return how many of the thread's visible posts are replies."""
    return (posts or 0) - (opening_state == SHOWN)


def _edit_number(state: str | None, edited_at: str | None) -> int:
    """Return a number that changes when the opening post is edited; 0 while it is as first written."""
    return crc32(f"{edited_at}{state}".encode()) % 9999 + 1 if edited_at or state not in (None, SHOWN) else 0


def positions_page(
    context: LessonContext, user: User, filters: AnnotationFilter, after: Cursor = START
) -> list[Position]:
    """Return the PAGE_SIZE positions after a start and an id, in the order of the text, and one more if there is one.
    One query.
    """
    return list(map(Position._make, _fetch(context, user, filters, "page", **KEYSET.params(after))))


def orphaned(context: LessonContext, user: User, filters: AnnotationFilter, after: int = 0) -> list[Position]:
    """Return annotations whose passage is not in the published text, by id: the PAGE_SIZE after an id, and one more if
    there is one. One query.
    """
    return list(map(Position._make, _fetch(context, user, filters, "orphaned", pk=after)))


def _fetch(context: LessonContext, user: User, filters: AnnotationFilter, part: str, **more) -> list[tuple]:
    course = context.course.pk
    params = viewer_params(user, course) | filters.params() | {"lesson": context.lesson.pk}
    viewer = QueryViewer.for_user(user, course)
    return fetch_rows(
        _query, viewer, filters.with_placeholders(), part, PAGE_SIZE, revision=context.revision, **params, **more
    )


def _query(viewer: QueryViewer, filters: AnnotationFilter, part: str, size: int):
    """Return notes and highlights in one query, so that SQLite starts from the lesson's annotations, not from all
    threads."""
    user = viewer.placeholder()
    annotations = _apply_filter(visible_annotations(user, int_param("lesson")), filters, user)
    condition = Q(placements__revision=int_param("revision"))
    if part == "page":
        condition &= KEYSET.after(KEYSET.placeholders())
    if part == "orphaned":
        condition &= Q(placements__start__isnull=True, pk__gt=int_param("pk"))
    annotations = annotations.filter(condition).annotate(user_state=read_state(user), flag=_flags(user))
    annotations = annotations.order_by(*KEYSET.order_by)
    columns = ("pk", "placements__start", "placements__end", "label", "flag", "thread__visible_post_count")
    if part != "all":
        return annotations.values_list(*columns)[: size + 1]
    opening = FilteredRelation("thread__posts", condition=Q(thread__posts__seq=1))
    annotations = annotations.annotate(opening=opening).annotate(edited=Cast("opening__edited_at", TextField()))
    return annotations.values_list(*columns, "opening__state", "edited", "author_id", "thread__alias_id")


def visible_annotations(user: User, lesson: int):
    """Return the annotations of a lesson that `user` may read and margins show: highlights of others only until what
    they ask is clear to them.
    """
    annotations = Annotation.objects.visible_to(user).displayed().filter(lesson=lesson)
    return annotations.filter(Q(cleared_at=None) | Q(thread__isnull=False) | Q(author=user))


def _apply_filter(annotations, filters: AnnotationFilter, user: User):
    """Filter annotations. Part of a name or handle matches notes written under it, but no anonymous notes or
    highlights, which name nobody.
    """
    if filters.scope == "mine":
        annotations = annotations.filter(author=user)
    if filters.scope == "group":
        annotations = annotations.filter(Q(group=int_param("group")) | Q(thread__group=int_param("group")))
    if filters.label:
        annotations = annotations.filter(label=filters.label)
    if filters.unanswered:
        shared = Q(thread=None, cleared_at=None) & ~Q(audience=Thread.Audience.ME)
        # Whether others' questions are answered tells of posts that are hidden until the reader posts.
        is_open = Q(thread__status=Thread.Status.OPEN) | Q(lesson__in=must_post_first_lessons(user)) & ~Q(author=user)
        annotations = annotations.filter(shared | is_open, is_question=True)
    if filters.tag:
        tags = ThreadTag.objects.shown().named(filters.tag, str_param("folded_tag"))
        annotations = annotations.filter(Exists(tags.filter(content_object=OuterRef("thread"))))
    if filters.author:
        # As an expression, the text is escaped by the database, so the SQL is the same for every text.
        authors = Membership.objects.named(Value(filters.author)).filter(course=int_param("course")).values("user")
        annotations = annotations.filter(author__in=authors, thread__isnull=False, thread__alias=None)
    return annotations


def read_state(user: User) -> FilteredRelation:
    """Return how far `user` has read the thread of a note; IS_NEW expects it under the name `user_state`."""
    return FilteredRelation("thread__user_states", condition=Q(thread__user_states__user=user))


class RawInteger(IntegerField):
    """A number that Django leaves as the database returns it: converting one in each of thousands of rows is slow."""

    def get_internal_type(self):
        return "RawInteger"

    def get_db_prep_value(self, value, connection, prepared=False):
        return connection.ops.adapt_integerfield_value(value, super().get_internal_type())


def _flags(user: User) -> Combinable:
    bits = {
        OWN: Q(author=user),
        QUESTION: IS_OPEN_QUESTION,
        CHANGED: Q(placements__state__in=DIVERGED),
        UNREAD: IS_NEW,
        HIGHLIGHT_ONLY: Q(thread=None),
    }
    flags: Combinable = Value(0, RawInteger())
    for bit, is_set in bits.items():
        flags = flags + Case(When(is_set, then=Value(bit)), default=Value(0), output_field=RawInteger())
    return flags


def group_highlights(positions: list[Position], block_starts: Sequence[int]) -> tuple[list[int], dict[int, int]]:
    """Return the ids to show, in order, and how many highlights some of them stand for: those with the same question
    label in one block of the text are shown as one.

    `block_starts` are where blocks begin, in order. The reader's own highlights are all shown, and the first of them
    stands for those of others; where there is none, the first of theirs.
    """
    groups = defaultdict(list)
    for position in positions:
        if position.flags & HIGHLIGHT_ONLY and position.flags & QUESTION and position.start is not None:
            block = bisect_right(block_starts, position.start)
            groups[block, position.label].append((position.pk, position.flags & OWN))
    sizes, hidden = {}, set()
    for highlights in groups.values():
        first = next((pk for pk, is_own in highlights if is_own), highlights[0][0])
        others = {pk for pk, is_own in highlights if not is_own and pk != first}
        sizes[first] = 1 + len(others)
        hidden |= others
    return [position.pk for position in positions if position.pk not in hidden], sizes
