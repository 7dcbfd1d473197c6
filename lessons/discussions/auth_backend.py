"""Load the signed-in user together with their number of unread notifications, which every page shows."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Exists, F, OuterRef, Q

from lessons.accounts.models import User
from lessons.courses.models import Membership
from lessons.db.compiled_queries import fetch_dicts, int_param
from lessons.db.row_count import RowCount
from lessons.discussions.models import (
    CommentPolicy,
    DueReminder,
    Notification,
    Participation,
    Post,
    RewriteNotice,
    Thread,
    ThreadUserState,
)
from lessons.discussions.models.posts import has_posts_after
from lessons.permissions import STAFF_ROLES

COUNTED = ("unread", "unseen", "due", "rewritten")
MAX_COUNTED = 100
"""Up to which each is counted: every page shows the sum, but only up to 99."""
USER_FIELDS = [field.attname for field in User._meta.concrete_fields]


class UnreadCountBackend(AuthenticationBackend):
    """allauth's backend, but session users have `unread_count`: see `user_with_unread_count`."""

    def get_user(self, user_id):
        user = user_with_unread_count(user_id)
        return user if user and self.user_can_authenticate(user) else None


def user_with_unread_count(pk: int) -> User | None:
    """Return the user with `unread_count`: followed threads with unread posts, unseen notifications, reminders, and
    notices of rewritten passages.

    A stored counter would need a write per follower for every reply, and would be wrong when somebody changes groups.
    This counts what `activity.unread_followed_threads`, `activity.notifications`, `due_reminders.due_lessons` and
    `rewritten_passages` list, each up to MAX_COUNTED, using four partial indexes. One query.
    """
    rows = fetch_dicts(_user_query, user=pk)
    if not rows:
        return None
    user = User.from_db("default", USER_FIELDS, [rows[0][name] for name in USER_FIELDS])
    user.unread_count = sum(rows[0][name] for name in COUNTED)
    return user


def _user_query():
    reminders, rewritten = (news.objects.current().filter(seen_at=None) for news in (DueReminder, RewriteNotice))
    counted = dict(zip(COUNTED, (_unread_threads(), _unseen_notifications(), reminders, rewritten), strict=True))
    users = User.objects.filter(pk=int_param("user"))
    users = users.annotate(**{name: _count(rows) for name, rows in counted.items()})
    return users.values(*USER_FIELDS, *counted)


def _count(rows):
    return RowCount(rows.filter(user=int_param("user")).order_by().values("pk")[:MAX_COUNTED])


def _unread_threads():
    states = ThreadUserState.objects.filter(
        has_posts_after("thread", "last_read_seq"), subscription_level=ThreadUserState.SubscriptionLevel.FOLLOWED
    )
    states = states.filter(thread__state=Thread.State.SHOWN, thread__merged_into=None)
    return states.filter(_audience_includes("thread"), ~_must_post_first("thread"))


def _unseen_notifications():
    # As in `Post.objects.visible_to`: on a post-first lesson, both post and thread must be by staff or one's own.
    exempt_post = Q(post__by_staff=True) | Q(post__author=F("user"))
    exempt = exempt_post & (Q(post__thread__by_staff=True) | Q(post__thread__author=F("user")))
    is_shown = Q(post__state=Post.State.SHOWN, post__thread__merged_into=None) & _audience_includes("post__thread")
    is_own = Q(kind=Notification.Kind.MODERATION, post__author=F("user"))
    is_outcome = Q(kind=Notification.Kind.REPORT) & (Exists(_memberships("post__thread")) | Q(user__is_superuser=True))
    is_readable = is_own | is_outcome | is_shown & (~_must_post_first("post__thread") | exempt)
    return Notification.objects.filter(is_readable, seen_at=None)


def _memberships(thread: str):
    return Membership.objects.active().filter(user=int_param("user"), course=OuterRef(f"{thread}__course"))


def _moderates(thread: str):
    return Exists(_memberships(thread).filter(role__in=STAFF_ROLES)) | Q(user__is_superuser=True)


def _audience_includes(thread: str):
    """Return the condition of `Thread.objects.visible_to` for the `user` of the row."""
    audience, memberships = f"{thread}__audience", _memberships(thread)
    is_for_group, is_private = Q(**{audience: Thread.Audience.GROUP}), Q(**{audience: Thread.Audience.ME})
    is_own, is_shown = Q(**{f"{thread}__author": F("user")}), Q(**{f"{thread}__state": Thread.State.SHOWN})
    is_administrator = Q(user__is_superuser=True)
    return (
        (is_shown & Q(**{audience: Thread.Audience.COURSE}) | is_own & ~is_for_group) & Exists(memberships)
        | (is_shown | is_own) & is_for_group & Exists(memberships.filter(group=OuterRef(f"{thread}__group")))
        | is_own & is_administrator
        | ~is_private & _moderates(thread)
    )


def _must_post_first(thread: str):
    """Return the condition of `must_post_first_lessons` for the `user` of the row."""
    lesson = OuterRef(f"{thread}__lesson")
    policies = CommentPolicy.objects.filter(lesson=lesson, policy=CommentPolicy.Rule.POST_FIRST)
    posted = Participation.objects.filter(lesson=lesson, user=int_param("user"))
    return Exists(policies) & ~Exists(posted) & ~_moderates(thread)
