"""Where the notes of a lesson stand, for the painter: columns of numbers, by one query, and filters on them."""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import sub
from urllib.parse import urlencode
from zlib import crc32

from django.db.models import Case, Exists, F, FilteredRelation, IntegerField, OuterRef, Q, TextField, Value, When
from django.db.models.functions import Cast, Coalesce

from lessons.annotations.margin.context import LessonContext
from lessons.annotations.models import DIVERGED, Annotation, labels_for
from lessons.courses.models import Membership
from lessons.db.compiled_queries import fetch_rows, int_param, str_param
from lessons.db.pagination import Keyset, Position
from lessons.discussions.models import Post, Thread, ThreadTag, ThreadUserState
from lessons.discussions.selectors.query_viewer import QueryViewer, viewer_params
from lessons.tagging.models import normalise_tag

MINE, ASKS, CHANGED, UNREAD, HIGHLIGHT_ONLY = 1, 2, 4, 8, 16
SHOWN = Post.State.SHOWN
PAGE_SIZE = 50
KEYSET = Keyset("placements__start", "pk")
START = (-1, 0)
IS_NEW = Q(thread__last_seq__gt=Coalesce(F("user_state__last_read_seq"), 0)) & ~Q(
    user_state__subscription_level=ThreadUserState.SubscriptionLevel.MUTED
)


@dataclass(frozen=True)
class AnnotationFilter:
    """Which notes are wanted, without what is not understood. `group` are those written to the reader's own group."""

    who: str = "all"
    label: str = ""
    tag: str = ""
    author: str = ""
    unanswered: bool = False

    @classmethod
    def from_query(cls, query) -> "AnnotationFilter":
        def words(name):
            return query.get(name, "")[:200].strip().replace("\x00", "")

        who = query.get("who", "")
        return cls(
            who=who if who in ("group", "mine") else "all",
            label=words("label"),
            tag=words("tag"),
            author=words("author").lstrip("@"),
            unanswered=bool(query.get("unanswered")),
        )

    @property
    def is_filtered(self) -> bool:
        return self != AnnotationFilter()

    def with_placeholders(self) -> "AnnotationFilter":
        """The same wish with stand-ins for its words: what of it changes the SQL."""
        return replace(self, **{name: str_param(name) for name in ("label", "tag", "author") if getattr(self, name)})

    def params(self) -> dict:
        return {"label": self.label, "tag": self.tag, "tag_key": normalise_tag(self.tag), "author": self.author}

    def query_string(self, **more) -> str:
        given = {name: getattr(self, name) for name in ("label", "tag", "author")} | more
        given |= {"who": "" if self.who == "all" else self.who, "unanswered": "1" if self.unanswered else ""}
        return "?" + urlencode({name: value for name, value in given.items() if value})


def positions_json(here: LessonContext, user, wish: AnnotationFilter) -> str:
    """The JSON of the places: `starts` as distances from the one before, `lengths` in code points, `labels_of` as
    numbers in `labels`, `flags` as sums of MINE, ASKS (and unanswered), CHANGED, UNREAD, BARE, `edits` as what is
    another number when the opening words are others. Two queries."""
    found = all_positions(here, user, wish)
    standing = [row for row in found if row[1] is not None]
    kinds = [{"key": kind.key, "name": str(kind.name), "asks": kind.is_question} for kind in labels_for(here.course)]
    numbers = {kind["key"]: n for n, kind in enumerate(kinds)}
    ids, starts, ends, labels, flags, posts, *opening = zip(*standing, strict=True) if standing else [()] * 8
    for key in dict.fromkeys(labels):
        if key not in numbers:
            numbers[key] = len(kinds)
            kinds.append({"key": key, "name": key, "asks": False})
    columns = {
        "ids": ids,
        "starts": list(map(sub, starts, (0, *starts))),
        "lengths": list(map(sub, ends, starts)),
        "labels_of": [numbers[key] for key in labels],
        "flags": [n & ~UNREAD for n in flags] if here.must_post_first else flags,
        "replies": [0] * len(ids) if here.must_post_first else list(map(_replies, posts, opening[0])),
        "edits": list(map(_edit, *opening)),
        "gone": len(found) - len(standing),
    }
    head = {"revision": here.revision, "labels": kinds, "group": here.group, "sealed": here.must_post_first}
    return json.dumps(head | columns, separators=(",", ":"))


def _replies(posts: int | None, opening: str | None) -> int:
    """How many of the thread's posts are shown beside its opening one."""
    return (posts or 0) - (opening == SHOWN)


def _edit(state: str | None, edited_at: str | None) -> int:
    """A number for the opening words as they are: 0 while they are as they were written."""
    return crc32(f"{edited_at}{state}".encode()) % 9999 + 1 if edited_at or state not in (None, SHOWN) else 0


def all_positions(here: LessonContext, user, wish: AnnotationFilter) -> list[tuple]:
    """As `page`, all of them and those that stand nowhere, with None for a place; then the opening post's state and
    when it was edited. One query."""
    return _fetch(here, user, wish, "all")


def positions_page(here: LessonContext, user, wish: AnnotationFilter, after: Position = START) -> list[tuple]:
    """Rows by place: id, start, end, label, flags, posts. The fifty after a place and id, and one more if there is
    one. One query."""
    return _fetch(here, user, wish, "page", **KEYSET.params(after))


