"""Whether and how learners may comment on a lesson."""

from django.db import connection, transaction

from lessons.accounts.models import User
from lessons.courses.services import record
from lessons.discussions import indexed_posts
from lessons.discussions.models import CommentPolicy, Thread
from lessons.models import Lesson


def comment_policy_of(lesson: Lesson) -> str:
    """Return the policy of a lesson. One query."""
    policies = CommentPolicy.objects.filter(lesson=lesson.pk).values_list("policy", flat=True)
    return policies.first() or CommentPolicy.Rule.OPEN


@transaction.atomic
def set_comment_policy(*, lesson: Lesson, policy: str, by: User) -> None:
    """Set the policy of a lesson, which the caller has locked, unless it is that already."""
    before = comment_policy_of(lesson)
    if policy == before:
        return
    changes_readers = CommentPolicy.Rule.POST_FIRST in (before, policy)
    if changes_readers:
        _wait_for_posts(lesson)
    CommentPolicy.objects.update_or_create(lesson_id=lesson.pk, defaults={"policy": policy})
    if changes_readers:
        indexed_posts.rescope_lesson(lesson.pk)
    record(by=by, verb=f"set comment policy {policy}", course=lesson.module.course, target=lesson)


def _wait_for_posts(lesson: Lesson) -> None:
    """Wait for replies about the lesson that are being written, and let later ones wait."""
    threads = Thread.objects.select_for_update(no_key=True).filter(lesson=lesson.pk).order_by("pk")
    list(threads.values_list("pk"))


def keep_comment_policy(lesson: Lesson) -> None:
    """Keep the policy of a lesson to which a thread is added as it is until the end of the transaction, or wait for
    whoever changes it: they could not see the new thread. One query on PostgreSQL; SQLite has one writer at a time.
    """
    if connection.features.has_select_for_update:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {Lesson._meta.db_table} WHERE id = %s FOR SHARE", [lesson.pk])  # noqa: S608
