"""What is due by the clock: letters and digests. Run it every minute; two at once do no harm."""

import logging
from datetime import timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import get_connection
from django.core.management import BaseCommand
from django.db import transaction
from django.utils import timezone

from lessons.discussions.models import NotificationPreference
from lessons.discussions.notifications import digests

log = logging.getLogger(__name__)
MAX_BACKOFF = timedelta(hours=6)
RECIPIENT_ERRORS = (SMTPRecipientsRefused, SMTPDataError)


class Command(BaseCommand):
    help = "Sends the mail that is due. Mail that a server refuses stays due and is sent by a later tick."

    def add_arguments(self, parser):
        parser.add_argument("--site", default=settings.SITE_URL, help="The address of the portal, for links in mail.")

    def handle(self, *, site, **options):
        now, connection, count = timezone.now(), get_connection(), 0
        try:
            for user in digests.users_due(now).iterator(chunk_size=500):
                count += self.send_to(user, site, now, connection)
        except (OSError, SMTPException) as error:
            log.warning("The mail server does not answer: %s. What is due stays due.", error)
        finally:
            connection.close()
        self.stdout.write(f"{count} letters")

    def send_to(self, user, site, now, connection) -> int:
        """Claims the person's turn, sends, then notes what was told: a letter may come twice, never be lost.

        What a server refuses is tried again after a minute, then two, four and so on. Raises what says that it takes
        no letter at all, whose ever it is.
        """
        preference = digests.get_preference(user, now)
        until = now + digests.FREQUENCY_INTERVALS[preference.email_frequency]
        turn = NotificationPreference.objects.filter(
            pk=preference.pk, next_email_at__lte=now, next_email_at=preference.next_email_at
        )
        if not turn.filter(email_frequency=preference.email_frequency).update(
            next_email_at=max(until, timezone.now())
        ):
            return 0
        letter, posts, notes = digests.build_digest(user, preference, site)
        if letter is None:
            return 0
        letter.connection = connection
        try:
            letter.send()
        except (OSError, SMTPException) as error:
            self.postpone(preference)
            if not isinstance(error, RECIPIENT_ERRORS):
                raise
            log.warning("The mail server refuses the letter to person %s: %s. It stays due.", user.pk, error)
            return 0
        with transaction.atomic():
            digests.mark_mailed(user, posts, notes)
            if preference.failed_deliveries:
                NotificationPreference.objects.filter(pk=preference.pk).update(failed_deliveries=0)
        return 1

    def postpone(self, preference: NotificationPreference) -> None:
        wait = min(timedelta(minutes=2 ** min(preference.failed_deliveries, 10)), MAX_BACKOFF)
        NotificationPreference.objects.filter(pk=preference.pk).update(
            next_email_at=timezone.now() + wait, failed_deliveries=min(preference.failed_deliveries + 1, 1000)
        )
