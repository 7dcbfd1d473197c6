"""Records of backups and drills, for the site's administrators."""

from django.contrib import admin

from lessons.authoring.base import ReadOnlyAdmin
from lessons.operations.models import BackupRecord


@admin.register(BackupRecord)
class BackupRecordAdmin(ReadOnlyAdmin):
    list_display = ("finished_at", "kind", "name", "size", "rows")
    fields = ("kind", "name", "size", "rows", "finished_at")
    list_filter = ["kind"]
