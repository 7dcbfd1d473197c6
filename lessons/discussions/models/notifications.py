"""Notifications, and how often a user gets them by e-mail."""

import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.discussions.models.posts import Post


class Notification(models.Model):
    """A mention, answer, announcement or message from staff. New posts in followed threads need none:
    `ThreadUserState` shows them.
    """

    class Kind(models.TextChoices):
        MENTION = "mention", _("mentioned you")
        ANSWER = "answer", _("answers your question")
        ANNOUNCEMENT = "announcement", _("announced")
        MODERATION = "moderation", _("Message from the course’s staff")

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


def generate_token() -> str:
    """Return a secret for a URL."""
    return secrets.token_urlsafe(24)


class NotificationPreference(models.Model):
    """How often a user gets e-mail, and the secret tokens for their activity feed and for unsubscribing.

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
    unsubscribe_token = models.CharField(max_length=40, unique=True, default=generate_token)

    def __str__(self):
        return f"{self.user}: {self.email_frequency}"
