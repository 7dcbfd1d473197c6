"""What is due by the clock. Run it every minute; two at once do no harm."""

from django.conf import settings
from django.core.management import BaseCommand, call_command


class Command(BaseCommand):
    help = "Sends the mail that is due, puts together the data that people asked for, empties courses that are over."

    def add_arguments(self, parser):
        parser.add_argument("--site", default=settings.SITE_URL, help="The address of the portal, for links in mail.")

    def handle(self, *, site, verbosity, **options):
        for command in ("letters", "keep_promises"):
            call_command(command, site=site, verbosity=verbosity, stdout=self.stdout)
