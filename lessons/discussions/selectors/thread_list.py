"""Lists of threads: what may stand in one, in what order, and the page after. Keyset, never OFFSET."""

from collections import defaultdict
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import BooleanField, Case, CharField, Exists, F, FilteredRelation, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce

from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.db.compiled_queries import fetch_rows, int_param, str_param
from lessons.db.ids import parse_id
from lessons.db.pagination import Keyset, Position
from lessons.discussions.models import Post, Thread, ThreadTag, ThreadUserState
from lessons.discussions.models.threads import must_post_first_lessons
from lessons.discussions.selectors.query_viewer import QueryViewer, course_placeholder, viewer_params
from lessons.models import Lesson, Module
from lessons.permissions import STAFF_ROLES

PAGE_SIZE = 50
MAX_COUNTED = 100
UNREAD_WINDOW = 500
FIELDS = (
    "pk kind title excerpt quote lesson_anchor pinned closed status state visible_post_count last_seq me_too_count last_post_at rank "
    "author_id author__display_name alias__name audience group_id group__name lesson_id lesson__state "
    "lesson__module__state lesson__current_revision__title last_read_seq sealed"
).split()
KEYSET = Keyset("-rank", "-pk")
TABS = ("all", "unread", "questions", "text", "mine")


@dataclass(frozen=True)
class ThreadFilter:
    """What a list is asked for, without what is not understood. `before` is rank and id of the last row."""

    tab: str = "all"
    kind: str = ""
    tag: str = ""
    lesson: int = 0
    group: int = 0
    author: str = ""
    unanswered: bool = False
    before: Position | None = None

    @classmethod
    def from_query(cls, query) -> "ThreadFilter":
        tab, kind = query.get("tab", ""), query.get("kind", "")
        return cls(
            tab=tab if tab in TABS else "all",
            kind=kind if kind in Thread.Kind.values else "",
            tag=query.get("tag", "")[:200].strip(),
            lesson=parse_id(query.get("lesson")),
            group=parse_id(query.get("group")),
            author=query.get("author", "")[:80].strip().removeprefix("@"),
            unanswered=bool(query.get("unanswered")),
            before=KEYSET.parse_cursor(query.get("before")),
        )

    def with_placeholders(self) -> "ThreadFilter":
        """The same wish with stand-ins for its values: what of it changes the SQL."""
        numbers = {"lesson": int_param("lesson"), "group": int_param("wished_group")}
        worded = {name: str_param(name) for name in ("kind", "tag", "author")}
        changes = {name: value for name, value in (numbers | worded).items() if getattr(self, name)}
        if self.before:
            changes["before"] = KEYSET.placeholders()
        return replace(self, **changes)

    @property
    def is_filtered(self) -> bool:
        return bool(self.kind or self.tag or self.lesson or self.group or self.author or self.unanswered)

    @property
    def reset_query(self) -> str:
        """The query of the same tab with nothing filtered."""
        return ThreadFilter(tab=self.tab).query_string()

    def query_string(self, **changes) -> str:
        """The query of this list with changes; the page is forgotten."""
        wanted = {name: getattr(self, name) for name in ("tab", "kind", "tag", "lesson", "group", "author")}
        wanted["unanswered"] = "1" if self.unanswered else ""
        wanted |= changes
        wanted["tab"] = "" if wanted["tab"] == "all" else wanted["tab"]
        return "?" + urlencode({name: value for name, value in wanted.items() if value})


