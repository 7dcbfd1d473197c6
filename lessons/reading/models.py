"""What a reader has opened and done."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lessons.models import Lesson
from lessons.people.models import User


class Progress(models.Model):
    """One row a person and lesson, made when it is first opened. `place` is how far down the text, in thousandths."""

    user = models.ForeignKey(User, models.CASCADE, related_name="progress", verbose_name=_("person"))
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="progress", verbose_name=_("lesson"))
    opened_at = models.DateTimeField(_("opened"), auto_now_add=True)
    seen_at = models.DateTimeField(_("last seen"), auto_now=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    place = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        verbose_name = _("progress")
        verbose_name_plural = _("progress")
        constraints = [
            models.UniqueConstraint(fields=["user", "lesson"], name="progress_once"),
            models.CheckConstraint(condition=models.Q(place__lte=1000), name="place_in_thousandths"),
        ]

    def __str__(self):
        return f"{self.user}: {self.lesson}"
