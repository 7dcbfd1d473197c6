"""What people wrote becomes a former member's, or goes. Runs in the transaction of `privacy`, which calls it.

Numbers, counters and replies stay as `counting` keeps them.
"""

from django.core.files.storage import Storage
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from lessons.courses.models import Course
from lessons.courses.redaction import PersonNames
from lessons.discussions.models import (
    Alias,
    Draft,
    Follow,
    MeToo,
    Notification,
    NotificationPreference,
    Participation,
    Post,
    PostImage,
    PostVersion,
    Report,
    Thanks,
    Thread,
    ThreadTitleHistory,
    ThreadUserState,
)
from lessons.discussions.personal_data.redact import redact_names
from lessons.discussions.services import counters
from lessons.discussions.services.drafts import course_id_of_draft

File = tuple[Storage, str]


def erase(names: list[PersonNames], course: Course | None = None, *, delete_posts: bool = False) -> list[File]:
    """Takes these people out of the conversations of one course, or of all; `delete_posts` leaves tombstones of what they
    said. Returns the files to delete once the transaction stands."""
    people = [one.user_id for one in names]
    threads, posts = _here(Thread.objects, "course", course), _here(Post.objects, "thread__course", course)
    _lock(threads, people)
    gone = posts.filter(Q(state=Post.State.HELD) | Q(thread__audience=Thread.Audience.ME), author__in=people)
    if delete_posts:
        gone = posts.filter(author__in=people)
    files = _without_images(PostImage.objects.filter(post__in=gone))
    _delete_private_threads(threads, posts, people)
    PostVersion.objects.filter(post__in=posts.filter(author__in=people)).delete()
    ThreadTitleHistory.objects.filter(
        Q(thread__author__in=people) | Q(title__contains="@"), thread__in=threads
    ).delete()
    if delete_posts:
        _delete_posts(threads, posts, people)
    redact_names(names, course)
    _erase_states(people, course)
    _erase_reactions(people, course)
    _anonymise(threads, posts, people)
    return files


def _here(manager, path: str, course: Course | None) -> QuerySet:
    return manager.filter(**{path: course}) if course else manager.all()


def _lock(threads: QuerySet, people: list[int]) -> None:
    """Every thread whose words or counters will change, in order of id, as merging does."""
    theirs = (
        Post.objects.filter(author__in=people),
        Post.objects.filter(thanks__user__in=people),
        MeToo.objects.filter(user__in=people),
    )
    changed = Q(author__in=people)
    for rows in theirs:
        changed |= Q(pk__in=rows.order_by().values("thread"))
    list(threads.select_for_update().filter(changed).order_by("pk").values_list("pk"))


def _without_images(images: QuerySet) -> list[File]:
    files = [(image.file.storage, image.file.name) for image in images]
    images.delete()
    return files


def _delete_private_threads(threads: QuerySet, posts: QuerySet, people: list[int]) -> None:
    """What was for oneself alone, and what still waited for staff."""
    threads.filter(audience=Thread.Audience.ME, author__in=people).delete()
    posts.filter(author__in=people, state=Post.State.HELD).delete()
    threads.filter(author__in=people, last_seq=0, posts=None).delete()


def _delete_posts(threads: QuerySet, posts: QuerySet, people: list[int]) -> None:
    """A tombstone where each post stood, and no title to what they started."""
    for thread in threads.filter(posts__in=posts.filter(author__in=people)).distinct().order_by("pk"):
        said = thread.posts.filter(author__in=people).exclude(state=Post.State.MOVED)
        for post in said.filter(state__in=(Post.State.SHOWN, Post.State.HIDDEN)):
            counters.set_post_state(thread, post, Post.State.DELETED)
        Report.objects.filter(post__in=said, resolved_at=None).update(resolved_at=timezone.now())
        said.update(source="", html="", open_report_count=0)
    threads.filter(author__in=people).update(title="")
    Report.objects.filter(reporter__in=people).update(reason="–")


def _erase_states(people: list[int], course: Course | None) -> None:
    """How far they read, what they follow, what they were told, what they had half written."""
    for model, path in (
        (ThreadUserState, "thread__course"),
        (Follow, "course"),
        (Notification, "course"),
        (Participation, "lesson__module__course"),
    ):
        _here(model.objects, path, course).filter(user__in=people).delete()
    if course is None:
        Draft.objects.filter(user__in=people).delete()
        NotificationPreference.objects.filter(user__in=people).delete()
        return
    drafts = Draft.objects.filter(user__in=people).values_list("pk", "draft_key")
    Draft.objects.filter(pk__in=[pk for pk, key in drafts if course_id_of_draft(key) == course.pk]).delete()


def _erase_reactions(people: list[int], course: Course | None) -> None:
    """Thanks and “I ask this too” go, and the counters say how many are left."""
    for model, path, counter in ((Thanks, "post", "thanks_count"), (MeToo, "thread", "me_too_count")):
        whole = "post__thread__course" if path == "post" else "thread__course"
        acts = _here(model.objects, whole, course).filter(user__in=people)
        counted = sorted(set(acts.values_list(path, flat=True)))
        acts.delete()
        left = model.objects.filter(**{path: OuterRef("pk")}).order_by().values(path)
        left = Coalesce(Subquery(left.annotate(n=Count("pk")).values("n")), 0)
        owner = model._meta.get_field(path).related_model
        for start in range(0, len(counted), 500):
            owner.objects.filter(pk__in=counted[start : start + 500]).update(**{counter: left})


def _anonymise(threads: QuerySet, posts: QuerySet, people: list[int]) -> None:
    """Nothing leads from a post, a pseudonym or a report to anybody; posts of one person are no longer told from
    those of another."""
    posts.filter(author__in=people).update(author=None)
    threads.filter(author__in=people).update(author=None)
    threads.filter(endorsed_by__in=people).update(endorsed_by=None)
    Alias.objects.filter(thread__in=threads, user__in=people).update(user=None)
    Report.objects.filter(post__in=posts, reporter__in=people).update(reporter=None)


def participant_ids(course: Course) -> set[int]:
    """Ids of those who wrote or read in the course."""
    writers = Post.objects.filter(thread__course=course).exclude(author=None).order_by()
    readers = ThreadUserState.objects.filter(thread__course=course).order_by()
    return set(writers.values_list("author", flat=True)) | set(readers.values_list("user", flat=True))
