"""Starting a thread, replying, editing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from lessons.accounts.models import User
from lessons.courses.models import Course, ReadingGroup
from lessons.db.compiled_queries import number, rows
from lessons.discussions.identity import drawn_alias
from lessons.discussions.models import Alias, Draft, Follow, Post, PostImage, PostVersion, TalkRule, Thread
from lessons.discussions.services import counters, notifications
from lessons.discussions.services.errors import CourseClosed, Refused, TalkIsOff, ThreadClosed, TooFast
from lessons.images import encoded
from lessons.markup import plain_text, post_markdown
from lessons.models import Lesson, Prompt
from lessons.permissions import can_moderate, can_post


class Picture(NamedTuple):
    uid: UUID
    alt: str
    data: bytes

    def file(self) -> ContentFile:
        return ContentFile(self.data, name=f"{self.uid}.webp")


def read_picture(upload, alt: str) -> Picture:
    """The upload as WebP. Raises lessons.pictures.UnusableImage."""
    return Picture(uuid4(), _one_line(alt), encoded(upload, upload.size).data)


def _one_line(alt: str) -> str:
    """As it stands in `![…](…)`: no brackets that end it early."""
    return " ".join(alt.replace("[", "(").replace("]", ")").replace("\\", "").split())[:300]


NEW_FOR = timedelta(days=1)
KNOWN_AFTER = 3
MOST_REMEMBERED = 120
PACE = ((timedelta(minutes=1), 3, 10), (timedelta(hours=1), 20, 120))


@dataclass(frozen=True)
class Written:
    """Words ready to be stored: rendering is done before any row is locked."""

    source: str
    html: str
    handles: frozenset[str]
    key: UUID
    pictures: tuple[Picture, ...] = ()


def written(source: str, *, course: Course, key: UUID | None = None, pictures: Iterable[Picture] = ()) -> Written:
    """Raises UnreadableText. One query where somebody may be mentioned."""
    key, pictures = key or uuid4(), tuple(pictures)
    source = "\n\n".join([source, *(f"![{p.alt}](/posts/images/{p.uid}/)" for p in pictures)])
    source = post_markdown.check(source.strip())
    handles = post_markdown.handles_in(source)
    if handles:
        members = course.memberships.active().filter(handle__in=handles)
        handles = set(members.values_list("handle", flat=True))
    html = post_markdown.post_html(source, notes=f"p{key.hex[:12]}", handles=handles)
    return Written(source, html, frozenset(handles), key, pictures)


@transaction.atomic
def start_thread(
    *,
    by: User,
    course: Course,
    words: Written,
    kind: str = Thread.Kind.DISCUSSION,
    audience: str = Thread.Audience.COURSE,
    group: ReadingGroup | None = None,
    title: str = "",
    tags: Iterable[str] = (),
    lesson: Lesson | None = None,
    quote: str = "",
    passage: str = "",
    prompt: Prompt | None = None,
    anonymous: bool = False,
    place: str = "",
) -> Thread:
    """A thread with its opening post. The same `words.key` twice gives the first thread. Raises CourseClosed,
    TooFast, TalkIsOff."""
    again = Thread.objects.filter(posts__author=by, posts__key=words.key).first()
    if again:
        return again
    if course.is_closed:
        raise CourseClosed
    staff = can_moderate(by, course)
    if audience == Thread.Audience.STAFF and not staff:
        kind = Thread.Kind.QUESTION  # or nobody is asked: the inbox of staff lists questions
    if lesson and not staff and audience != Thread.Audience.ME and talk_is_off(lesson):
        raise TalkIsOff
    check_pace(by, staff)
    thread = Thread.objects.create(
        course=course,
        lesson=lesson,
        group=group if audience == Thread.Audience.GROUP else None,
        audience=audience,
        kind=kind,
        title=plain_text.one_line(title),
        quote=quote,
        passage=passage,
        prompt=prompt,
        author=by,
        by_staff=staff,
        opening=plain_text.first_words(words.html),
    )
    if tags:
        thread.tags.add(*tags)
    post = _add(thread, by, words, staff=staff, anonymous=anonymous)
    if anonymous or post.seq is None:
        thread.alias, thread.state = post.alias, post.state
        thread.save(update_fields=["alias", "state"])
    tell_followers(thread, by)
    if kind == Thread.Kind.ANNOUNCEMENT:
        notifications.announce(post=post, thread=thread)
    Draft.objects.filter(user=by, place=place).delete()
    return thread


@transaction.atomic
def reply(
    *,
    thread: Thread,
    by: User,
    words: Written,
    reply_to: Post | None = None,
    anonymous: bool = False,
    follow_up: bool = False,
    kept: bool = True,
) -> Post:
    """The next post of the thread, or of that into which it was merged meanwhile. The same key twice gives the first.

    `follow_up` opens a settled question again; `kept` says that a draft may be there to delete. Raises CourseClosed,
    ThreadClosed, TooFast.
    """
    thread = counters.locked(thread)
    again = Post.objects.filter(author=by, key=words.key).first()
    if again:
        return again
    if not can_post(by, thread):
        raise _closed(thread)
    staff = can_moderate(by, thread.course)
    check_pace(by, staff)
    post = _add(thread, by, words, staff=staff, anonymous=anonymous, reply_to=reply_to)
    if follow_up and thread.kind == Thread.Kind.QUESTION:
        Thread.objects.filter(pk=thread.pk).update(status=Thread.Status.OPEN)
    elif staff and thread.status == Thread.Status.OPEN and thread.author_id:
        notifications.answered(post=post, thread=thread)
    if kept:
        Draft.objects.filter(user=by, place=f"thread-{thread.pk}").delete()
    return post


def _closed(thread: Thread) -> Refused:
    return CourseClosed() if thread.course.is_closed else ThreadClosed()


def talk_is_off(lesson: Lesson) -> bool:
    return TalkRule.objects.filter(lesson=lesson, rule=TalkRule.Rule.OFF).exists()


def _add(thread: Thread, by: User, words: Written, *, staff: bool, anonymous: bool, reply_to: Post | None = None):
    """The row, held without a number if a newcomer's words carry links."""
    held = not staff and post_markdown.has_links(words.html) and is_new(by)
    post = Post.objects.create(
        thread=thread,
        key=words.key,
        seq=None if held else thread.head_seq + 1,
        state=Post.State.HELD if held else Post.State.SHOWN,
        author=by,
        alias=alias_of(thread, by) if anonymous else None,
        by_staff=staff,
        reply_to=reply_to,
        source=words.source,
        html=words.html,
    )
    for picture in words.pictures:
        PostImage.objects.create(post=post, uid=picture.uid, alt=picture.alt, file=picture.file())
    if not held:
        counters.counted_in(thread, post)
        notifications.mention(post=post, thread=thread, handles=words.handles)
    return post


