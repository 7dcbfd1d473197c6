"""A data export: one person's request for their data, and the file made for it."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User


def archive_path(export: "DataExport", filename: str) -> str:
    return f"archives/{export.uid}.zip"


class DataExport(models.Model):
    """A ZIP of what the site keeps about a person, made by `run_scheduled` and theirs to download until it expires.

    `started_at` is set by the process that builds it, `file` and `completed_at` once it is built, `notified_at` once
    the person has been told by e-mail. A user has one pending export at most.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="data_exports", verbose_name=_("person"))
    file = models.FileField(upload_to=archive_path, blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    notified_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("data export")
        verbose_name_plural = _("data exports")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(completed_at=None), name="one_pending_export_per_user"
            )
        ]

    def __str__(self):
        return str(self.uid)
