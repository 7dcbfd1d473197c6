"""What is counted of searching: the questions that it has answered."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lessons.courses.models import Course


class UnaskedQuestion(models.Model):
    """A question that was answered before it was asked, by something that the form of new discussions suggested.

    Neither who wrote it nor what it was is stored. `key` is that of the form, so that each question counts once.
    """

    course = models.ForeignKey(
        Course, models.CASCADE, related_name="unasked_questions", verbose_name=_("course"), db_index=False
    )
    key = models.UUIDField(_("key of the form"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("question answered before it was asked")
        verbose_name_plural = _("questions answered before they were asked")
        constraints = [models.UniqueConstraint(fields=["course", "key"], name="unique_unasked_question")]

    def __str__(self):
        return f"{self.course}: {self.created_at}"
