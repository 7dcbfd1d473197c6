"""Run the tasks of personal data that are due: data exports, their expiry, and the purge of closed courses."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import get_connection
from django.core.management import BaseCommand
from django.utils import timezone

from lessons.db import idempotency
from lessons.privacy import course_retention, data_export

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Builds requested data exports, deletes expired ones and expired records of submitted forms, warns of purges "
        "and purges closed courses when they are due."
    )

    def add_arguments(self, parser):
        parser.add_argument("--site", default=settings.SITE_URL, help="The address of the site, for links in e-mails.")

    def handle(self, *, site, **options):
        now, connection = timezone.now(), get_connection()
        built, expired = data_export.build_due(), data_export.delete_expired()
        purged = course_retention.purge_due(now)
        idempotency.delete_expired(now)
        try:
            data_export.notify_ready(site, connection)
            course_retention.send_notices(site, connection, now)
        except (OSError, SMTPException) as error:
            log.warning("The mail server does not answer: %s. E-mails will be sent next time.", error)
        finally:
            connection.close()
        self.stdout.write(f"{built} data exports built, {expired} expired, {purged} courses purged")
