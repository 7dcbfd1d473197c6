"""Lists of threads: what may stand in one, in what order, and the page after. Keyset, never OFFSET."""

from collections import defaultdict
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import BooleanField, Case, CharField, Exists, F, FilteredRelation, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce

from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.db.compiled_queries import number, rows, word
from lessons.discussions.models import Post, ReadMark, Thread, ThreadTag
from lessons.discussions.models.threads import sealed_lessons
from lessons.discussions.selectors.query_viewer import Reader, any_course, values_of
from lessons.models import Lesson, Module
from lessons.permissions import STAFF

A_PAGE = 50
MOST_COUNTED = 100
NEWEST = 500
FIELDS = (
    "pk kind title opening quote passage pinned closed status state posts_shown head_seq asks last_at rank "
    "author_id author__display_name alias__name audience group_id group__name lesson_id lesson__state "
    "lesson__module__state lesson__current_revision__title mark_seq sealed"
).split()
TABS = ("all", "unread", "questions", "text", "mine")


@dataclass(frozen=True)
class Wish:
    """What a list is asked for, without what is not understood. `before` is rank and id of the last row."""

    tab: str = "all"
    kind: str = ""
    tag: str = ""
    lesson: int = 0
    group: int = 0
    person: str = ""
    unanswered: bool = False
    before: tuple[int, int] | None = None

    @classmethod
    def read(cls, query) -> "Wish":
        def whole(name):
            value = query.get(name, "")
            return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else 0

        rank, _dot, pk = query.get("before", "").partition(".")
        digits = (rank + pk).isascii() and rank.isdigit() and pk.isdigit() and len(rank) < 19 and len(pk) < 19
        tab, kind = query.get("tab", ""), query.get("kind", "")
        return cls(
            tab=tab if tab in TABS else "all",
            kind=kind if kind in Thread.Kind.values else "",
            tag=query.get("tag", "")[:200].strip(),
            lesson=whole("lesson"),
            group=whole("group"),
            person=query.get("person", "")[:80].strip().removeprefix("@"),
            unanswered=bool(query.get("unanswered")),
            before=(int(rank), int(pk)) if digits else None,
        )

    def shape(self) -> "Wish":
        """The same wish with stand-ins for its values: what of it changes the SQL."""
        numbers = {"lesson": number("lesson"), "group": number("wished_group")}
        worded = {name: word(name) for name in ("kind", "tag", "person")}
        changes = {name: value for name, value in (numbers | worded).items() if getattr(self, name)}
        if self.before:
            changes["before"] = (number("rank"), number("pk"))
        return replace(self, **changes)

    @property
    def is_filtered(self) -> bool:
        return bool(self.kind or self.tag or self.lesson or self.group or self.person or self.unanswered)

    @property
    def unfiltered(self) -> str:
        """The query of the same tab with nothing filtered."""
        return Wish(tab=self.tab).address()

    def address(self, **changes) -> str:
        """The query of this list with changes; the page is forgotten."""
        wanted = {name: getattr(self, name) for name in ("tab", "kind", "tag", "lesson", "group", "person")}
        wanted["unanswered"] = "1" if self.unanswered else ""
        wanted |= changes
        wanted["tab"] = "" if wanted["tab"] == "all" else wanted["tab"]
        return "?" + urlencode({name: value for name, value in wanted.items() if value})


