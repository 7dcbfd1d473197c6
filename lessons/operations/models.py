"""When the site was backed up, and when a backup was last tried out."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class BackupRecord(models.Model):
    """A backup that was made, or one that a drill has shown to be restorable. `name` is that of the file."""

    class Kind(models.TextChoices):
        BACKUP = "backup", _("Backup")
        DRILL = "drill", _("Drill: a backup was restored to try it out")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("file"), max_length=255)
    size = models.PositiveBigIntegerField(_("bytes"))
    rows = models.PositiveBigIntegerField(_("rows"))
    finished_at = models.DateTimeField(_("finished"), default=timezone.now)

    class Meta:
        verbose_name = _("record of a backup")
        verbose_name_plural = _("records of backups")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.finished_at:%Y-%m-%d %H:%M}"
