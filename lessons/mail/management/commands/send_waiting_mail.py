"""Send waiting e-mails beside the scheduler, which starts this itself when there are many."""

import os
import sys
from contextlib import redirect_stdout
from threading import Event

from django.conf import settings
from django.core.management.base import BaseCommand

from lessons.jobs.management.commands.run_scheduled import stop_on_signals
from lessons.mail.delivery import deliver_due


class Command(BaseCommand):
    help = "Sends waiting e-mails, and prints how many. The scheduler runs it when there are many."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--site", default=settings.SITE_URL, help="The address of the site, for links in e-mails.")
        parser.add_argument("--parent", type=int, help="Stop before the next e-mail if this process has ended.")

    def handle(self, *, site, parent=None, **options):
        stopping = Event()

        def is_stopping() -> bool:
            return stopping.is_set() or (parent is not None and os.getppid() != parent)

        # The number is all that this prints: e-mails that go to the console are printed as errors are.
        with stop_on_signals(stopping), redirect_stdout(sys.stderr):
            sent = deliver_due(site_url=site, is_stopping=is_stopping)
        self.stdout.write(str(sent))
