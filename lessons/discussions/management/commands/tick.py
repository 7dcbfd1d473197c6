"""What is due by the clock: letters and digests. Run it every minute; two at once do no harm."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import get_connection
from django.core.management import BaseCommand
from django.db import transaction
from django.utils import timezone

from lessons.discussions import mail
from lessons.discussions.models import Preference

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Sends the mail that is due. Mail that a server refuses stays due and is sent by a later tick."

    def add_arguments(self, parser):
        parser.add_argument("--site", default=settings.SITE_URL, help="The address of the portal, for links in mail.")

    def handle(self, *, site, **options):
        now, connection, count = timezone.now(), get_connection(), 0
        try:
            for user in mail.due(now).iterator(chunk_size=500):
                count += self.tell(user, site, now, connection)
        except (OSError, SMTPException) as error:
            log.warning("The mail server does not answer: %s. What is due stays due.", error)
        finally:
            connection.close()
        self.stdout.write(f"{count} letters")

    def tell(self, user, site, now, connection) -> int:
        """Claims the person's turn, sends, then notes what was told: a letter may come twice, never be lost."""
        preference, _made = Preference.objects.get_or_create(user=user, defaults={"next_at": now})
        until = now + mail.PERIODS[preference.mail]
        turn = Preference.objects.filter(pk=preference.pk, next_at__lte=now, next_at=preference.next_at)
        if not turn.update(next_at=max(until, timezone.now())):
            return 0
        try:
            letter, posts, notes = mail.letter(user, site)
            if letter is None:
                return 0
            letter.connection = connection
            letter.send()
        except (OSError, SMTPException):
            Preference.objects.filter(pk=preference.pk).update(next_at=preference.next_at)
            raise
        with transaction.atomic():
            mail.sent(user, posts, notes)
        return 1
