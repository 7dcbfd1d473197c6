"""What staff did."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """What staff did. Append-only: the database refuses a change of what, when and to what."""

    course = models.ForeignKey(
        "people.Course", models.SET_NULL, null=True, related_name="audit", verbose_name=_("course")
    )
    actor = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("who"))
    verb = models.CharField(_("what"), max_length=60)
    target = models.CharField(_("to what"), max_length=200)
    detail = models.JSONField(_("detail"), default=dict)
    created_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("log entry")
        verbose_name_plural = _("log")

    def __str__(self):
        return f"{self.verb}: {self.target}"
