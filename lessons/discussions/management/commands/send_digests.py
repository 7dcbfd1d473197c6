"""Send the digests that are due. Run it every minute; concurrent runs are safe."""

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import get_connection
from django.core.management import BaseCommand
from django.db import transaction
from django.utils import timezone

from lessons.discussions.models import NotificationPreference
from lessons.discussions.notifications import digests
from lessons.discussions.notifications.digests import DueUser
from lessons.emails import send_email

log = logging.getLogger(__name__)
MAX_BACKOFF = timedelta(hours=6)


class Command(BaseCommand):
    help = "Sends the e-mail digests that are due. What the mail server refuses stays due."

    def add_arguments(self, parser):
        parser.add_argument("--site", default=settings.SITE_URL, help="The address of the site, for links in e-mails.")

    def handle(self, *, site, **options):
        now, count = timezone.now(), 0
        connection = get_connection()
        try:
            for due in digests.users_due(now):
                count += self.send_to(due, site, now, connection)
        except (OSError, SMTPException) as error:
            log.warning("The mail server does not answer: %s. What is due stays due.", error)
        finally:
            connection.close()
        self.stdout.write(f"{count} e-mails")

    def send_to(self, due: DueUser, site, now, connection) -> int:
        """Claim the user's digest, send it, then record it as mailed. It may be sent twice, but is never lost.

        A refused e-mail is retried after one minute, then two, four and so on. Raise OSError or SMTPException if the
        server accepts no e-mail at all.
        """
        user, preference = due.user, digests.get_preference(due.user, now)
        next_email_at = now + digests.FREQUENCY_INTERVALS[preference.email_frequency]
        claim = NotificationPreference.objects.filter(
            pk=preference.pk,
            next_email_at__lte=now,
            next_email_at=preference.next_email_at,
            email_frequency=preference.email_frequency,
        )
        if not claim.update(next_email_at=max(next_email_at, timezone.now())):
            return 0
        digest = digests.build_digest(due, preference, site)
        if digest is None:
            return 0
        try:
            was_sent = send_email(digest.email, connection)
        except (OSError, SMTPException):
            self.postpone(preference)
            raise
        if not was_sent:
            self.postpone(preference)
            return 0
        with transaction.atomic():
            digests.mark_mailed(user, digest)
            if preference.failed_deliveries:
                NotificationPreference.objects.filter(pk=preference.pk).update(failed_deliveries=0)
        return 1

    def postpone(self, preference: NotificationPreference) -> None:
        """Make the digest due again after a delay that doubles with every failure, up to MAX_BACKOFF."""
        wait = min(timedelta(minutes=2 ** min(preference.failed_deliveries, 10)), MAX_BACKOFF)
        NotificationPreference.objects.filter(pk=preference.pk).update(
            next_email_at=timezone.now() + wait, failed_deliveries=min(preference.failed_deliveries + 1, 1000)
        )
