"""The annotations and replies that a lesson has, by ids that an import of the same ones gives them, too."""

from typing import NamedTuple
from uuid import UUID, uuid5

from django.db.models import Q

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.discussions.models import Post, Thread
from lessons.discussions.models.threads import readable_threads_q
from lessons.models import Lesson

NAMESPACE = UUID("6f0a1c7e-6f0e-4d0c-9f55-0f6c4b8f5b1d")


class ExistingItem(NamedTuple):
    """An annotation or reply that the lesson already has. `post` is None for an annotation; `is_open` if it accepts
    replies; `audience` and `group`, an id, are those of its thread."""

    thread: int | None
    post: int | None
    is_open: bool
    audience: str
    group: int | None


class ExistingItems(NamedTuple):
    """What the lesson has, by id: `readable` by the importer, and the ids of annotations which are not."""

    readable: dict[UUID, ExistingItem]
    others: set[UUID]


def existing_items(lesson: Lesson, by: User) -> ExistingItems:
    """Return the lesson's annotations and replies by id, including those imported here and moved since, except
    what the user may not read. Three queries."""
    thread_columns = ("thread", "thread__state", "thread__merged_into", "thread__audience", "thread__group")

    def item(post: int | None, thread: int | None, state: str, merged_into: int | None, *readers) -> ExistingItem:
        return ExistingItem(thread, post, state == Thread.State.SHOWN and merged_into is None, *readers)

    visible = Annotation.objects.visible_to(by).filter(lesson=lesson).order_by()
    items = {uid: item(None, *row) for uid, *row in visible.values_list("uid", *thread_columns)}
    others = set(lesson.annotations.order_by().values_list("uid", flat=True)) - set(items)
    was_imported = Q(origin__isnull=False, thread__course=lesson.module.course_id)
    posts = Post.objects.filter(
        was_imported | Q(thread__annotation__lesson=lesson), readable_threads_q(by, "thread__")
    )
    for pk, key, origin, *row in posts.order_by().values_list("pk", "idempotency_key", "origin", *thread_columns):
        items[reply_uid(pk)] = item(pk, *row)
        if origin:
            items[key] = items[reply_uid(pk)]
    return ExistingItems(items, others)


def imported_uid(lesson: Lesson, iri: str) -> UUID:
    return uuid5(NAMESPACE, f"{lesson.pk} {iri}")


def reply_uid(pk: int) -> UUID:
    return uuid5(NAMESPACE, f"post {pk}")
