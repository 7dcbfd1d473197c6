"""Data exports: requested by a user, built and announced by a job, deleted when they expire."""

import logging
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.services import record
from lessons.jobs.entries import do_each
from lessons.mail.services import Recipient, queue_emails
from lessons.privacy import archive
from lessons.privacy.emails import export_ready_email
from lessons.privacy.models import DataExport

log = logging.getLogger(__name__)
AVAILABLE_FOR = timedelta(days=7)
REQUEST_INTERVAL = timedelta(days=1)
RETRY_AFTER = timedelta(minutes=10)


class ExportAlreadyRequested(ValueError):
    """An export is being built, or was requested a short while ago; the message says what to do."""


def latest_export(user: User) -> DataExport | None:
    return DataExport.objects.filter(user=user).first()


def next_request_at(latest: DataExport | None) -> datetime | None:
    """Return when the next export may be requested; None for now."""
    if latest is None:
        return None
    next_at = latest.requested_at + REQUEST_INTERVAL
    return next_at if latest.completed_at is None or next_at > timezone.now() else None


def request_export(*, user: User) -> DataExport:
    """Request an export; raise ExportAlreadyRequested."""
    if next_request_at(latest_export(user)):
        raise ExportAlreadyRequested(_("You have already requested your data. You can request it again a day later."))
    try:
        with transaction.atomic():
            record(by=user, verb="request export", course=None, target=user)
            return DataExport.objects.create(user=user)
    except IntegrityError:
        raise ExportAlreadyRequested(_("You have already requested your data. The export is being built.")) from None


def build_due(is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Build the requested exports one by one; return how many.

    Two processes never build the same one at once; a failed or interrupted one is built again after RETRY_AFTER.
    """
    count = 0
    pending = DataExport.objects.filter(completed_at=None, user__is_active=True).order_by("pk")
    for export in pending.select_related("user"):
        if is_stopping():
            break
        now = timezone.now()
        unclaimed = Q(started_at=None) | Q(started_at__lt=now - RETRY_AFTER)
        if DataExport.objects.filter(unclaimed, pk=export.pk, completed_at=None).update(started_at=now):
            try:
                _build(export)
                count += 1
            except Exception:  # an export that fails must not stop the others
                log.exception("The data export of user %s failed.", export.user_id)
    return count


def _build(export: DataExport) -> None:
    """Write the file, then the row: a file without its row is written again when the export is retried."""
    storage = export.file.storage
    with tempfile.TemporaryFile() as zip_file:
        archive.write_archive(export.user, zip_file)
        zip_file.seek(0)
        name = storage.save(export.file.field.generate_filename(export, ""), File(zip_file))
    now, user = timezone.now(), export.user
    pending = DataExport.objects.filter(pk=export.pk, completed_at=None)
    with transaction.atomic():
        is_ours = pending.update(file=name, completed_at=now, expires_at=now + AVAILABLE_FOR)
        if is_ours:
            queue_emails(export_ready_email, [Recipient(user.email or "", user.pk, export.pk)])
    if not is_ours:
        # The user was erased in the meantime, or another process has built it.
        storage.delete(name)


def delete_expired() -> int:
    """Delete the files that have expired; return how many. Their rows stay, as a record of the export."""
    return do_each(DataExport.objects.filter(expires_at__lte=timezone.now()).exclude(file=""), _delete_file)


def _delete_file(export: DataExport) -> None:
    export.file.storage.delete(export.file.name or "")
    DataExport.objects.filter(pk=export.pk).update(file="")
