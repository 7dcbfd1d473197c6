"""Start threads, reply, edit posts."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from lessons.accounts.models import User
from lessons.courses.models import Course, ReadingGroup
from lessons.db.idempotency import created_once
from lessons.db.unsent_texts import forget_unsent_text
from lessons.discussions import indexed_posts
from lessons.discussions.identity import random_alias
from lessons.discussions.models import Alias, CommentPolicy, Follow, Post, PostVersion, Thread
from lessons.discussions.services import counters, notifications, post_images
from lessons.discussions.services.attached_images import AttachedImage, attach_images, with_stored_images
from lessons.discussions.services.comment_policy import keep_comment_policy
from lessons.discussions.services.errors import (
    ActionRefused,
    CommentsOff,
    CourseClosed,
    ReadersChanged,
    ThreadClosed,
    WouldRevealAuthor,
)
from lessons.discussions.services.posting_limits import check_rate_limit, is_new_account
from lessons.markup import plain_text, post_markdown
from lessons.markup.mentions import handle_spellings, marked_keys
from lessons.memo import memoized
from lessons.models import Lesson, Prompt
from lessons.permissions import can_announce, can_moderate, can_post_anonymously, can_reply, require
from lessons.tagging.models import without_blank


@dataclass(frozen=True)
class PreparedPost:
    """A post ready to save, rendered before any row is locked."""

    source: str
    html: str
    key: UUID
    images: tuple[AttachedImage, ...] = ()


def prepare_post(
    source: str, *, course: Course, key: UUID | None = None, images: Iterable[AttachedImage] = ()
) -> PreparedPost:
    """Clean and render a post. Raise InvalidText. One query if it has mentions."""
    key, images = key or uuid4(), tuple(images)
    source = "\n\n".join([source, *(image.markdown for image in images)])
    source, html = _clean_and_render(source.strip(), course, f"p{key.hex[:12]}")
    return PreparedPost(source, html, key, images)


def render_preview(source: str, course: Course) -> str:
    """Return the HTML that a post with this text would have in the course. Raise InvalidText. One query if it has
    mentions.
    """
    return _clean_and_render(source, course, "preview")[1]


@memoized
def _clean_and_render(source: str, course: Course, footnote_prefix: str) -> tuple[str, str]:
    """Return the cleaned source and its HTML, in which the members of the course who are mentioned are marked."""
    post = post_markdown.ParsedPost(source, footnote_prefix=footnote_prefix)
    return post.source, post.render(_handles_with_keys(post.mention_keys, course))


def _handles_with_keys(keys: set[str], course: Course) -> set[str]:
    """Return the handles of active members that have one of these keys. One query, none without keys."""
    if not keys:
        return set()
    spellings = set().union(*map(handle_spellings, keys))
    return set(course.memberships.active().filter(handle__in=spellings).values_list("handle", flat=True))


def _find_thread(*, by: User, prepared: PreparedPost, **_fields) -> Thread | None:
    return Thread.objects.filter(posts__author=by, posts__idempotency_key=prepared.key).first()


def _find_post(*, by: User, prepared: PreparedPost, **_fields) -> Post | None:
    return Post.objects.filter(author=by, idempotency_key=prepared.key).first()


@with_stored_images
@created_once(_find_thread)
def start_thread(
    *,
    by: User,
    course: Course,
    prepared: PreparedPost,
    kind: str = Thread.Kind.DISCUSSION,
    audience: str = Thread.Audience.COURSE,
    group: ReadingGroup | None = None,
    title: str = "",
    tags: Iterable[str] = (),
    lesson: Lesson | None = None,
    quote: str = "",
    lesson_anchor: str = "",
    prompt: Prompt | None = None,
    anonymous: bool = False,
    draft_key: str = "",
) -> Thread:
    """Start a thread with its opening post. With the same `prepared.key` again, return the first thread. Raise
    CourseClosed, RateLimited or CommentsOff.
    """
    existing = _find_thread(by=by, prepared=prepared)
    if existing:
        return existing
    if course.is_closed:
        raise CourseClosed
    if lesson:
        keep_comment_policy(lesson)
    by_staff = can_moderate(by, course)
    if audience == Thread.Audience.STAFF and not by_staff:
        kind = Thread.Kind.QUESTION  # The moderators' inbox lists questions only.
    if kind == Thread.Kind.ANNOUNCEMENT:
        require(can_announce(by, course))
    if lesson and not by_staff and audience != Thread.Audience.ME and comments_are_off(lesson):
        raise CommentsOff
    check_rate_limit(by, by_staff)
    thread = Thread.objects.create(
        course=course,
        lesson=lesson,
        group=group if audience == Thread.Audience.GROUP else None,
        audience=audience,
        kind=kind,
        title=plain_text.single_line(title),
        quote=quote,
        lesson_anchor=lesson_anchor,
        prompt=prompt,
        author=by,
        by_staff=by_staff,
        excerpt=plain_text.excerpt(prepared.html),
    )
    if tags:
        thread.tags.add(*without_blank(tags))
    post = _add_post(thread, by, prepared, by_staff=by_staff, anonymous=anonymous)
    if anonymous or post.seq is None:
        thread.alias, thread.state = post.alias, post.state
        thread.save(update_fields=["alias", "state"])
    subscribe_followers(thread, by)
    if kind == Thread.Kind.ANNOUNCEMENT:
        notifications.notify_announcement(post=post, thread=thread)
    if draft_key:
        forget_unsent_text(user_id=by.pk, draft_key=draft_key)
    return thread


@with_stored_images
@created_once(_find_post)
def reply(
    *,
    thread: Thread,
    by: User,
    prepared: PreparedPost,
    reply_to: Post | None = None,
    anonymous: bool = False,
    named: bool = False,
    expected_readers: tuple[str, int | None] | None = None,
    follow_up: bool = False,
    has_draft: bool = True,
) -> Post:
    """Post a reply to the thread, or to the one that it has been merged into. With the same `prepared.key` again,
    return the first post.

    `named` confirms a post under the name of somebody who has posted anonymously there; `expected_readers` are the
    audience and group of the thread as they saw it. `follow_up` reopens a resolved question; without `has_draft` no
    draft is deleted. Raise CourseClosed, ThreadClosed, ReadersChanged, WouldRevealAuthor or RateLimited.
    """
    thread = counters.lock_thread(thread)
    existing = _find_post(by=by, prepared=prepared)
    if existing:
        return existing
    if not can_reply(by, thread):
        raise _closed_error(thread)
    if expected_readers not in (None, (thread.audience, thread.group_id)):
        raise ReadersChanged
    if not anonymous and not named and has_alias(thread, by):
        raise WouldRevealAuthor
    by_staff = can_moderate(by, thread.course)
    check_rate_limit(by, by_staff)
    post = _add_post(thread, by, prepared, by_staff=by_staff, anonymous=anonymous, reply_to=reply_to)
    if follow_up and thread.kind == Thread.Kind.QUESTION:
        Thread.objects.filter(pk=thread.pk).update(status=Thread.Status.OPEN)
    elif by_staff and thread.status == Thread.Status.OPEN and thread.author_id:
        notifications.notify_asker(post=post, thread=thread)
    if has_draft:
        forget_unsent_text(user_id=by.pk, draft_key=f"thread-{thread.pk}")
    return post


def _closed_error(thread: Thread) -> ActionRefused:
    return CourseClosed() if thread.course.is_closed else ThreadClosed()


def comments_are_off(lesson: Lesson) -> bool:
    """Return whether only staff may start comments on the lesson. One query."""
    return CommentPolicy.objects.filter(lesson=lesson, policy=CommentPolicy.Rule.OFF).exists()


def _add_post(
    thread: Thread, by: User, prepared: PreparedPost, *, by_staff: bool, anonymous: bool, reply_to: Post | None = None
) -> Post:
    """Create the post; hold it without a number if it has links and its author's account is new."""
    if anonymous:
        require(can_post_anonymously(by, thread.course))
    is_held = not by_staff and post_markdown.has_links(prepared.html) and is_new_account(by)
    post = Post.objects.create(
        thread=thread,
        idempotency_key=prepared.key,
        seq=None if is_held else thread.last_seq + 1,
        state=Post.State.HELD if is_held else Post.State.SHOWN,
        author=by,
        alias=get_or_create_alias(thread, by) if anonymous else None,
        by_staff=by_staff,
        reply_to=reply_to,
        source=prepared.source,
        html=prepared.html,
    )
    attach_images(post, prepared.images)
    post_images.attach_shown_images(post)
    if not is_held:
        counters.apply_new_post(thread, post)
        notifications.notify_mentioned(post=post, thread=thread, keys=marked_keys(prepared.html))
    return post


