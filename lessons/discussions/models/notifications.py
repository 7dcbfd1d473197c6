"""Notifications, and how often a user gets them by e-mail."""

import secrets
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership
from lessons.discussions.models.posts import Post
from lessons.discussions.models.threads import Thread
from lessons.models import Lesson, Module, Revision
from lessons.progress.models import Progress

MAX_QUOTE = 300


class Notification(models.Model):
    """A mention, answer, announcement, message from staff, or the outcome of a report. New posts in followed threads
    need none: `ThreadUserState` shows them.
    """

    class Kind(models.TextChoices):
        MENTION = "mention", _("mentioned you")
        ANSWER = "answer", _("answers your question")
        ANNOUNCEMENT = "announcement", _("announced")
        MODERATION = "moderation", _("Message from the course’s staff")
        REPORT = "report", _("reviewed your report")

    class Outcome(models.TextChoices):
        """What staff decided about a reported post: the `message` of a notification about a report."""

        KEPT = "kept", _("The post stays, because the staff see no breach of the guidelines in it.")
        HIDDEN = "hidden", _("The post is hidden now.")
        GONE = "gone", _("The post is no longer there.")

    user = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    course = models.ForeignKey(Course, models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=12, choices=Kind)
    message = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["user"], condition=models.Q(seen_at=None), name="unseen_notifications"),
            models.Index(fields=["user"], condition=models.Q(mailed_at=None), name="unmailed_notifications"),
        ]

    def __str__(self):
        return f"{self.user}: {self.kind}"


class DueReminderQuerySet(models.QuerySet["DueReminder"]):
    def current(self):
        """Leave out those of lessons that have been read, withdrawn or given another due date, and of courses that are
        closed or that the user has left.
        """
        lesson = {"lesson__state": Lesson.State.PUBLISHED, "lesson__module__state": Module.State.PUBLISHED}
        read = Progress.objects.filter(user=OuterRef("user"), lesson=OuterRef("lesson"), completed_at__isnull=False)
        learners = Membership.objects.active().filter(role=Membership.Role.LEARNER)
        learners = learners.filter(user=OuterRef("user"), course=OuterRef("lesson__module__course"))
        reminders = self.filter(due_at=F("lesson__due_at"), lesson__module__course__closed_at=None, **lesson)
        return reminders.filter(Exists(learners), ~Exists(read))


class DueReminder(models.Model):
    """A reminder that a user has not read a lesson that is due.

    There is one row per user and lesson: each later stage, and each other due date, makes it unseen again.
    """

    class Stage(models.IntegerChoices):
        THREE_DAYS = 1
        ONE_DAY = 2
        OVERDUE = 3

    user = models.ForeignKey(User, models.CASCADE, related_name="due_reminders", db_index=False)
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="+")
    due_at = models.DateTimeField(help_text="When the lesson was due as the user was reminded.")
    stage = models.PositiveSmallIntegerField(choices=Stage)
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects = DueReminderQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["user", "lesson"], name="unique_due_reminder")]
        indexes = [
            models.Index(fields=["user"], condition=models.Q(seen_at=None), name="unseen_due_reminders"),
            models.Index(fields=["user"], condition=models.Q(mailed_at=None), name="unmailed_due_reminders"),
        ]

    def __str__(self):
        return f"{self.user}: {self.lesson_id}"

    @classmethod
    def stage_of(cls, due_at: datetime, now: datetime) -> "DueReminder.Stage":
        """Return the stage of a lesson that is due within three days, or overdue."""
        if due_at <= now:
            return cls.Stage.OVERDUE
        return cls.Stage.ONE_DAY if due_at <= now + timedelta(days=1) else cls.Stage.THREE_DAYS


class RewriteNoticeQuerySet(models.QuerySet["RewriteNotice"]):
    def current(self):
        """Leave out those of notes that are hidden or deleted, of lessons that readers do not see now, and of courses
        that are closed or that the user has left.
        """
        readable = (Module.State.PUBLISHED, Module.State.ARCHIVED)
        lesson = {"lesson__state": Lesson.State.PUBLISHED, "lesson__module__state__in": readable}
        members = Membership.objects.active().filter(user=OuterRef("user"), course=OuterRef("lesson__module__course"))
        is_shown = models.Q(thread=None) | models.Q(thread__state__in=(Thread.State.SHOWN, Thread.State.HELD))
        return self.filter(is_shown, Exists(members), lesson__module__course__closed_at=None, **lesson)


class RewriteNotice(models.Model):
    """A notification that the passage that a user has asked about is another in the newly published `revision`.

    There is one row per note: each later rewriting makes it unseen again. `note` is the uid of the note, `quote` the
    passage as it was before.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="+")
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="+")
    thread = models.ForeignKey(Thread, models.CASCADE, null=True, related_name="+", help_text="None for a highlight.")
    note = models.UUIDField(unique=True)
    quote = models.CharField(max_length=MAX_QUOTE)
    asked_at = models.DateTimeField()
    is_removed = models.BooleanField(help_text="Whether the passage is no longer in the text.")
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects = RewriteNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["user"], condition=models.Q(seen_at=None), name="unseen_rewrite_notices"),
            models.Index(fields=["user"], condition=models.Q(mailed_at=None), name="unmailed_rewrite_notices"),
        ]

    def __str__(self):
        return f"{self.user}: {self.note}"


def generate_token() -> str:
    """Return a secret for a URL."""
    return secrets.token_urlsafe(24)


class NotificationPreference(models.Model):
    """How often a user gets e-mail, and the secret tokens for their activity feed, for the calendars of their courses
    and for unsubscribing.

    The next e-mail is due at `next_email_at`.
    """

    class EmailFrequency(models.TextChoices):
        IMMEDIATE = "immediate", _("Immediately")
        DAILY = "daily", _("Once a day")
        WEEKLY = "weekly", _("Once a week")
        NEVER = "never", _("Never")

    user = models.OneToOneField(User, models.CASCADE, related_name="preference")
    email_frequency = models.CharField(
        _("e-mail"), max_length=10, choices=EmailFrequency, default=EmailFrequency.DAILY
    )
    next_email_at = models.DateTimeField(default=timezone.now, db_index=True)
    feed_token = models.CharField(max_length=40, unique=True, default=generate_token)
    calendar_token = models.CharField(max_length=40, unique=True, default=generate_token)
    unsubscribe_token = models.CharField(max_length=40, unique=True, default=generate_token)

    def __str__(self):
        return f"{self.user}: {self.email_frequency}"
