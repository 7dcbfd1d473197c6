"""Who may find a post, as tokens of its row in the search index: `post_scope` writes what `reader_tokens` asks for.

A row is found by those who hold one of its permission tokens, which begin with `x`. Together they say exactly what
`Post.objects.visible_to` says:

- `xa`: site administrators; `xs5`: the staff of course 5
- `xc5`, `xg7`: the members of course 5, or of group 7
- `xw9c5`, `xw9g7`: those of them who have posted in the post-first lesson 9
- `xu3c5`, `xu3g7`: user 3, while a member of that course or group; `xu3w9c5`: once they have posted in lesson 9
- `xu3`: user 3 as a site administrator; `xu3s5`: as staff of course 5

Filters are tokens, too: of course, module, lesson, tag, author, day and kind.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from lessons.courses.models.active_memberships import active_memberships
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.discussions.models import CommentPolicy, Thread
from lessons.indexing import tokens
from lessons.permissions import STAFF_ROLES, is_site_administrator

Audience = Thread.Audience
ADMINISTRATORS = "xa"


class ScopedPost(NamedTuple):
    """What decides who may read a shown post in a thread that was not merged into another, and how it is filtered.

    tags: ids of the thread's tags, none while they are hidden with its title.
    """

    course: int
    lesson: int | None
    module: int | None
    group: int | None
    audience: str
    is_thread_shown: bool
    is_post_first: bool
    thread_author: int | None
    is_thread_by_staff: bool
    author: int | None
    is_by_staff: bool
    is_anonymous: bool
    is_note: bool
    is_answer: bool
    created_at: datetime
    tags: tuple[int, ...] = ()


def post_scope(post: ScopedPost) -> frozenset[str]:
    """Return all tokens of the post's row."""
    return frozenset((*_permission_tokens(post), *_filter_tokens(post)))


def _permission_tokens(post: ScopedPost) -> Iterator[str]:
    place = f"g{post.group}" if post.audience == Audience.GROUP else f"c{post.course}"
    is_private = post.audience == Audience.ME
    if not is_private:
        yield ADMINISTRATORS
        yield f"xs{post.course}"
    is_addressed = post.is_thread_shown and post.audience in (Audience.COURSE, Audience.GROUP)
    is_open = not post.is_post_first or (post.is_thread_by_staff and post.is_by_staff)
    if is_addressed and is_open:
        yield f"x{place}"  # which whoever wrote it holds as well
        return
    if is_addressed:
        yield f"xw{post.lesson}{place}"
        if post.is_thread_by_staff and post.author:
            yield f"xu{post.author}{place}"
    if post.thread_author:
        yield from _tokens_of_thread_author(post, f"xu{post.thread_author}", place, is_addressed, is_private)


def _tokens_of_thread_author(
    post: ScopedPost, user: str, place: str, is_addressed: bool, is_private: bool
) -> Iterator[str]:
    """Yield the tokens for the author of the thread, who reads it in every state."""
    if is_private:
        yield user
    if not post.is_post_first or post.is_by_staff or post.author == post.thread_author:
        yield f"{user}{place}"
        return
    if not is_addressed:
        yield f"{user}w{post.lesson}{place}"
    if is_private:
        yield f"{user}s{post.course}"


def _filter_tokens(post: ScopedPost) -> Iterator[str]:
    yield tokens.NOTE_POST if post.is_note else tokens.TOPIC_POST
    yield tokens.course(post.course)
    if post.lesson and post.module:
        yield tokens.lesson(post.lesson)
        yield tokens.module(post.module)
    yield from map(tokens.tag, post.tags)
    if post.author:
        yield tokens.own(post.author)
        if not post.is_anonymous:
            yield tokens.written_by(post.author)
    yield tokens.day(post.created_at)
    if post.is_by_staff:
        yield tokens.BY_STAFF
    if post.is_answer:
        yield tokens.ANSWER


def reader_tokens(user, course_id: int | None = None) -> frozenset[str]:
    """Return the permission tokens that the user holds, in one course or in all. One query, if they are a learner
    anywhere, besides that of the memberships.
    """
    if not user.is_authenticated:
        return frozenset()
    if is_site_administrator(user):
        return frozenset((ADMINISTRATORS, f"xu{user.pk}"))
    return frozenset(_member_tokens(user, course_id))


def _member_tokens(user, course_id: int | None) -> Iterator[str]:
    own, places = f"xu{user.pk}", {}
    for course, membership in active_memberships(user).items():
        if course_id in (None, course):
            if membership.role in STAFF_ROLES:
                # Of what members find, `xs` has all but what staff wrote for themselves alone.
                yield f"xs{course}"
                yield f"{own}c{course}"
                yield f"{own}s{course}"
                continue
            group = membership.group_id
            places[course] = [f"c{course}", *([f"g{group}"] if group else [])]
            for place in places[course]:
                yield f"x{place}"
                yield f"{own}{place}"
    if places:
        for lesson, course in fetch_rows(_lessons_posted_in, user=user.pk):
            for place in places.get(course, ()):
                yield f"xw{lesson}{place}"
                yield f"{own}w{lesson}{place}"


def _lessons_posted_in():
    """Select the post-first lessons in which the user has posted, with their course."""
    policies = CommentPolicy.objects.filter(policy=CommentPolicy.Rule.POST_FIRST)
    posted_in = policies.filter(lesson__participations__user=int_param("user"))
    return posted_in.values_list("lesson", "lesson__module__course")


def tokens_of_readers(thread: Thread) -> frozenset[str]:
    """Return the tokens of the posts in shown threads for the same course or group as this one, for staff, who read
    all of them. None if the thread is not shown, or is for fewer. One query.
    """
    if thread.state != Thread.State.SHOWN or thread.audience not in (Audience.COURSE, Audience.GROUP):
        return frozenset()
    place = f"g{thread.group_id}" if thread.audience == Audience.GROUP else f"c{thread.course_id}"
    policies = CommentPolicy.objects.filter(policy=CommentPolicy.Rule.POST_FIRST)
    lessons = policies.filter(lesson__module__course=thread.course_id).values_list("lesson", flat=True)
    return frozenset((f"x{place}", *(f"xw{lesson}{place}" for lesson in lessons)))
