"""Who is told of what. Whether they may read it is asked again when it is shown or mailed."""

from django.db.models import F, Q

from lessons.accounts.models import User
from lessons.courses.models import Membership
from lessons.discussions.models import Notification, Post, Thread, ThreadUserState
from lessons.permissions import STAFF_ROLES

Kind = Notification.Kind
MAX_SUGGESTIONS = 9  # one more than is shown, to tell whether there are more


def audience_memberships(thread: Thread):
    """Active seats of the course whose people the audience reaches."""
    seats = Membership.objects.active().filter(course=thread.course_id)
    reached = {
        Thread.Audience.COURSE: Q(),
        Thread.Audience.GROUP: Q(role__in=STAFF_ROLES) | Q(group=thread.group_id),
        Thread.Audience.STAFF: Q(role__in=STAFF_ROLES) | Q(user=thread.author_id),
        Thread.Audience.ME: Q(user=thread.author_id),
    }
    return seats.filter(reached[thread.audience])


def mentionable_members(thread: Thread, reader: User, beginning: str) -> list[dict]:
    """Handle and name of those, the reader aside, whom a mention in the thread would be told to, by name; no more than
    MOST_OFFERED. A word of their name begins like `beginning`. One query.

    Whoever wrote in the thread stands no higher, and an anonymous asker of the staff is left out: the list would name
    them. Who has still to write first is in it, or it would tell who has written.
    """
    seats = audience_memberships(thread).filter(user__is_active=True).exclude(user=reader)
    if thread.alias_id and thread.audience == Thread.Audience.STAFF:
        seats = seats.exclude(user=thread.author_id)
    if beginning:
        low = beginning.lower()
        by_handle = Q(handle__startswith=low) | Q(handle__contains=f"-{low}")
        by_name = Q(user__display_name__istartswith=beginning) | Q(user__display_name__icontains=f" {beginning}")
        seats = seats.filter(by_handle | by_name)
    found = seats.order_by("user__display_name", "pk").values("handle", name=F("user__display_name"))
    return list(found[:MAX_SUGGESTIONS])


def notify_mentioned(*, post: Post, thread: Thread, handles) -> None:
    """Tells those mentioned who may read it and do not mute the thread."""
    if handles:
        muted = ThreadUserState.objects.filter(
            thread=thread, subscription_level=ThreadUserState.SubscriptionLevel.MUTED
        ).values("user")
        seats = (
            audience_memberships(thread)
            .filter(handle__in=handles)
            .exclude(user=post.author_id)
            .exclude(user__in=muted)
        )
        _create_notifications(Kind.MENTION, post, thread, seats.values_list("user", flat=True))


def notify_announcement(*, post: Post, thread: Thread) -> None:
    """An announcement is told to everybody who may read it."""
    seats = audience_memberships(thread).exclude(user=post.author_id)
    _create_notifications(Kind.ANNOUNCEMENT, post, thread, seats.values_list("user", flat=True))


def notify_asker(*, post: Post, thread: Thread) -> None:
    """Tells the asker that staff have written, or that a post was marked as the answer."""
    if thread.kind == Thread.Kind.QUESTION and thread.author_id not in (None, post.author_id):
        _create_notifications(Kind.ANSWER, post, thread, [thread.author_id])


def notify_warning(*, post: Post, thread: Thread, message: str) -> None:
    if post.author_id:
        _create_notifications(Kind.MODERATION, post, thread, [post.author_id], message)


def _create_notifications(kind: str, post: Post, thread: Thread, people, message: str = "") -> None:
    Notification.objects.bulk_create(
        [Notification(user_id=pk, course_id=thread.course_id, post=post, kind=kind, message=message) for pk in people],
        batch_size=1000,
    )


def add_followers(thread: Thread, people) -> None:
    """They follow the thread from now on, unless they have a mark of their own already."""
    marks = [
        ThreadUserState(user_id=pk, thread=thread, subscription_level=ThreadUserState.SubscriptionLevel.FOLLOWED)
        for pk in people
    ]
    ThreadUserState.objects.bulk_create(marks, ignore_conflicts=True, batch_size=1000)


def copy_followers(thread: Thread, into: Thread) -> list[int]:
    """Who follows the one and has no mark in the other follows that too; returns their ids."""
    there = ThreadUserState.objects.filter(thread=into).values("user")
    marks = ThreadUserState.objects.filter(
        thread=thread, subscription_level=ThreadUserState.SubscriptionLevel.FOLLOWED
    ).exclude(user__in=there)
    people = list(marks.order_by("user").values_list("user", flat=True))
    add_followers(into, people)
    return people


def remove_followers(*, thread: int, people) -> None:
    """They follow the thread no longer, unless they have written in it; what they read there stays read."""
    marks = ThreadUserState.objects.filter(thread=thread, user__in=people, has_posted=False)
    marks.filter(subscription_level=ThreadUserState.SubscriptionLevel.FOLLOWED).update(
        subscription_level=ThreadUserState.SubscriptionLevel.NONE
    )
