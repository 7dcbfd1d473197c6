"""The base of commands that run some of the jobs immediately."""

from typing import ClassVar

from django.conf import settings
from django.core.management import BaseCommand, call_command


class JobCommand(BaseCommand):
    """Run the `jobs`, even those that are not due, unless another process runs them now."""

    jobs: ClassVar[list[str]]

    def add_arguments(self, parser):
        parser.add_argument("--site", default=settings.SITE_URL, help="The address of the site, for links in e-mails.")

    def handle(self, *, site, verbosity, **options):
        call_command("run_scheduled", site=site, names=self.jobs, verbosity=verbosity, stdout=self.stdout)
