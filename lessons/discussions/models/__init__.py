"""What conversations are made of."""

from lessons.discussions.models.notifications import Notification, Preference
from lessons.discussions.models.posts import Post, PostImage, PostVersion, Question, Report, Thanks
from lessons.discussions.models.read_state import Draft, Follow, ReadMark
from lessons.discussions.models.threads import Alias, Participation, TalkRule, Thread, ThreadName, ThreadTag

__all__ = [
    "Alias",
    "Draft",
    "Follow",
    "Notification",
    "Participation",
    "Post",
    "PostImage",
    "PostVersion",
    "Preference",
    "Question",
    "ReadMark",
    "Report",
    "TalkRule",
    "Thanks",
    "Thread",
    "ThreadName",
    "ThreadTag",
]
