"""Notes with their words and first replies, for the cards beside a text and the list of its notes."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, F, OuterRef, Q, TextField, Value, When
from django.db.models.functions import Substr

from lessons.annotations.margin.context import LessonContext
from lessons.annotations.margin.positions import IS_NEW, read_state, visible_annotations
from lessons.annotations.margin.rendering import CardRenderer
from lessons.annotations.models import DIVERGED, labels_for
from lessons.db.compiled_queries import fetch_dicts, int_param
from lessons.discussions.models import MeToo, Post, Thanks
from lessons.discussions.selectors.query_viewer import QueryViewer, viewer_params
from lessons.discussions.selectors.thread_list import tags_by_thread

MAX_CARDS = 50
FIRST_REPLIES = 3
FIELDS = (
    "pk uid label exact created_at author_id author__display_name audience group__name revision__number "
    "placements__state thread_id"
).split()
# Of the thread; its names are told without `thread__`.
THREAD = "by_staff kind state status me_too_count answer_id visible_post_count closed merged_into_id audience group__name".split()
POST = (
    "pk thread_id seq state html author_id author__display_name alias__name by_staff created_at edited_at thanks_count"
).split()


def render_cards(here: LessonContext, user, ids: list[int], group_sizes: dict[int, int] | None = None) -> list[str]:
    """The cards of these notes in this order, without those that the person may not read. `alike` tells of a mark
    without words how many stand for it, by its id. Four queries at most."""
    printer = CardRenderer(here, reader=user.pk, kinds={kind.key: kind for kind in labels_for(here.course)})
    ids = ids[:MAX_CARDS]
    notes = _notes(here, user, ids)
    threads = [note["thread"] for note in notes.values() if note["thread"]]
    posts, tags = _posts(here, user, threads), tags_by_thread(threads)
    group_sizes = group_sizes or {}
    shown = [
        notes[pk] | {"posts": posts[notes[pk]["thread"]], "alike": group_sizes.get(pk, 1)} for pk in ids if pk in notes
    ]
    return [printer.card(note, tags[note["thread"]] if note["thread"] else []) for note in shown]


def _notes(here: LessonContext, user, ids: list[int]) -> dict[int, dict]:
    """By id; those of a bare mark's thread are None. One query."""
    reader, course = QueryViewer.for_user(user, here.course.pk), here.course.pk
    values = viewer_params(user, course) | {"lesson": here.lesson.pk, "revision": here.revision} | _numbered(ids)
    notes = fetch_dicts(_notes_query, reader, **values) if ids else ()
    return {
        note["pk"]: _with_thread_columns(note) | {"is_new": note["is_new"] and not here.must_post_first}
        for note in notes
    }


def _with_thread_columns(note: dict) -> dict:
    """With the columns of its thread in place of its own, if it has one."""
    thread = {name: note[f"thread__{name}"] for name in THREAD} if note["thread_id"] else {}
    alias = note["thread__alias__name"]
    return note | thread | {"thread": note["thread_id"], "placed": note["placements__state"], "alias__name": alias}


def _numbered(ids: Iterable[int]) -> dict[str, int]:
    return {f"id{n}": pk for n, pk in enumerate((list(ids) + [0] * MAX_CARDS)[:MAX_CARDS])}


IDS = [int_param(f"id{n}") for n in range(MAX_CARDS)]


def _notes_query(reader: QueryViewer):
    user = reader.placeholder()
    notes = visible_annotations(user, int_param("lesson")).filter(
        pk__in=IDS, placements__revision=int_param("revision")
    )
    notes = notes.annotate(
        user_state=read_state(user),
        asked=Exists(MeToo.objects.filter(thread=OuterRef("thread"), user=user)),
        is_new=ExpressionWrapper(IS_NEW, BooleanField()),
        now=_current_text(),
    ).order_by()
    more = ("thread__alias__name", "asked", "is_new", "now")
    return notes.values(*FIELDS, *more, *(f"thread__{name}" for name in THREAD))


def _current_text() -> Case:
    """The words at which a note stands now that was changed or placed by hand, empty for others."""
    start, end = F("placements__start"), F("placements__end")
    words = Substr("placements__revision__text", start + 1, end - start)
    is_changed = Q(placements__state__in=DIVERGED)
    return Case(When(is_changed, then=words), default=Value(""), output_field=TextField())


def _posts(here: LessonContext, user, threads: list[int]) -> dict[int | None, list[dict]]:
    """The opening, the first replies and the answer of each thread, in their order. One query."""
    posts = defaultdict(list)
    if not threads:
        return posts
    values = {"user": user.pk, "last": 1 + FIRST_REPLIES} | _numbered(threads)
    for post in fetch_dicts(_posts_query, here.must_post_first, here.staff, **values):
        posts[post["thread_id"]].append(post)
    return posts


def _posts_query(is_sealed: bool, staff: bool):
    user = int_param("user")
    posts = Post.objects.filter(thread__in=IDS).filter(
        Q(seq__lte=int_param("last")) | Q(seq=None) | Q(pk=F("thread__answer"))
    )
    held = Q(state=Post.State.HELD) if staff else Q(state=Post.State.HELD, author=user)
    posts = posts.filter(Q(state=Post.State.SHOWN) | Q(seq=1) | held)
    if is_sealed:
        posts = posts.filter(Q(by_staff=True) | Q(author=user))
    thanked = Exists(Thanks.objects.filter(post=OuterRef("pk"), user=user))
    return posts.annotate(thanked=thanked).order_by("thread_id", "seq", "pk").values(*POST, "thanked")
