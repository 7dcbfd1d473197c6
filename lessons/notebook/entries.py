"""One's notes in the order of reading: course, module, lesson, place in the text."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.annotations.models import DEFAULT_LABELS, Annotation, CourseLabel, Placement
from lessons.db.ids import parse_id
from lessons.db.pagination import Keyset, make_page
from lessons.discussions.models import Post, Thread, ThreadTag
from lessons.discussions.models.posts import opening_post_state, visible_reply_count
from lessons.discussions.rendering.posts import tombstone_text
from lessons.notebook.access import LESSON_FIELDS, course_fields, lesson_access
from lessons.notebook.filters import NotebookFilter

PAGE_SIZE = 50
BATCH_SIZE = 500
KEYSET = Keyset(
    *"lesson__module__course_id lesson__module__position lesson__module_id lesson__position lesson_id start pk".split()
)
COURSE = "lesson__module__course"
FIELDS = [
    *LESSON_FIELDS,
    *course_fields(COURSE),
    *"pk uid label exact created_at audience group__name thread_id thread__audience thread__group__name".split(),
    *"thread__visible_post_count revision__title lesson__current_revision__title placed opening".split(),
]


@dataclass(frozen=True)
class NotebookEntry:
    """A note of one's own. `words` is Markdown as written, `html` what is shown of it; both empty for a bare mark, and
    where a tombstone says why in `gone`. `is_open` says that its page may be read, `placed` what became of its words
    (`Placement.State`). `lesson_address` and `edit_address` are empty where one may not go there."""

    pk: int
    uid: UUID | str
    course: str
    lesson: str
    lesson_id: int
    lesson_address: str
    label: str
    audience: str
    quote: str
    text: str
    html: SafeString
    tombstone: str
    tags: list[tuple[str, str]]
    replies: int
    thread: int | None
    placement_state: str
    created_at: datetime
    is_accessible: bool
    edit_address: str
    is_lesson_comment = False

    @property
    def address(self) -> str:
        """Of its place in the text; empty where that may not be read any more."""
        return f"/notes/{self.pk}/" if self.is_accessible else ""

    @property
    def thread_address(self) -> str:
        return f"/threads/{self.thread}/" if self.is_accessible and self.thread else ""

    @property
    def is_gone(self) -> bool:
        return self.placement_state == Placement.State.REMOVED

    @property
    def is_changed(self) -> bool:
        return self.placement_state == Placement.State.CHANGED

    @property
    def is_placed(self) -> bool:
        return self.placement_state == Placement.State.MANUAL


def notebook_annotations(user: User, wish: NotebookFilter) -> QuerySet:
    """The notes of a notebook that are asked for, not yet in order."""
    return wish.apply(Annotation.objects.in_notebook_of(user).displayed())


def entries_page(
    user: User, wish: NotebookFilter, after: int, size: int = PAGE_SIZE
) -> tuple[list[NotebookEntry], int]:
    """The entries after the note `after`, 0 for the first; and after which the next page begins, 0 if there is none.
    Six queries at most, however many notes."""
    own = Annotation.objects.filter(author=user)
    notes = after_keyset(notebook_annotations(user, wish), own, KEYSET, after).order_by(*KEYSET.order_by)
    notes = notes.annotate(placed=_state(), opening=opening_post_state("thread"))
    rows = list(notes.values(*FIELDS)[: size + 1])
    page = make_page(rows, size, lambda row: row["pk"])
    return _entries(page.rows, user), parse_id(page.next_cursor)


def entry_batches(user: User, wish: NotebookFilter) -> Iterator[list[NotebookEntry]]:
    """All of them, A_BATCH at a time."""
    entries, after = entries_page(user, wish, 0, BATCH_SIZE)
    while entries:
        yield entries
        entries, after = entries_page(user, wish, after, BATCH_SIZE) if after else ([], 0)


def after_keyset(rows: QuerySet, own: QuerySet, keyset: Keyset, after: int) -> QuerySet:
    """Those of `rows` that come after the one of `own` with the key `after`, by keyset; its place is asked anew, so
    that moved lessons do not shift a page. One query."""
    place = own.filter(pk=after).values_list(*keyset.columns).first() if after else None
    return rows.filter(keyset.after(place)) if place else rows


def _state() -> Subquery:
    here = Placement.objects.filter(annotation=OuterRef("pk"), revision=OuterRef("lesson__current_revision"))
    return Subquery(here.values("state")[:1])


def _entries(rows: list[dict], user: User) -> list[NotebookEntry]:
    threads = [row["thread_id"] for row in rows if row["thread_id"]]
    words, tags = own_text(threads, user), tags_of(threads)
    names = label_names({row[f"{COURSE}_id"] for row in rows})
    return [_entry(row, words.get(row["thread_id"], ("", "")), tags[row["thread_id"]], names, user) for row in rows]


def _entry(row: dict, words: tuple[str, str], tags: list, names: dict, user: User) -> NotebookEntry:
    open_to = lesson_access(row, user, COURSE)
    course, label, thread = open_to.course, row["label"], row["thread_id"]
    title = row["lesson__current_revision__title"] if open_to.lesson else ""
    return NotebookEntry(
        pk=row["pk"],
        uid=row["uid"],
        course=course.title,
        lesson=title or row["revision__title"],
        lesson_id=row["lesson_id"],
        lesson_address=open_to.lesson,
        label=names.get((course.pk, label)) or names.get((None, label)) or label,
        audience=audience_text(row["thread__audience"], row["thread__group__name"])
        if thread
        else audience_text(row["audience"], row["group__name"]),
        quote=row["exact"],
        text=words[0],
        html=mark_safe(words[1]),
        tombstone=tombstone_for(row["opening"]),
        tags=tags,
        replies=visible_reply_count(row["thread__visible_post_count"], row["opening"]),
        thread=thread,
        placement_state=row["placed"] or "",
        created_at=row["created_at"],
        is_accessible=open_to.notes,
        edit_address=reverse("annotations:edit", args=[row["pk"]]) if open_to.may_write else "",
    )


def tombstone_for(opening: str | None) -> str:
    """What stands in the place of the words, given the state of the post that has them."""
    return "" if opening in (None, Post.State.SHOWN) else tombstone_text(opening)


def audience_text(audience: str, group: str | None) -> str:
    """Who reads it, in words."""
    if audience == Thread.Audience.GROUP:
        return group or ""
    if audience == Thread.Audience.ME:
        return _("Only you")
    return str(Thread.Audience(audience).label)


def own_text(threads: list[int], user: User) -> dict[int, tuple[str, str]]:
    """What the person wrote to the passage, source and HTML, by thread. One query."""
    first = Post.objects.filter(Q(seq=1) | Q(seq=None), thread__in=threads, author=user)
    first = first.filter(state__in=(Post.State.SHOWN, Post.State.HELD))
    # A reply that waits for staff has no number either: the first one is the note's own.
    last_first = first.order_by(F("seq").desc(nulls_first=True), "-pk")
    return {thread: (source, html) for thread, source, html in last_first.values_list("thread", "source", "html")}


def tags_of(threads: list[int]) -> dict[int | None, list[tuple[str, str]]]:
    """Names and slugs by thread. One query."""
    tags = defaultdict(list)
    found = ThreadTag.objects.filter(content_object__in=threads).order_by("tag__key")
    for thread, name, slug in found.values_list("content_object", "tag__name", "tag__slug"):
        tags[thread].append((name, slug))
    return tags


def label_names(courses: set[int]) -> dict[tuple[int | None, str], str]:
    """What labels are called, by course and key; those that every course begins with under None. One query."""
    own = CourseLabel.objects.filter(course__in=courses).values_list("course", "key", "name")
    return {(None, kind.key): str(kind.name) for kind in DEFAULT_LABELS} | {
        (course, key): name for course, key, name in own
    }
