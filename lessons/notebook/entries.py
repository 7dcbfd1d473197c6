"""A user's annotations in reading order: course, module, lesson, position in the text."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.safestring import SafeString, mark_safe

from lessons.accounts.models import User
from lessons.annotations.models import DEFAULT_LABELS, Annotation, CourseLabel, Placement
from lessons.courses.models.active_memberships import active_memberships
from lessons.db.compiled_queries import fetch_dicts, fetch_rows, int_param, int_params, padded
from lessons.db.ids import parse_id
from lessons.db.pagination import Keyset, make_page
from lessons.discussions.models import Post, Thread, ThreadTag
from lessons.discussions.models.posts import opening_post_state, visible_reply_count
from lessons.discussions.rendering.posts import tombstone_text
from lessons.markup.row_templates import url
from lessons.markup.translations import gettext as _
from lessons.notebook.access import LESSON_FIELDS, PageAccess, course_fields, placeholder_user, user_params
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
    *"pk uid label exact created_at audience group__name thread_id thread__quote thread__audience".split(),
    *"thread__group_id thread__group__name".split(),
    *"thread__visible_post_count revision__title lesson__current_revision__title placement_state opening".split(),
]


@dataclass(frozen=True)
class NotebookEntry:
    """One of the user's annotations. `text` is its comment in Markdown, `html` the same rendered; both are empty for a
    highlight, and for a removed comment, where `tombstone` says why. `is_accessible` says whether its page can be
    read, `placement_state` is that of its passage (`Placement.State`). `lesson_url` and `edit_url` are empty where
    the user may not go."""

    pk: int
    uid: UUID | str
    course: str
    lesson: str
    lesson_id: int
    lesson_url: str
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
    edit_url: str
    is_lesson_comment = False

    @property
    def url(self) -> str:
        """Return the URL of its position in the text; an empty string where that may no longer be read."""
        return url("annotations:annotation", self.pk) if self.is_accessible else ""

    @property
    def thread_url(self) -> str:
        return url("discussions:thread", self.thread) if self.is_accessible and self.thread else ""

    @property
    def is_orphaned(self) -> bool:
        return self.placement_state == Placement.State.REMOVED

    @property
    def is_changed(self) -> bool:
        return self.placement_state == Placement.State.CHANGED

    @property
    def is_placed_manually(self) -> bool:
        return self.placement_state == Placement.State.MANUAL


class OwnText(NamedTuple):
    """What somebody wrote, as Markdown and as HTML."""

    source: str
    html: str


NO_TEXT = OwnText("", "")


def notebook_annotations(user: User, filters: NotebookFilter) -> QuerySet:
    """Return the matching annotations of a notebook, not ordered yet."""
    return filters.apply(Annotation.objects.in_notebook_of(user).displayed())


def entries_page(
    user: User, filters: NotebookFilter, after: int, size: int = PAGE_SIZE
) -> tuple[list[NotebookEntry], int]:
    """Return the entries after the annotation `after`, 0 for the first page, and the one after which the next page
    begins, 0 if there is none. Six queries at most."""
    if after or filters.is_filtered:
        own = Annotation.objects.filter(author=user)
        annotations = after_keyset(notebook_annotations(user, filters), own, KEYSET, after)
        rows = list(_in_order(annotations)[: size + 1])
    else:
        rows = fetch_dicts(_first_page_query, len(active_memberships(user)), size, **user_params(user))
    page = make_page(rows, size, lambda row: row["pk"])
    return _entries(page.rows, user), parse_id(page.next_cursor)


def _first_page_query(course_count: int, size: int) -> QuerySet:
    return _in_order(notebook_annotations(placeholder_user(course_count), NotebookFilter()))[: size + 1]


def _in_order(annotations: QuerySet) -> QuerySet:
    annotations = annotations.annotate(placement_state=_placement_state(), opening=opening_post_state("thread"))
    return annotations.order_by(*KEYSET.order_by).values(*FIELDS)


def entry_batches(user: User, filters: NotebookFilter) -> Iterator[list[NotebookEntry]]:
    """Yield all matching entries, BATCH_SIZE at a time."""
    entries, after = entries_page(user, filters, 0, BATCH_SIZE)
    while entries:
        yield entries
        entries, after = entries_page(user, filters, after, BATCH_SIZE) if after else ([], 0)


def after_keyset(rows: QuerySet, own: QuerySet, keyset: Keyset, after: int) -> QuerySet:
    """Return those of `rows` that come after the one of `own` with the id `after`. Its position is looked up again, so
    that moved lessons do not shift a page. One query."""
    position = own.filter(pk=after).values_list(*keyset.columns).first() if after else None
    return rows.filter(keyset.after(position)) if position else rows


def _placement_state() -> Subquery:
    current = Placement.objects.filter(annotation=OuterRef("pk"), revision=OuterRef("lesson__current_revision"))
    return Subquery(current.values("state")[:1])


def _entries(rows: list[dict], user: User) -> list[NotebookEntry]:
    threads = [row["thread_id"] for row in rows if row["thread_id"]]
    texts, tags = own_text(threads, user), tags_of(threads)
    names = label_names({row[f"{COURSE}_id"] for row in rows})
    page = PageAccess(user, course=COURSE, thread="thread__")
    return [_entry(row, texts.get(row["thread_id"], NO_TEXT), tags[row["thread_id"]], names, page) for row in rows]


def _entry(row: dict, text: OwnText, tags: list, names: dict, page: PageAccess) -> NotebookEntry:
    access = page.to_lesson(row)
    course, label, thread = access.course, row["label"], row["thread_id"]
    title = row["lesson__current_revision__title"] if access.lesson_url else ""
    can_read_thread = not thread or page.can_read_own_thread(row)
    return NotebookEntry(
        pk=row["pk"],
        uid=row["uid"],
        course=course.title,
        lesson=title or row["revision__title"],
        lesson_id=row["lesson_id"],
        lesson_url=access.lesson_url,
        label=names.get((course.pk, label)) or names.get((None, label)) or label,
        audience=audience_text(row["thread__audience"], row["thread__group__name"])
        if thread
        else audience_text(row["audience"], row["group__name"]),
        quote=row["thread__quote"] or row["exact"],
        text=text.source,
        html=mark_safe(text.html),
        tombstone=tombstone_for(row["opening"]),
        tags=tags,
        replies=visible_reply_count(row["thread__visible_post_count"], row["opening"]) if can_read_thread else 0,
        thread=thread,
        placement_state=row["placement_state"] or "",
        created_at=row["created_at"],
        is_accessible=access.can_read_notes and can_read_thread,
        edit_url=url("annotations:edit", row["pk"]) if access.can_write and can_read_thread else "",
    )


def tombstone_for(opening: str | None) -> str:
    """Return what is shown instead of the text, given the state of its post."""
    return "" if opening in (None, Post.State.SHOWN) else tombstone_text(opening)


def audience_text(audience: str, group: str | None) -> str:
    """Return who can read it."""
    if audience == Thread.Audience.GROUP:
        return group or ""
    if audience == Thread.Audience.ME:
        return _("Only you")
    return str(Thread.Audience(audience).label)


def own_text(threads: list[int], user: User) -> dict[int, OwnText]:
    """Return what the user wrote on the passage, by thread. One query, none without threads."""
    rows = fetch_rows(_own_text_query, _padded(threads), user=user.pk, **_thread_params(threads)) if threads else []
    return {thread: OwnText(source, html) for thread, source, html in rows}


def _own_text_query(size: int) -> QuerySet:
    posts = Post.objects.filter(Q(seq=1) | Q(seq=None), thread__in=_thread_placeholders(size))
    posts = posts.filter(state__in=(Post.State.SHOWN, Post.State.HELD), author=int_param("user"))
    # A held reply has no number either: the first post, which comes last here, is the note's own.
    return posts.order_by(F("seq").desc(nulls_first=True), "-pk").values_list("thread", "source", "html")


def tags_of(threads: list[int]) -> dict[int | None, list[tuple[str, str]]]:
    """Return names and slugs of tags by thread, but for those hidden with the first post. One query, none without
    threads."""
    tags = defaultdict(list)
    rows = fetch_rows(_tags_query, _padded(threads), **_thread_params(threads)) if threads else []
    for thread, name, slug in rows:
        tags[thread].append((name, slug))
    return tags


def _tags_query(size: int) -> QuerySet:
    rows = ThreadTag.objects.shown().filter(content_object__in=_thread_placeholders(size)).order_by("tag__key")
    return rows.values_list("content_object", "tag__name", "tag__slug")


def _padded(threads: list[int]) -> int:
    """Return how many placeholders a compiled query has for the threads: those of a page, or of a batch."""
    return PAGE_SIZE if len(threads) <= PAGE_SIZE else BATCH_SIZE


def _thread_placeholders(size: int) -> list[int]:
    return [int_param(f"thread{n}") for n in range(size)]


def _thread_params(threads: list[int]) -> dict[str, int]:
    """Return the values of the placeholders; those that are left over have the id of no thread."""
    filled = [*threads, *[0] * (_padded(threads) - len(threads))]
    return {f"thread{n}": thread for n, thread in enumerate(filled)}


def label_names(courses: set[int]) -> dict[tuple[int | None, str], str]:
    """Return the names of labels by course and key; those of every course are under None. One query, none without
    courses.
    """
    names: dict[tuple[int | None, str], str] = {(None, label.key): str(label.name) for label in DEFAULT_LABELS}
    if not courses:
        return names
    places = padded("course", courses, 0)
    return names | {(course, key): name for course, key, name in fetch_rows(_labels_query, len(places), **places)}


def _labels_query(places: int) -> QuerySet:
    labels = CourseLabel.objects.filter(course__in=int_params("course", places))
    return labels.values_list("course", "key", "name")
