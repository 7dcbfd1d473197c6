"""Send the e-mails about memberships that are still due."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import get_connection
from django.core.management import BaseCommand

from lessons.courses import emails

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Sends the e-mails about memberships that are due. What the mail server refuses stays due."

    def add_arguments(self, parser):
        parser.add_argument("--site", default=settings.SITE_URL, help="The address of the site, for links in e-mails.")

    def handle(self, *, site, **options):
        count = 0
        try:
            with get_connection() as connection:
                for membership in emails.with_pending_email().iterator(chunk_size=500):
                    count += emails.send_pending_email(membership, site, connection)
        except (OSError, SMTPException) as error:
            log.warning("The mail server does not answer: %s. What is due stays due.", error)
        self.stdout.write(f"{count} e-mails")
