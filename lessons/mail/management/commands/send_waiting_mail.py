"""Send waiting e-mails beside the scheduler, which starts this itself when there are many."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from threading import Event

from django.conf import settings
from django.core.management.base import BaseCommand

from lessons.mail.delivery import deliver_due
from lessons.mail.processes import SHARED_BATCH


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
        with set_by_signals(stopping), redirect_stdout(sys.stderr):
            sent = deliver_due(site_url=site, batch_size=SHARED_BATCH, is_stopping=is_stopping)
        self.stdout.write(str(sent))


@contextmanager
def set_by_signals(stopping: Event) -> Iterator[None]:
    """Set the event at SIGTERM or SIGINT, which may come twice: to all processes of the service, and from the parent,
    who kills those that do not end in time.
    """

    def stop(_number, _frame):
        stopping.set()

    previous = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