@transaction.atomic
def edit_post(*, post: Post, by: User, prepared: PreparedPost) -> Post:
    """Change a post, keeping the old text as a version that its author and staff can see. Raise CourseClosed or
    ThreadClosed.
    """
    thread = counters.lock_thread(post.thread)
    post = Post.objects.select_for_update(of=["self"]).select_related("thread__course").get(pk=post.pk)
    if not can_reply(by, thread) or post.state != Post.State.SHOWN:
        raise _closed_error(thread)
    if post.source == prepared.source:
        return post
    PostVersion.objects.create(
        post=post, source=post.source, html=post.html, written_at=post.edited_at or post.created_at
    )
    mentioned_before = marked_keys(post.html)
    post.source, post.html, post.edited_at = prepared.source, prepared.html, timezone.now()
    post.save(update_fields=["source", "html", "edited_at"])
    post_images.attach_shown_images(post)
    if post.seq == 1:
        Thread.objects.filter(pk=thread.pk).update(excerpt=plain_text.excerpt(post.html))
    indexed_posts.index_posts([post.pk])
    notifications.notify_mentioned(post=post, thread=thread, keys=marked_keys(post.html) - mentioned_before)
    forget_unsent_text(user_id=by.pk, draft_key=f"post-{post.pk}")
    return post


