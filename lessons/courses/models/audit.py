"""The audit log."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One action of staff. Append-only: database triggers refuse to delete an entry or change its content.

    Entries contain no text that people wrote, so that users can still be erased: `actor` and `affected_user` refer to
    users, whose names are looked up when the log is shown, and `target` is the `audit_name` of an object that has one,
    or empty. What people wrote is in `AuditText`.
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
    def target_name(self) -> str:
        """Return the name that the target had then, or the `audit_name` of one whose name must be looked up.

        A query, unless the texts were selected, too.
        """
        return self.target or (self.text.target if hasattr(self, "text") else "")

    @property
    def reason(self) -> str:
        """Return why it was done, in the words of whoever did it. A query, unless the texts were selected, too."""
        return self.text.reason if hasattr(self, "text") else ""

    def __str__(self):
        return f"{self.verb}: {self.target_name}"


class AuditText(models.Model):
    """What people wrote that belongs to an entry: the reason, and the name that the target had, such as a group's.

    Unlike the entry it can be changed and deleted, because it may name somebody who is erased.
    """

    entry = models.OneToOneField(AuditEntry, models.CASCADE, primary_key=True, related_name="text")
    target = models.CharField(_("target"), max_length=200, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("text of the audit log")
        verbose_name_plural = _("texts of the audit log")

    def __str__(self):
        return f"{self.target} {self.reason}".strip()
