"""What one person keeps about conversations: how far read, what followed, what half written."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.discussions.models.threads import Thread
from lessons.models import Lesson


class ThreadUserState(models.Model):
    """One row a person and thread. Unread is `thread.last_seq - last_read_seq`, tombstones included.

    `mailed_seq` is how far mail has told of the thread, `has_posted` whether the person has written in it.
    """

    class SubscriptionLevel(models.IntegerChoices):
        MUTED = -1
        NONE = 0
        FOLLOWED = 1

    user = models.ForeignKey(User, models.CASCADE, related_name="thread_states")
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="user_states")
    last_read_seq = models.PositiveIntegerField(default=0)
    mailed_seq = models.PositiveIntegerField(default=0)
    subscription_level = models.SmallIntegerField(choices=SubscriptionLevel, default=SubscriptionLevel.NONE)
    has_posted = models.BooleanField(default=False)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "thread"], name="unique_state_per_user_and_thread")]
        indexes = [
            models.Index(fields=["user"], condition=Q(subscription_level=1), name="followed_threads_by_user"),
            models.Index(fields=["thread"], condition=Q(subscription_level=1), name="followers_by_thread"),
        ]

    def __str__(self):
        return f"{self.user} read {self.thread_id} to {self.last_read_seq}"

    @classmethod
    def with_unmailed_posts(cls):
        """Marks of followed threads with posts that their owner has neither read nor been mailed."""
        followed = cls.objects.filter(subscription_level=cls.SubscriptionLevel.FOLLOWED)
        return followed.filter(thread__last_seq__gt=Greatest(F("last_read_seq"), F("mailed_seq")))


class Follow(models.Model):
    """Somebody follows a course or one lesson of it: new threads there are followed for them."""

    user = models.ForeignKey(User, models.CASCADE, related_name="follows")
    course = models.ForeignKey(Course, models.CASCADE, related_name="+")
    lesson = models.ForeignKey(Lesson, models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "lesson"], name="unique_lesson_follow"),
            models.UniqueConstraint(fields=["user", "course"], condition=Q(lesson=None), name="unique_course_follow"),
        ]

    def __str__(self):
        return f"{self.user}: {self.lesson or self.course}"


class Draft(models.Model):
    """Words not yet sent. `place` names the form they stand in: `course-3`, `lesson-5`, `thread-7`, `post-9`, `note-5`
    for a note on a lesson, whose title then says the passage (revision, start, end), `mark-11` for words to a mark.
    `kind` and `tags` are as they were typed, not checked yet."""

    user = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    draft_key = models.CharField(max_length=40)
    title = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=60, blank=True)
    tags = models.CharField(max_length=200, blank=True)
    source = models.TextField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "draft_key"], name="unique_draft_per_key")]

    def __str__(self):
        return f"{self.user}: {self.draft_key}"
