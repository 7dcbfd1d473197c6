"""Somebody asked for their data."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User


def archive_path(archive: "DataExport", filename: str) -> str:
    return f"archives/{archive.uid}.zip"


class DataExport(models.Model):
    """A ZIP of what the portal keeps of a person: asked for, made by `tick`, theirs to download until it expires.

    `started_at` is set by who makes it, `file` once it is made, `notified_at` once the person has been told by mail.
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
        verbose_name = _("archive of somebody’s data")
        verbose_name_plural = _("archives of people’s data")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(completed_at=None), name="one_pending_export_per_user"
            )
        ]

    def __str__(self):
        return str(self.uid)
