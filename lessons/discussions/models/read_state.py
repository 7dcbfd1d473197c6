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
    """One row a person and thread. Unread is `thread.head_seq - seq`, tombstones included.

    `told_seq` is how far mail has told of the thread, `wrote` whether the person has written in it.
    """

    class Attention(models.IntegerChoices):
        MUTED = -1
        NONE = 0
        FOLLOWED = 1

    user = models.ForeignKey(User, models.CASCADE, related_name="marks")
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="marks")
    seq = models.PositiveIntegerField(default=0)
    told_seq = models.PositiveIntegerField(default=0)
    attention = models.SmallIntegerField(choices=Attention, default=Attention.NONE)
    wrote = models.BooleanField(default=False)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "thread"], name="one_mark_a_person_and_thread")]
        indexes = [
            models.Index(fields=["user"], condition=Q(attention=1), name="what_a_person_follows"),
            models.Index(fields=["thread"], condition=Q(attention=1), name="who_follows_a_thread"),
        ]

    def __str__(self):
        return f"{self.user} read {self.thread_id} to {self.seq}"

    @classmethod
    def untold(cls):
        """Marks of followed threads with posts that their owner has neither read nor been mailed."""
        followed = cls.objects.filter(attention=cls.Attention.FOLLOWED)
        return followed.filter(thread__head_seq__gt=Greatest(F("seq"), F("told_seq")))


class Follow(models.Model):
    """Somebody follows a course or one lesson of it: new threads there are followed for them."""

    user = models.ForeignKey(User, models.CASCADE, related_name="follows")
    course = models.ForeignKey(Course, models.CASCADE, related_name="+")
    lesson = models.ForeignKey(Lesson, models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "lesson"], name="follow_lesson_once"),
            models.UniqueConstraint(fields=["user", "course"], condition=Q(lesson=None), name="follow_course_once"),
        ]

    def __str__(self):
        return f"{self.user}: {self.lesson or self.course}"


class Draft(models.Model):
    """Words not yet sent. `place` names the form they stand in: `course-3`, `lesson-5`, `thread-7`, `post-9`, `note-5`
    for a note on a lesson, whose title then says the passage (revision, start, end), `mark-11` for words to a mark.
    `kind` and `tags` are as they were typed, not checked yet."""

    user = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    place = models.CharField(max_length=40)
    title = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=60, blank=True)
    tags = models.CharField(max_length=200, blank=True)
    source = models.TextField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "place"], name="one_draft_a_form")]

    def __str__(self):
        return f"{self.user}: {self.place}"
