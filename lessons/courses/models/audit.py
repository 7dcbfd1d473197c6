"""The audit log."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lessons.db.ids import parse_id


class AuditEntry(models.Model):
    """One action of staff. Append-only: database triggers refuse to delete an entry or change its content.

    Entries contain no names, so that users can still be erased: `actor` and `affected_user` refer to users, whose
    names are looked up when the log is shown, and `target` is the `audit_name` of any object that has one.
    """

    course = models.ForeignKey(
        "courses.Course", models.SET_NULL, null=True, related_name="audit_entries", verbose_name=_("course")
    )
    actor = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("who"))
    affected_user = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("affected user")
    )
    verb = models.CharField(_("action"), max_length=60)
    target = models.CharField(_("target"), max_length=200)
    detail = models.JSONField(_("detail"), default=dict)
    created_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("audit log entry")
        verbose_name_plural = _("audit log")

    @property
    def target_is_reference(self) -> bool:
        """Return whether `target` is an `audit_name`, so that the name must be looked up."""
        kind, _space, number = self.target.partition(" ")
        return self.target == "user" or (kind in ("user", "thread") and parse_id(number) > 0)

    def __str__(self):
        return f"{self.verb}: {self.target}"
