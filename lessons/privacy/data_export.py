"""Asking for one's data, making it, telling, and letting it go."""

import logging
import tempfile
from datetime import timedelta

from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.services import record
from lessons.emails import build_email, send_email
from lessons.privacy import archive
from lessons.privacy.models import DataExport

log = logging.getLogger(__name__)
AVAILABLE_FOR = timedelta(days=7)
REQUEST_INTERVAL = timedelta(days=1)
RETRY_AFTER = timedelta(hours=1)


class ExportAlreadyRequested(ValueError):
    """It is being made, or was asked for a short while ago; the message says what to do."""


def latest_export(user: User) -> DataExport | None:
    return DataExport.objects.filter(user=user).first()


def next_request_at(row: DataExport | None):
    """When the next may be asked for; None for now."""
    if row is None:
        return None
    moment = row.requested_at + REQUEST_INTERVAL
    return moment if row.completed_at is None or moment > timezone.now() else None


def request_export(*, user: User) -> DataExport:
    """Raises AskedAlready; pressing twice asks once."""
    wait = next_request_at(latest_export(user))
    if wait:
        raise ExportAlreadyRequested(_("You have asked for your data already. You can ask again a day later."))
    try:
        with transaction.atomic():
            record(by=user, verb="request export", course=None, target=user)
            return DataExport.objects.create(user=user)
    except IntegrityError:
        raise ExportAlreadyRequested(_("You have asked for your data already. It is being put together.")) from None


def build_due() -> int:
    """Makes what was asked for, one after the other; returns how many. Two ticks at once do not make one twice, and
    what broke off is begun again after GIVEN_UP_AFTER."""
    count = 0
    waiting = DataExport.objects.filter(completed_at=None, user__is_active=True).order_by("pk")
    for row in waiting.select_related("user"):
        now = timezone.now()
        free = Q(started_at=None) | Q(started_at__lt=now - RETRY_AFTER)
        if DataExport.objects.filter(free, pk=row.pk, completed_at=None).update(started_at=now):
            try:
                _make(row)
                count += 1
            except Exception:  # one person's trouble is not everybody's
                log.exception("The data of person %s could not be put together.", row.user_id)
    return count


def _make(row: DataExport) -> None:
    """The file first, then the row: a file without a row is overwritten when it is begun again."""
    with tempfile.TemporaryFile() as made:
        archive.write_archive(row.user, made)
        made.seek(0)
        name = row.file.storage.save(row.file.field.generate_filename(row, ""), File(made))
    now = timezone.now()
    stands = DataExport.objects.filter(pk=row.pk, completed_at=None)
    if not stands.update(file=name, completed_at=now, expires_at=now + AVAILABLE_FOR):
        # Its owner was erased meanwhile, or another made it.
        row.file.storage.delete(name)


def notify_ready(site_url: str, connection) -> int:
    """E-mail those whose data is ready; return how many. What a server refuses as a whole is tried again later."""
    count = 0
    ready = DataExport.objects.filter(completed_at__isnull=False, notified_at=None, expires_at__gt=timezone.now())
    for row in ready.filter(user__email__isnull=False).select_related("user"):
        user, context = row.user, {"expires_at": row.expires_at}
        email = build_email(
            "data_export_ready", to=user.email, language=user.language, site_url=site_url, context=context
        )
        send_email(email, connection)
        DataExport.objects.filter(pk=row.pk).update(notified_at=timezone.now())
        count += 1
    return count


def delete_expired() -> int:
    """Deletes the files that have expired; returns how many. The rows say that there was one."""
    expired = list(DataExport.objects.filter(expires_at__lte=timezone.now()).exclude(file=""))
    for row in expired:
        row.file.storage.delete(row.file.name)
        DataExport.objects.filter(pk=row.pk).update(file="")
    return len(expired)
