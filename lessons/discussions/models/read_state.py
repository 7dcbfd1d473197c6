"""What each user has read and follows."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.discussions.models.threads import Thread
from lessons.models import Lesson


class ThreadUserState(models.Model):
    """What a user has read of a thread, and whether they follow or mute it.

    Posts with a greater number are unread, without tombstones. Posts up to `mailed_seq` were mailed.
    """

    class SubscriptionLevel(models.IntegerChoices):
        MUTED = -1
        NONE = 0
        FOLLOWED = 1

    user = models.ForeignKey(User, models.CASCADE, related_name="thread_states", db_index=False)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="user_states", db_index=False)
    last_read_seq = models.PositiveIntegerField(default=0)
    mailed_seq = models.PositiveIntegerField(default=0)
    subscription_level = models.SmallIntegerField(choices=SubscriptionLevel, default=SubscriptionLevel.NONE)
    has_posted = models.BooleanField(default=False)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "thread"], name="unique_state_per_user_and_thread")]
        indexes = [
            models.Index(fields=["user", "read_at"], name="thread_states_by_reading"),
            models.Index(fields=["thread", "user"], name="states_by_thread"),
            models.Index(fields=["user"], condition=Q(subscription_level=1), name="followed_threads_by_user"),
            models.Index(fields=["user"], condition=Q(has_posted=True), name="posted_threads_by_user"),
            models.Index(fields=["thread"], condition=Q(subscription_level=1), name="followers_by_thread"),
        ]

    def __str__(self):
        return f"{self.user} read {self.thread_id} to {self.last_read_seq}"

    @classmethod
    def with_unmailed_posts(cls):
        """Return the states of followed threads with posts that the user has neither read nor received by e-mail."""
        followed = cls.objects.filter(subscription_level=cls.SubscriptionLevel.FOLLOWED)
        return followed.filter(thread__last_seq__gt=Greatest(F("last_read_seq"), F("mailed_seq")))


class Follow(models.Model):
    """A user's subscription to a course, or one lesson of it: they follow every new thread there."""

    user = models.ForeignKey(User, models.CASCADE, related_name="follows", db_index=False)
    course = models.ForeignKey(Course, models.CASCADE, related_name="+")
    lesson = models.ForeignKey(Lesson, models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "lesson"], name="unique_lesson_follow"),
            models.UniqueConstraint(fields=["user", "course"], condition=Q(lesson=None), name="unique_course_follow"),
        ]

    def __str__(self):
        return f"{self.user}: {self.lesson or self.course}"
