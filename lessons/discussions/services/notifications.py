"""Notify users, and make them follow threads. What they may read is checked when it is shown or mailed."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from lessons.accounts.models import User
from lessons.courses.models import Membership
from lessons.discussions.models import Notification, Post, Report, RewriteNotice, Thread, ThreadUserState
from lessons.indexing.folded import folded_line, starts_word
from lessons.markup.mentions import handle_spellings
from lessons.permissions import STAFF_ROLES

Kind = Notification.Kind
MAX_SUGGESTIONS = 9  # One more than is shown, to tell whether there are more.


def audience_memberships(thread: Thread):
    """Return the active memberships of those who may read the thread."""
    memberships = Membership.objects.active().filter(course=thread.course_id)
    conditions: dict[str, Q] = {
        Thread.Audience.COURSE: Q(),
        Thread.Audience.GROUP: Q(role__in=STAFF_ROLES) | Q(group=thread.group_id),
        Thread.Audience.STAFF: Q(role__in=STAFF_ROLES) | Q(user=thread.author_id),
        Thread.Audience.ME: Q(user=thread.author_id),
    }
    return memberships.filter(conditions[thread.audience])


class MentionableMember(NamedTuple):
    handle: str
    name: str


def mentionable_members(thread: Thread, reader: User, prefix: str) -> list[MentionableMember]:
    """Return up to MAX_SUGGESTIONS other members whom a mention in the thread would notify, sorted by name. A word of
    their name or handle begins with `prefix`, whatever its case and accents. One query.

    The list must not reveal who has posted: authors are not ranked higher, the anonymous author of a question to
    staff is left out, and those who must still post first are included.
    """
    memberships = audience_memberships(thread).filter(user__is_active=True).exclude(user=reader)
    if thread.alias_id and thread.audience == Thread.Audience.STAFF:
        memberships = memberships.exclude(user=thread.author_id)
    if word := folded_line(prefix):
        memberships = memberships.filter(starts_word("user__folded_name", word) | starts_word("folded_handle", word))
    rows = memberships.order_by("user__folded_name", "pk").values_list("handle", "user__display_name")
    return list(map(MentionableMember._make, rows[:MAX_SUGGESTIONS]))


def notify_mentioned(*, post: Post, thread: Thread, keys: set[str]) -> None:
    """Notify the users whom a rendered post highlights, given by the keys of their handles, unless they may not read
    the thread, have muted it, or have been notified of the post.
    """
    if keys:
        muted = ThreadUserState.objects.filter(
            thread=thread, subscription_level=ThreadUserState.SubscriptionLevel.MUTED
        ).values("user")
        notified = Notification.objects.filter(post=post, kind=Kind.MENTION).values("user")
        memberships = (
            audience_memberships(thread)
            .filter(handle__in=set().union(*map(handle_spellings, keys)))
            .exclude(user=post.author_id)
            .exclude(user__in=muted)
            .exclude(user__in=notified)
        )
        _create_notifications(Kind.MENTION, post, thread, memberships.values_list("user", flat=True))


def notify_announcement(*, post: Post, thread: Thread) -> None:
    """Notify everybody who may read an announcement."""
    memberships = audience_memberships(thread).exclude(user=post.author_id)
    _create_notifications(Kind.ANNOUNCEMENT, post, thread, memberships.values_list("user", flat=True))


def notify_asker(*, post: Post, thread: Thread) -> None:
    """Notify the author of a question that staff have replied, or that a post was marked as the answer: of each post
    once, even if a reply by staff is marked, too.
    """
    if thread.kind != Thread.Kind.QUESTION or thread.author_id in (None, post.author_id):
        return
    if not Notification.objects.filter(post=post, user=thread.author_id, kind=Kind.ANSWER).exists():
        _create_notifications(Kind.ANSWER, post, thread, [thread.author_id])


def notify_warning(*, post: Post, thread: Thread, message: str) -> int | None:
    """Send the author of a post, unless erased, a message from staff; return its id."""
    if not post.author_id:
        return None
    return _create_notifications(Kind.MODERATION, post, thread, [post.author_id], message)[0].pk


def notify_reporters(*, post: Post, thread: Thread, reports: list[int], outcome: str, by: User) -> list[int]:
    """Tell those who reported a post, by the ids of their reports, what became of it; return the notifications' ids.
    No query without reports.
    """
    if not reports:
        return []
    reporters = Report.objects.filter(pk__in=reports, reporter__isnull=False).exclude(reporter=by).order_by("pk")
    users = reporters.values_list("reporter", flat=True)
    return [one.pk for one in _create_notifications(Kind.REPORT, post, thread, users, outcome)]


def withdraw(pks: Iterable[int]) -> None:
    """Delete notifications of a decision that has been undone, unless their recipients have seen them or been sent
    them by e-mail.
    """
    decided = Notification.objects.filter(kind__in=[Kind.MODERATION, Kind.REPORT])
    decided.filter(pk__in=list(pks), seen_at=None, mailed_at=None).delete()


def withdraw_news(post: Post) -> None:
    """Delete what was to tell that a post is published, unless its recipients have seen it or been sent it by
    e-mail.
    """
    unread = Notification.objects.filter(post=post, seen_at=None, mailed_at=None)
    unread.exclude(kind__in=[Kind.MODERATION, Kind.REPORT]).delete()


def notify_rewritten(notices: Iterable[RewriteNotice]) -> None:
    """Tell people that passages they have asked about were rewritten; who was told of one before is told again."""
    RewriteNotice.objects.bulk_create(
        list(notices),
        batch_size=500,
        update_conflicts=True,
        unique_fields=["note"],
        update_fields=["revision", "thread", "quote", "is_removed", "created_at", "seen_at", "mailed_at"],
    )


def withdraw_rewritten(note: UUID) -> None:
    """Delete what tells that the passage of a note was rewritten."""
    RewriteNotice.objects.filter(note=note).delete()


def mark_rewritten_seen(*, reader: User, **note: UUID) -> None:
    """Record that the user has seen that a passage was rewritten, that of `note` if one is given, else all of them."""
    RewriteNotice.objects.filter(user=reader, seen_at=None, **note).update(seen_at=timezone.now())


def _create_notifications(kind: str, post: Post, thread: Thread, users, message: str = "") -> list[Notification]:
    return Notification.objects.bulk_create(
        [Notification(user_id=pk, course_id=thread.course_id, post=post, kind=kind, message=message) for pk in users],
        batch_size=1000,
    )


def add_followers(thread: Thread, users: Iterable[int]) -> None:
    """Make users, given by id, follow the thread, unless they already have a state in it."""
    states = [
        ThreadUserState(user_id=pk, thread=thread, subscription_level=ThreadUserState.SubscriptionLevel.FOLLOWED)
        for pk in users
    ]
    ThreadUserState.objects.bulk_create(states, ignore_conflicts=True, batch_size=1000)


def copy_followers(thread: Thread, into: Thread) -> list[int]:
    """Make the followers of a thread follow `into` too, if they have no state in it; return their ids."""
    present = ThreadUserState.objects.filter(thread=into).values("user")
    states = ThreadUserState.objects.filter(
        thread=thread, subscription_level=ThreadUserState.SubscriptionLevel.FOLLOWED
    ).exclude(user__in=present)
    users = list(states.order_by("user").values_list("user", flat=True))
    add_followers(into, users)
    return users


def remove_followers(*, thread: int, users: Iterable[int]) -> None:
    """Make users, given by id, stop following the thread, unless they have posted in it."""
    states = ThreadUserState.objects.filter(thread=thread, user__in=users, has_posted=False)
    states.filter(subscription_level=ThreadUserState.SubscriptionLevel.FOLLOWED).update(
        subscription_level=ThreadUserState.SubscriptionLevel.NONE
    )
