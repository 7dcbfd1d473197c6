"""What a course's staff decide about confusing passages.

A passage is known by `passages.Passage.key`, a check by its id.
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.courses.models import ReadingGroup
from lessons.models import Lesson


class LectureItem(models.Model):
    """A passage that staff want to explain in the next lecture. `quote` is the passage as it was then."""

    lesson = models.ForeignKey(
        Lesson, models.CASCADE, related_name="lecture_items", verbose_name=_("lesson"), db_index=False
    )
    passage = models.CharField(_("passage"), max_length=36)
    quote = models.TextField(_("quote"))
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added"), default=timezone.now)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("passage in the lecture note")
        verbose_name_plural = _("passages in the lecture note")
        constraints = [models.UniqueConstraint(fields=["lesson", "passage"], name="unique_lecture_item")]

    def __str__(self):
        return self.quote[:80]


class DismissedPassage(models.Model):
    """A passage that staff do not want on the board: with a group or a label, on the board with that filter.

    It comes back once there is something later than `latest`, the id of a note or the version of a check, or than
    `latest_vote`, the id of a vote for a question.
    """

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="dismissed_passages", verbose_name=_("lesson"))
    passage = models.CharField(_("passage"), max_length=36)
    group = models.ForeignKey(
        ReadingGroup, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("group")
    )
    label = models.CharField(_("label"), max_length=20, blank=True)
    latest = models.PositiveBigIntegerField(_("latest"))
    latest_vote = models.PositiveBigIntegerField(_("latest vote"), default=0)
    dismissed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("dismissed by")
    )
    dismissed_at = models.DateTimeField(_("dismissed"), default=timezone.now)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("dismissed passage")
        verbose_name_plural = _("dismissed passages")
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "passage", "label"], condition=Q(group=None), name="unique_dismissed_passage"
            ),
            models.UniqueConstraint(
                fields=["lesson", "passage", "label", "group"],
                condition=Q(group__isnull=False),
                name="unique_dismissed_passage_of_group",
            ),
        ]

    def __str__(self):
        return f"{self.lesson_id}: {self.passage}"