@transaction.atomic
def widen_audience(*, thread: Thread, by: User, audience: str, group: ReadingGroup | None = None) -> Thread:
    """Show a private thread to the author's group or course, and notify those whom its posts mention. This cannot be
    reversed. Raise ReadersChanged if the thread is no longer private.
    """
    group = group if audience == Thread.Audience.GROUP else None
    thread = counters.lock_thread(thread)
    if thread.audience == audience and thread.group_id == (group and group.pk):
        return thread
    if thread.audience != Thread.Audience.ME:
        raise ReadersChanged
    thread.audience, thread.group = audience, group
    thread.save(update_fields=["audience", "group"])
    indexed_posts.index_threads([thread.pk])
    counters.record_participation(thread, by)
    subscribe_followers(thread, by)
    for post in thread.posts.filter(state=Post.State.SHOWN).order_by("seq"):
        notifications.notify_mentioned(post=post, thread=thread, keys=marked_keys(post.html))
        if post.seq == 1 and thread.kind == Thread.Kind.ANNOUNCEMENT:
            notifications.notify_announcement(post=post, thread=thread)
    return thread


def subscribe_followers(thread: Thread, by: User | None) -> None:
    """Make those who follow the course or lesson, and may read the new thread, follow it, unless it is private or
    held."""
    if thread.audience != Thread.Audience.ME and thread.state == Thread.State.SHOWN:
        follows = Follow.objects.filter(course=thread.course_id, lesson=None)
        if thread.lesson_id:
            follows |= Follow.objects.filter(lesson=thread.lesson_id)
        readers = notifications.audience_memberships(thread).values("user")
        follows = follows.filter(Q(user__in=readers) | Q(user__is_superuser=True)).exclude(user=by)
        notifications.add_followers(thread, follows.values_list("user", flat=True))


def has_alias(thread: Thread, user: User) -> bool:
    """Return whether the user has a pseudonym in the thread. One query."""
    return Alias.objects.filter(thread=thread, user=user).exists()


def get_or_create_alias(thread: Thread, user: User) -> Alias:
    """Return the user's pseudonym in the thread, created when it is first needed."""
    alias = Alias.objects.filter(thread=thread, user=user).first()
    if alias:
        return alias
    taken = set(Alias.objects.filter(thread=thread).values_list("name", flat=True))
    return Alias.objects.create(thread=thread, user=user, name=random_alias(taken))
