"""Asking for one's data, making it, telling, and letting it go."""

import logging
import tempfile
from datetime import timedelta

from django.conf import settings
from django.core.files import File
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from lessons.accounts.models import User
from lessons.courses.services import record
from lessons.emails import send
from lessons.privacy import archive
from lessons.privacy.models import Archive

log = logging.getLogger(__name__)
KEPT_FOR = timedelta(days=7)
ASK_AGAIN_AFTER = timedelta(days=1)
GIVEN_UP_AFTER = timedelta(hours=1)


class AskedAlready(ValueError):
    """It is being made, or was asked for a short while ago; the message says what to do."""


def latest_of(user: User) -> Archive | None:
    return Archive.objects.filter(user=user).first()


def may_ask_again_at(row: Archive | None):
    """When the next may be asked for; None for now."""
    if row is None:
        return None
    moment = row.asked_at + ASK_AGAIN_AFTER
    return moment if row.made_at is None or moment > timezone.now() else None


def ask(*, user: User) -> Archive:
    """Raises AskedAlready; pressing twice asks once."""
    wait = may_ask_again_at(latest_of(user))
    if wait:
        raise AskedAlready(_("You have asked for your data already. You can ask again a day later."))
    try:
        with transaction.atomic():
            record(by=user, verb="ask for data", course=None, target=user)
            return Archive.objects.create(user=user)
    except IntegrityError:
        raise AskedAlready(_("You have asked for your data already. It is being put together.")) from None


def make_due() -> int:
    """Makes what was asked for, one after the other; returns how many. Two ticks at once do not make one twice, and
    what broke off is begun again after GIVEN_UP_AFTER."""
    count = 0
    waiting = Archive.objects.filter(made_at=None, user__is_active=True).order_by("pk")
    for row in waiting.select_related("user"):
        now = timezone.now()
        free = Q(begun_at=None) | Q(begun_at__lt=now - GIVEN_UP_AFTER)
        if Archive.objects.filter(free, pk=row.pk, made_at=None).update(begun_at=now):
            try:
                _make(row)
                count += 1
            except Exception:  # one person's trouble is not everybody's
                log.exception("The data of person %s could not be put together.", row.user_id)
    return count


def _make(row: Archive) -> None:
    """The file first, then the row: a file without a row is overwritten when it is begun again."""
    with tempfile.TemporaryFile() as made:
        archive.write(row.user, made)
        made.seek(0)
        name = row.file.storage.save(row.file.field.generate_filename(row, ""), File(made))
    now = timezone.now()
    stands = Archive.objects.filter(pk=row.pk, made_at=None)
    if not stands.update(file=name, made_at=now, expires_at=now + KEPT_FOR):
        # Its owner was erased meanwhile, or another made it.
        row.file.storage.delete(name)


def tell_due(site: str, connection) -> int:
    """Tells those whose data is ready by mail; what a server refuses is tried again by a later tick."""
    count = 0
    ready = Archive.objects.filter(made_at__isnull=False, told_at=None, expires_at__gt=timezone.now())
    for row in ready.filter(user__email__isnull=False).select_related("user"):
        with override(row.user.language or settings.LANGUAGE_CODE):
            letter = _letter(row, site.rstrip("/"))
        send(letter, connection)
        Archive.objects.filter(pk=row.pk).update(told_at=timezone.now())
        count += 1
    return count


def _letter(row: Archive, site: str) -> EmailMessage:
    words = _(
        "What %(site)s keeps of you is put together. Sign in and download it here until %(until)s:\n%(address)s\n\n"
        "If you did not ask for it, change your password: somebody was signed in as you."
    )
    until = date_format(timezone.localtime(row.expires_at), "DATE_FORMAT")
    address = site + reverse("privacy:data_export")
    words %= {"site": settings.SITE_NAME, "until": until, "address": address}
    return EmailMessage(subject=_("Your data is ready"), body=words, to=[row.user.email])


def let_go() -> int:
    """Deletes the files that have expired; returns how many. The rows say that there was one."""
    expired = list(Archive.objects.filter(expires_at__lte=timezone.now()).exclude(file=""))
    for row in expired:
        row.file.storage.delete(row.file.name)
        Archive.objects.filter(pk=row.pk).update(file="")
    return len(expired)
