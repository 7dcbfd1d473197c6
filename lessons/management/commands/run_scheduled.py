"""Run every task that is due. Run it every minute; two runs at once do no harm."""

from django.conf import settings
from django.core.management import BaseCommand, call_command


class Command(BaseCommand):
    help = "Sends the e-mail that is due, builds the data exports people asked for, and purges closed courses."

    def add_arguments(self, parser):
        parser.add_argument("--site", default=settings.SITE_URL, help="The address of the site, for links in e-mails.")

    def handle(self, *, site, verbosity, **options):
        for command in ("send_enrolment_emails", "send_digests", "run_retention"):
            call_command(command, site=site, verbosity=verbosity, stdout=self.stdout)
