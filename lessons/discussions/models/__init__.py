"""Models of discussions."""

from lessons.discussions.models.notifications import DueReminder, Notification, NotificationPreference, RewriteNotice
from lessons.discussions.models.posts import MeToo, Post, PostImage, PostVersion, Report, Thanks
from lessons.discussions.models.read_state import Follow, ThreadUserState
from lessons.discussions.models.threads import (
    Alias,
    CommentPolicy,
    Participation,
    Thread,
    ThreadTag,
    ThreadTitleHistory,
)

__all__ = [
    "Alias",
    "DueReminder",
    "Follow",
    "Notification",
    "Participation",
    "Post",
    "PostImage",
    "PostVersion",
    "NotificationPreference",
    "MeToo",
    "ThreadUserState",
    "Report",
    "RewriteNotice",
    "CommentPolicy",
    "Thanks",
    "Thread",
    "ThreadTitleHistory",
    "ThreadTag",
]