def orphaned(here: LessonContext, user, wish: AnnotationFilter, after: int = 0) -> list[tuple]:
    """As `page`, of those whose words are no longer in the text, after the note `after`. One query."""
    return _fetch(here, user, wish, "gone", pk=after)


def _fetch(here: LessonContext, user, wish: AnnotationFilter, part: str, **more) -> list[tuple]:
    course = here.course.pk
    values = viewer_params(user, course) | wish.params() | {"lesson": here.lesson.pk, "revision": here.revision} | more
    return fetch_rows(_query, QueryViewer.for_user(user, course), wish.with_placeholders(), part, PAGE_SIZE, **values)


def _query(reader: QueryViewer, wish: AnnotationFilter, part: str, size: int):
    """Notes and bare marks in one: so SQLite begins with the lesson's annotations, not with all threads there are."""
    user, at = reader.placeholder(), "placements__start"
    notes = _apply_filter(visible_annotations(user, int_param("lesson")), wish, user)
    there = Q(placements__revision=int_param("revision"))
    if part == "page":
        there &= KEYSET.after(KEYSET.placeholders())
    if part == "gone":
        there &= Q(**{f"{at}__isnull": True, "pk__gt": int_param("pk")})
    notes = notes.filter(there).annotate(user_state=read_state(user), flag=_flags(user)).order_by(*KEYSET.order_by)
    columns = ("pk", at, "placements__end", "label", "flag", "thread__visible_post_count")
    if part != "all":
        return notes.values_list(*columns)[: size + 1]
    opening = FilteredRelation("thread__posts", condition=Q(thread__posts__seq=1))
    notes = notes.annotate(opening=opening).annotate(edited=Cast("opening__edited_at", TextField()))
    return notes.values_list(*columns, "opening__state", "edited")


def visible_annotations(user, lesson):
    """The annotations of a lesson that the person may read and margins show."""
    return Annotation.objects.visible_to(user).displayed().filter(lesson=lesson)


def _apply_filter(notes, wish: AnnotationFilter, user):
    """A part of a name or handle finds what was written under it: neither what somebody wrote anonymously, nor what
    they marked without words, which names nobody."""
    if wish.who == "mine":
        notes = notes.filter(author=user)
    if wish.who == "group":
        notes = notes.filter(Q(group=int_param("group")) | Q(thread__group=int_param("group")))
    if wish.label:
        notes = notes.filter(label=wish.label)
    if wish.unanswered:
        shared = Q(thread=None) & ~Q(audience=Thread.Audience.ME)
        notes = notes.filter(shared | Q(thread__status=Thread.Status.OPEN), is_question=True)
    if wish.tag:
        # By its address, or as it is written.
        named = Q(tag__slug=wish.tag) | Q(tag__key=str_param("tag_key"))
        notes = notes.filter(Exists(ThreadTag.objects.filter(named, content_object=OuterRef("thread"))))
    if wish.author:
        # As an expression the words are no part of a pattern: the database makes one of them.
        words = Value(wish.author)
        named = Q(user__display_name__icontains=words) | Q(handle__icontains=words)
        people = Membership.objects.filter(named, course=int_param("course")).values("user")
        notes = notes.filter(author__in=people, thread__isnull=False, thread__alias=None)
    return notes


def read_state(user) -> FilteredRelation:
    """How far the reader has read the thread of a note; IS_NEW asks it under the name `mark`."""
    return FilteredRelation("thread__user_states", condition=Q(thread__user_states__user=user))


class RawInteger(IntegerField):
    """A number that Django leaves as the database gives it: to convert it would cost each of thousands of rows."""

    def get_internal_type(self):
        return "AsItIs"

    def get_db_prep_value(self, value, connection, prepared=False):
        return connection.ops.adapt_integerfield_value(value, super().get_internal_type())


def _flags(user):
    waits = Q(is_question=True) & (Q(thread=None) | Q(thread__status=Thread.Status.OPEN))
    bits = {
        MINE: Q(author=user),
        ASKS: waits,
        CHANGED: Q(placements__state__in=DIVERGED),
        UNREAD: IS_NEW,
        HIGHLIGHT_ONLY: Q(thread=None),
    }
    flags = Value(0, RawInteger())
    for bit, is_set in bits.items():
        flags = flags + Case(When(is_set, then=Value(bit)), default=Value(0), output_field=RawInteger())
    return flags


def group_highlights(rows: list[tuple], starts: Sequence[int]) -> tuple[list[int], dict[int, int]]:
    """The ids to show of `rows` as of `places.page`, in order, and for how many marks one stands, by its id.

    `starts` are where paragraphs begin, in order. The reader's own marks are all shown, and the first of them stands
    for those of others; where there is none, the first of theirs.
    """
    marks = defaultdict(list)
    for pk, start, _end, label, flags, _posts in rows:
        if flags & HIGHLIGHT_ONLY and flags & ASKS:
            marks[bisect_right(starts, start), label].append((pk, flags & MINE))
    counts, hidden = {}, set()
    for alike in marks.values():
        first = next((pk for pk, mine in alike if mine), alike[0][0])
        others = {pk for pk, mine in alike if not mine and pk != first}
        counts[first] = 1 + len(others)
        hidden |= others
    return [row[0] for row in rows if row[0] not in hidden], counts