def annotate_for(threads, user):
    """Threads with the reader's `mark` and whether classmates' words in them are `sealed` to them."""
    mine = FilteredRelation("user_states", condition=Q(user_states__user=user))
    sealed = Case(
        When(lesson__in=must_post_first_lessons(user), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    return threads.annotate(user_state=mine, sealed=sealed).annotate(
        last_read_seq=F("user_state__last_read_seq"),
        read_seq=Coalesce(F("user_state__last_read_seq"), 0),
        subscription_level=Coalesce(F("user_state__subscription_level"), 0),
    )


def forum_threads(course: Course, user):
    """The threads of a course's lists, not yet filtered."""
    threads = Thread.objects.filter(course=course).visible_to(user).not_merged()
    shown = Q(state=Thread.State.SHOWN) | Q(state=Thread.State.HELD, author=user)
    return annotate_for(threads.filter(shown), user)


def only_unread(threads):
    """Of threads with a mark, those with something new that the reader wants to hear of."""
    return threads.filter(
        last_seq__gt=F("read_seq"), subscription_level__gte=ThreadUserState.SubscriptionLevel.NONE, sealed=False
    )


def unread_thread_count(course: Course, user) -> int:
    """How many of the course's NEWEST threads have something unread, MOST_COUNTED at most. One query.

    Bounded, because it stands on every list: the list of unread threads itself knows no such bound.
    """
    return len(fetch_rows(_unread_ids, QueryViewer.for_user(user, course.pk), **viewer_params(user, course.pk)))


def _unread_ids(reader: QueryViewer):
    newest = Thread.objects.filter(course=course_placeholder()).order_by("-rank", "-pk").values("pk")[:UNREAD_WINDOW]
    ids = only_unread(forum_threads(course_placeholder(), reader.placeholder()).filter(pk__in=newest)).order_by()
    return ids.values_list("pk")[:MAX_COUNTED]


def apply_filter(threads, wish: ThreadFilter, user):
    """The list's filters on threads that already are the reader's."""
    if wish.tab == "unread":
        threads = only_unread(threads)
    elif wish.tab == "questions":
        threads = threads.filter(kind=Thread.Kind.QUESTION)
    elif wish.tab == "text":
        threads = threads.filter(lesson__isnull=False)
    elif wish.tab == "mine":
        threads = threads.filter(user_state__has_posted=True)
    if wish.kind:
        threads = threads.filter(kind=wish.kind)
    if wish.unanswered:
        threads = threads.filter(kind=Thread.Kind.QUESTION, status=Thread.Status.OPEN)
    if wish.tag:
        # By its address, or as it is written: a stand-in has the same key as itself.
        named = Q(tag__slug=wish.tag) | Q(tag__key=str_param("tag_key"))
        threads = threads.filter(Exists(ThreadTag.objects.filter(named, content_object=OuterRef("pk"))))
    if wish.lesson:
        threads = threads.filter(lesson=wish.lesson)
    if wish.group:
        threads = threads.filter(group=wish.group)
    return _with_posts_by(threads, wish.author) if wish.author else threads


def _with_posts_by(threads, words: str):
    """Where somebody has written under their name, of which `words` are a part, or of their handle: what they wrote
    anonymously is found by nobody."""
    # As an expression the words are no part of a pattern: the database makes one of them.
    words = Value(words)
    named = Q(user__display_name__icontains=words) | Q(handle__icontains=words)
    people = Membership.objects.filter(named, course=int_param("course")).values("user")
    written = Post.objects.filter(author__in=people, state=Post.State.SHOWN, alias=None)
    return threads.filter(pk__in=written.values("thread"), sealed=False)


def _page_query(reader: QueryViewer, wish: ThreadFilter, size: int):
    user = reader.placeholder()
    threads = apply_filter(forum_threads(course_placeholder(), user), wish, user)
    if wish.before:
        threads = threads.filter(KEYSET.after(wish.before))
    return threads.order_by(*KEYSET.order_by).values(*FIELDS)[:size]


def _beneath_query(reader: QueryViewer, wish: ThreadFilter):
    user = reader.placeholder()
    threads = apply_filter(forum_threads(course_placeholder(), user), wish, user).filter(lesson_anchor="")
    return threads.order_by(*KEYSET.order_by).values(*FIELDS)[:LESSON_THREADS]


def filter_options(course: Course, user) -> list[tuple]:
    """What one may filter by: id, group or lesson, its name, and its place. Staff see every group, a learner their
    own. One query."""
    return fetch_rows(_choices_query, QueryViewer.for_user(user, course.pk), **viewer_params(user, course.pk))


def _choices_query(reader: QueryViewer):
    groups = ReadingGroup.objects.filter(course=int_param("course"))
    if not (reader.is_administrator or reader.role in STAFF_ROLES):
        groups = groups.filter(pk=int_param("group")) if reader.has_group else groups.none()
    lessons = Lesson.objects.published().filter(module__course=int_param("course"))
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


LESSON_THREADS = 5


def tags_by_thread(threads: list[int]) -> dict[int, list[tuple[str, str]]]:
    """Thread id to its tags, name and slug, for a page of threads. One query."""
    tags = defaultdict(list)
    padded = (threads + [0] * PAGE_SIZE)[:PAGE_SIZE]
    asked = {f"id{n}": pk for n, pk in enumerate(padded)}
    for thread, name, slug in fetch_rows(_tags_query, PAGE_SIZE, **asked) if threads else ():
        tags[thread].append((name, slug))
    return tags


def _tags_query(size: int):
    tags = ThreadTag.objects.filter(content_object__in=[int_param(f"id{n}") for n in range(size)])
    return tags.order_by("tag__key").values_list("content_object", "tag__name", "tag__slug")
