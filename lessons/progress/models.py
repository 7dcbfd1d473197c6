"""A reader's progress in a lesson."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.models import Lesson, Revision

VISIT_INTERVAL = timedelta(minutes=30)


class ProgressQuerySet(models.QuerySet["Progress"]):
    def record_visit(self, *, user: User, lesson: Lesson, seen_at: datetime | None = None) -> None:
        """Record that the user opens the lesson; `seen_at` is when they last did, None for never. One write at most.

        Nothing is written within VISIT_INTERVAL of the last time.
        """
        if seen_at is None or timezone.now() - seen_at > VISIT_INTERVAL:
            self.save_progress(user=user, lesson=lesson)

    def save_progress(self, *, user: User, lesson: Lesson, **changes) -> None:
        """Write `position` or `completed_at`, if given, and that the lesson was seen now; create the row if needed.

        One query, so that a page and its script may write at once.
        """
        row = Progress(user=user, lesson=lesson, **changes)
        unique = ["user", "lesson"]
        Progress.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=unique, update_fields=["seen_at", *changes]
        )


class Progress(models.Model):
    """One row per user and lesson, created when it is first opened. `position` is in thousandths of the text."""

    user = models.ForeignKey(User, models.CASCADE, related_name="progress", verbose_name=_("person"), db_index=False)
    lesson = models.ForeignKey(
        Lesson, models.CASCADE, related_name="progress", verbose_name=_("lesson"), db_index=False
    )
    opened_at = models.DateTimeField(_("opened"), auto_now_add=True)
    seen_at = models.DateTimeField(_("last seen"), auto_now=True)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = ProgressQuerySet.as_manager()

    class Meta:
        verbose_name = _("progress")
        verbose_name_plural = _("progress")
        constraints = [
            models.UniqueConstraint(fields=["user", "lesson"], name="unique_progress"),
            models.CheckConstraint(condition=models.Q(position__lte=1000), name="position_in_thousandths"),
        ]
        indexes = [models.Index(fields=["lesson", "completed_at", "user"], name="completed_lessons")]

    def __str__(self):
        return f"{self.user}: {self.lesson}"


class Reached(models.Model):
    """The furthest that somebody has come in a revision: `offset` code points of its text. Going back does not change
    it.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("person"))
    revision = models.ForeignKey(
        Revision, models.CASCADE, related_name="reached", verbose_name=_("revision"), db_index=False
    )
    offset = models.PositiveIntegerField(_("offset"))

    class Meta:
        verbose_name = _("furthest place")
        verbose_name_plural = _("furthest places")
        constraints = [models.UniqueConstraint(fields=["revision", "user"], name="unique_furthest_place")]

    def __str__(self):
        return f"{self.user_id} in {self.revision_id}: {self.offset}"


class CompletionRule(models.Model):
    """What completes a lesson for a reader. A lesson without a row is completed by marking it as read."""

    class Rule(models.TextChoices):
        MARKED = "marked", _("Marking it as read")
        END = "end", _("Reaching its end")
        CHECKS = "checks", _("Answering its checks")
        NOTE = "note", _("Writing a note on it")

    lesson = models.OneToOneField(
        Lesson, models.CASCADE, primary_key=True, related_name="completion_rule", verbose_name=_("lesson")
    )
    rule = models.CharField(_("completed by"), max_length=8, choices=Rule, default=Rule.MARKED)

    class Meta:
        verbose_name = _("completion rule")
        verbose_name_plural = _("completion rules")

    def __str__(self):
        return f"{self.lesson_id}: {self.rule}"