@transaction.atomic
def edit(*, post: Post, by: User, words: Written) -> Post:
    """New words; the old ones stay as a version that staff and the author see. Raises
    CourseClosed, ThreadClosed."""
    thread = counters.locked(post.thread)
    post = Post.objects.select_for_update(of=["self"]).select_related("thread__course").get(pk=post.pk)
    if not can_post(by, thread) or post.state != Post.State.SHOWN:
        raise _closed(thread)
    if post.source == words.source:
        return post
    PostVersion.objects.create(
        post=post, source=post.source, html=post.html, written_at=post.edited_at or post.created_at
    )
    before = post_markdown.handles_in(post.source)
    post.source, post.html, post.edited_at = words.source, words.html, timezone.now()
    post.save(update_fields=["source", "html", "edited_at"])
    if post.seq == 1:
        Thread.objects.filter(pk=thread.pk).update(opening=plain_text.first_words(post.html))
    notifications.mention(post=post, thread=thread, handles=words.handles - before)
    Draft.objects.filter(user=by, place=f"post-{post.pk}").delete()
    return post


@transaction.atomic
def open_up(*, thread: Thread, by: User, audience: str, group: ReadingGroup | None = None) -> Thread:
    """Shows what was for oneself alone to one's group or course; there is no way back."""
    thread = counters.locked(thread)
    thread.audience, thread.group = audience, group if audience == Thread.Audience.GROUP else None
    thread.save(update_fields=["audience", "group"])
    counters.take_part(thread, by)
    tell_followers(thread, by)
    return thread


def tell_followers(thread: Thread, by: User | None) -> None:
    """Who follows the course or the lesson follows the new thread. What nobody else reads is told to nobody."""
    if thread.audience != Thread.Audience.ME and thread.state == Thread.State.SHOWN:
        follows = Follow.objects.filter(course=thread.course_id, lesson=None)
        if thread.lesson_id:
            follows |= Follow.objects.filter(lesson=thread.lesson_id)
        notifications.follow_for(thread, follows.exclude(user=by).values_list("user", flat=True))


def alias_of(thread: Thread, user: User) -> Alias:
    """The person's pseudonym in the thread, drawn when first needed."""
    alias = Alias.objects.filter(thread=thread, user=user).first()
    if alias:
        return alias
    taken = set(Alias.objects.filter(thread=thread).values_list("name", flat=True))
    return Alias.objects.create(thread=thread, user=user, name=drawn_alias(taken))


def is_new(user: User) -> bool:
    """An account of the last day with fewer than KNOWN_AFTER posts on show. At most one query."""
    if timezone.now() - user.date_joined > NEW_FOR:
        return False
    return Post.objects.filter(author=user, state=Post.State.SHOWN).count() < KNOWN_AFTER


def check_pace(user: User, staff: bool) -> None:
    """Raises TooFast. Looks at rows, not a cache: exact over all processes, and no write more. One query."""
    if staff:
        return
    now = timezone.now()
    new = now - user.date_joined < NEW_FOR
    moments = [moment for (moment,) in rows(_last_posts, MOST_REMEMBERED, user=user.pk)]
    for span, new_most, most in PACE:
        allowed = new_most if new else most
        if len(moments) >= allowed and now - moments[allowed - 1] < span:
            raise TooFast


def _last_posts(most: int):
    moments = Post.objects.filter(author=number("user")).order_by("-created_at").values_list("created_at")
    return moments[:most]
