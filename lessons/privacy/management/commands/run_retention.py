"""What was promised about people's data, once it is due."""

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
        "Makes the archives that were asked for, deletes expired ones and the record of forms that were sent, warns of "
        "emptying courses and empties them."
    )

    def add_arguments(self, parser):
        parser.add_argument("--site", default=settings.SITE_URL, help="The address of the portal, for links in mail.")

    def handle(self, *, site, **options):
        now, connection = timezone.now(), get_connection()
        made, gone, emptied = data_export.build_due(), data_export.delete_expired(), course_retention.purge_due(now)
        idempotency.delete_expired(now)
        try:
            data_export.notify_ready(site, connection)
            course_retention.send_notices(site, connection, now)
        except (OSError, SMTPException) as error:
            log.warning("The mail server does not answer: %s. What is due stays due.", error)
        finally:
            connection.close()
        self.stdout.write(f"{made} archives made, {gone} expired, {emptied} courses emptied")
