"""Erase users from discussions: their posts are attributed to a “former member” or become tombstones. `privacy` calls
this in its transaction. Post numbers, counters and replies stay correct.
"""

from django.core.files.storage import Storage
from django.db.models import Count, Manager, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from lessons.courses.models import Course
from lessons.discussions import indexed_posts
from lessons.discussions.models import (
    Alias,
    DueReminder,
    Follow,
    MeToo,
    Notification,
    NotificationPreference,
    Participation,
    Post,
    PostImage,
    PostVersion,
    Report,
    RewriteNotice,
    Thanks,
    Thread,
    ThreadTitleHistory,
    ThreadUserState,
)
from lessons.discussions.personal_data.erase_index import ErasedFromIndex
from lessons.discussions.personal_data.redact import PreparedRedaction, redact_names
from lessons.discussions.services import counters

File = tuple[Storage, str]
BATCH_SIZE = 500


def erase(prepared: PreparedRedaction, *, delete_posts: bool = False) -> list[File]:
    """Erase users from the discussions of one course, or of all; with `delete_posts` their posts become tombstones.
    Return the files to delete once the transaction is committed.
    """
    users, course = prepared.redactor.user_ids, prepared.course
    threads, posts = _in_course(Thread.objects, "course", course), _in_course(Post.objects, "thread__course", course)
    _lock_threads(threads, users)
    index = ErasedFromIndex.of(threads, posts, users)
    deleted = posts.filter(Q(state=Post.State.HELD) | Q(thread__audience=Thread.Audience.ME), author__in=users)
    if delete_posts:
        deleted = posts.filter(author__in=users)
    files = _delete_images(PostImage.objects.filter(Q(post__in=deleted) | Q(uploader__in=users)))
    _delete_private_threads(threads, posts, users)
    PostVersion.objects.filter(post__in=posts.filter(author__in=users)).delete()
    ThreadTitleHistory.objects.filter(thread__author__in=users, thread__in=threads).delete()
    if delete_posts:
        _delete_posts(threads, posts, users)
    _erase_reports_about(posts, users)
    index.add(redact_names(prepared))
    _erase_states(users, course)
    _erase_reactions(users, course)
    _anonymise(threads, posts, users)
    index.update()
    return files


def _in_course(manager: Manager, path: str, course: Course | None) -> QuerySet:
    """Return the rows of one course, found by the lookup `path`, or all."""
    return manager.filter(**{path: course}) if course else manager.all()


def _lock_threads(threads: QuerySet, users: list[int]) -> None:
    """Lock every thread whose texts or counters will change, in order of id, as merging does."""
    involved = (
        Post.objects.filter(author__in=users),
        Post.objects.filter(thanks__user__in=users),
        MeToo.objects.filter(user__in=users),
    )
    changed = Q(author__in=users)
    for rows in involved:
        changed |= Q(pk__in=rows.order_by().values("thread"))
    list(threads.select_for_update().filter(changed).order_by("pk").values_list("pk"))


def _delete_images(images: QuerySet) -> list[File]:
    files = [(image.file.storage, image.file.name) for image in images]
    images.delete()
    return files


def _delete_private_threads(threads: QuerySet, posts: QuerySet, users: list[int]) -> None:
    """Delete private threads and held posts."""
    private = threads.filter(audience=Thread.Audience.ME, author__in=users)
    indexed_posts.remove_threads(private.values_list("pk", flat=True))
    private.delete()
    for post in posts.filter(author__in=users, state=Post.State.HELD).select_related("thread"):
        counters.discard_held_post(post.thread, post)
    threads.filter(author__in=users, last_seq=0, posts=None).delete()


def _delete_posts(threads: QuerySet, posts: QuerySet, users: list[int]) -> None:
    """Replace posts by tombstones, and remove the titles of the users' threads and the reasons of their reports."""
    for thread in threads.filter(posts__in=posts.filter(author__in=users)).distinct().order_by("pk"):
        own_posts = thread.posts.filter(author__in=users).exclude(state=Post.State.MOVED)
        for post in own_posts.filter(state__in=(Post.State.SHOWN, Post.State.HIDDEN)):
            counters.set_post_state(thread, post, Post.State.DELETED)
        Report.objects.filter(post__in=own_posts, resolved_at=None).update(resolved_at=timezone.now())
        own_posts.update(source="", html="", open_report_count=0)
    threads.filter(author__in=users).update(title="", hidden_title="")
    Report.objects.filter(reporter__in=users).update(reason="–")


def _erase_reports_about(posts: QuerySet, users: list[int]) -> None:
    """Remove what others wrote about the users' posts when they reported them."""
    Report.objects.filter(post__in=posts.filter(author__in=users)).update(reason="–")


def _erase_states(users: list[int], course: Course | None) -> None:
    """Delete the users' read states, follows, notifications and reminders."""
    for model, path in (
        (ThreadUserState, "thread__course"),
        (Follow, "course"),
        (Notification, "course"),
        (Participation, "lesson__module__course"),
        (DueReminder, "lesson__module__course"),
        (RewriteNotice, "lesson__module__course"),
    ):
        _in_course(model.objects, path, course).filter(user__in=users).delete()
    if course is None:
        NotificationPreference.objects.filter(user__in=users).delete()


def _erase_reactions(users: list[int], course: Course | None) -> None:
    """Delete the users' thanks and “me too” votes, and update the counters."""
    thanks = _in_course(Thanks.objects, "post__thread__course", course).filter(user__in=users)
    thanked = sorted(set(thanks.values_list("post", flat=True)))
    thanks.delete()
    _recount(Post.objects, thanked, thanks_count=_count_of(Thanks.objects.filter(post=OuterRef("pk")), "post"))
    me_toos = _in_course(MeToo.objects, "thread__course", course).filter(user__in=users)
    voted = sorted(set(me_toos.values_list("thread", flat=True)))
    me_toos.delete()
    _recount(Thread.objects, voted, me_too_count=_count_of(MeToo.objects.filter(thread=OuterRef("pk")), "thread"))


def _count_of(rows: QuerySet, path: str) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values(path).annotate(n=Count("pk")).values("n")), 0)


def _recount(manager: Manager, ids: list[int], **counters: Coalesce) -> None:
    for start in range(0, len(ids), BATCH_SIZE):
        manager.filter(pk__in=ids[start : start + BATCH_SIZE]).update(**counters)


def _anonymise(threads: QuerySet, posts: QuerySet, users: list[int]) -> None:
    """Unlink posts, pseudonyms and reports from the users, so that nobody can tell which are by the same user."""
    posts.filter(author__in=users).update(author=None)
    threads.filter(author__in=users).update(author=None)
    threads.filter(endorsed_by__in=users).update(endorsed_by=None)
    Alias.objects.filter(thread__in=threads, user__in=users).update(user=None)
    Report.objects.filter(post__in=posts, reporter__in=users).update(reporter=None)


def participant_ids(course: Course) -> set[int]:
    """Return the ids of those who posted or read in the course."""
    authors = Post.objects.filter(thread__course=course).exclude(author=None).order_by()
    readers = ThreadUserState.objects.filter(thread__course=course).order_by()
    return set(authors.values_list("author", flat=True)) | set(readers.values_list("user", flat=True))
