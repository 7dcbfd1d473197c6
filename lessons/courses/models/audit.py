"""What staff did."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lessons.db.ids import parse_id


class AuditEntry(models.Model):
    """What staff did. Append-only: the database refuses to delete an entry, or to change what, when and to what.

    So that somebody can be erased from it all the same, no name stands in it: `actor` and `affected_user` lead to the people,
    whose names are looked up when it is read, and `target` is the `audit_name` of what has one.
    """

    course = models.ForeignKey(
        "courses.Course", models.SET_NULL, null=True, related_name="audit_entries", verbose_name=_("course")
    )
    actor = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("who"))
    affected_user = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("to whom")
    )
    verb = models.CharField(_("what"), max_length=60)
    target = models.CharField(_("to what"), max_length=200)
    detail = models.JSONField(_("detail"), default=dict)
    created_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("log entry")
        verbose_name_plural = _("log")

    @property
    def target_is_reference(self) -> bool:
        """Whether `target` is a `audit_name`: what stands behind it, if it is still there, has the name."""
        kind, _space, number = self.target.partition(" ")
        return self.target == "user" or (kind in ("user", "thread") and parse_id(number) > 0)

    def __str__(self):
        return f"{self.verb}: {self.target}"