def for_reader(threads, user):
    """Threads with the reader's `mark` and whether classmates' words in them are `sealed` to them."""
    mine = FilteredRelation("marks", condition=Q(marks__user=user))
    sealed = Case(
        When(lesson__in=sealed_lessons(user), then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    return threads.annotate(mark=mine, sealed=sealed).annotate(
        mark_seq=F("mark__seq"), read_seq=Coalesce(F("mark__seq"), 0), attention=Coalesce(F("mark__attention"), 0)
    )


def forum(course: Course, user):
    """The threads of a course's lists, not yet filtered."""
    threads = Thread.objects.filter(course=course).visible_to(user).standing()
    shown = Q(state=Thread.State.SHOWN) | Q(state=Thread.State.HELD, author=user)
    return for_reader(threads.filter(shown), user)


def unread(threads):
    """Of threads with a mark, those with something new that the reader wants to hear of."""
    return threads.filter(head_seq__gt=F("read_seq"), attention__gte=ReadMark.Attention.NONE, sealed=False)


def count_unread(course: Course, user) -> int:
    """How many of the course's NEWEST threads have something unread, MOST_COUNTED at most. One query.

    Bounded, because it stands on every list: the list of unread threads itself knows no such bound.
    """
    return len(rows(_unread_ids, Reader.of(user, course.pk), **values_of(user, course.pk)))


def _unread_ids(reader: Reader):
    newest = Thread.objects.filter(course=any_course()).order_by("-rank", "-pk").values("pk")[:NEWEST]
    ids = unread(forum(any_course(), reader.stand_in()).filter(pk__in=newest)).order_by()
    return ids.values_list("pk")[:MOST_COUNTED]


def wished(threads, wish: Wish, user):
    """The list's filters on threads that already are the reader's."""
    if wish.tab == "unread":
        threads = unread(threads)
    elif wish.tab == "questions":
        threads = threads.filter(kind=Thread.Kind.QUESTION)
    elif wish.tab == "text":
        threads = threads.filter(lesson__isnull=False)
    elif wish.tab == "mine":
        threads = threads.filter(mark__wrote=True)
    if wish.kind:
        threads = threads.filter(kind=wish.kind)
    if wish.unanswered:
        threads = threads.filter(kind=Thread.Kind.QUESTION, status=Thread.Status.OPEN)
    if wish.tag:
        # By its address, or as it is written: a stand-in has the same key as itself.
        named = Q(tag__slug=wish.tag) | Q(tag__key=word("tag_key"))
        threads = threads.filter(Exists(ThreadTag.objects.filter(named, content_object=OuterRef("pk"))))
    if wish.lesson:
        threads = threads.filter(lesson=wish.lesson)
    if wish.group:
        threads = threads.filter(group=wish.group)
    return _by_person(threads, wish.person) if wish.person else threads


def _by_person(threads, words: str):
    """Where somebody has written under their name, of which `words` are a part, or of their handle: what they wrote
    anonymously is found by nobody."""
    # As an expression the words are no part of a pattern: the database makes one of them.
    words = Value(words)
    named = Q(user__display_name__icontains=words) | Q(handle__icontains=words)
    people = Membership.objects.filter(named, course=number("course")).values("user")
    written = Post.objects.filter(author__in=people, state=Post.State.SHOWN, alias=None)
    return threads.filter(pk__in=written.values("thread"), sealed=False)


def _page_query(reader: Reader, wish: Wish, size: int):
    user = reader.stand_in()
    threads = wished(forum(any_course(), user), wish, user)
    if wish.before:
        rank, pk = wish.before
        threads = threads.filter(Q(rank__lt=rank) | Q(rank=rank, pk__lt=pk), rank__lte=rank)
    return threads.order_by("-rank", "-pk").values(*FIELDS)[:size]


def _beneath_query(reader: Reader, wish: Wish):
    user = reader.stand_in()
    threads = wished(forum(any_course(), user), wish, user).filter(passage="")
    return threads.order_by("-rank", "-pk").values(*FIELDS)[:BENEATH]


def choices(course: Course, user) -> list[tuple]:
    """What one may filter by: id, group or lesson, its name, and its place. Staff see every group, a learner their
    own. One query."""
    return rows(_choices_query, Reader.of(user, course.pk), **values_of(user, course.pk))


def _choices_query(reader: Reader):
    groups = ReadingGroup.objects.filter(course=number("course"))
    if not (reader.is_administrator or reader.role in STAFF):
        groups = groups.filter(pk=number("group")) if reader.has_group else groups.none()
    lessons = Lesson.objects.published().filter(module__course=number("course"))
    lessons = lessons.exclude(module__state=Module.State.DRAFT)
    text = CharField()
    groups = groups.order_by().annotate(
        what=Value("group", text), called=F("name"), chapter=Value(0), place=Value(0), sorted_by=F("key")
    )
    lessons = lessons.order_by().annotate(
        what=Value("lesson", text),
        called=F("current_revision__title"),
        chapter=F("module__position"),
        place=F("position"),
        sorted_by=F("current_revision__title"),
    )
    columns = ("pk", "what", "called", "chapter", "place", "sorted_by")
    both = groups.values_list(*columns).union(lessons.values_list(*columns), all=True)
    return both.order_by("what", "chapter", "place", "sorted_by", "pk")


BENEATH = 5


def tags_of(threads: list[int]) -> dict[int, list[tuple[str, str]]]:
    """Thread id to its tags, name and slug, for a page of threads. One query."""
    tags = defaultdict(list)
    padded = (threads + [0] * A_PAGE)[:A_PAGE]
    asked = {f"id{n}": pk for n, pk in enumerate(padded)}
    for thread, name, slug in rows(_tags_query, A_PAGE, **asked) if threads else ():
        tags[thread].append((name, slug))
    return tags


def _tags_query(size: int):
    tags = ThreadTag.objects.filter(content_object__in=[number(f"id{n}") for n in range(size)])
    return tags.order_by("tag__key").values_list("content_object", "tag__name", "tag__slug")
