"""Run the jobs that are due: once, for cron or a timer, or in a loop. It may run on any number of hosts at once."""

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, current_thread, main_thread
from time import monotonic

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections

from lessons.jobs.registry import JobContext, all_jobs
from lessons.jobs.runner import run_due

log = logging.getLogger(__name__)
INTERVAL = 60.0
CHECK_EVERY = 1.0
STOPS_WITHIN = 15.0
"""Seconds that a running job has to finish after the signal to stop."""


class Command(BaseCommand):
    help = (
        "Runs the jobs that are due: publishes lessons at their times, sends waiting e-mails, builds the data exports "
        "people asked for, purges closed courses, deletes what has expired. Run it once a minute, or with --loop."
    )

    def add_arguments(self, parser):
        parser.add_argument("--site", default=settings.SITE_URL, help="The address of the site, for links in e-mails.")
        parser.add_argument("--loop", action="store_true", help="Run once a minute until SIGTERM or SIGINT.")
        parser.add_argument("--job", action="append", dest="names", help="Run this job only, even if it is not due.")
        parser.add_argument("--parent", type=int, help="With --loop: stop when the process with this id has ended.")

    def handle(self, *, site, loop, names, parent, verbosity, **options):
        known = sorted(job.name for job in all_jobs())
        if unknown := sorted(set(names or []).difference(known)):
            raise CommandError(f"There is no job called {', '.join(unknown)}. The jobs are {', '.join(known)}.")
        stopping = Event()
        context = JobContext(site, stopping.is_set)
        with stop_on_signals(stopping):
            if not loop:
                self.run_once(context, names, verbosity)
            while loop and not stopping.is_set():
                self.run_once_or_log(context, names, verbosity)
                wait_for_next_run(stopping, parent)

    def run_once(self, context: JobContext, names: list[str] | None, verbosity: int) -> None:
        for run in run_due(context, names=names, even_if_not_due=names is not None):
            if verbosity and run.summary:
                self.stdout.write(f"{run.name}: {run.summary}")

    def run_once_or_log(self, context: JobContext, names: list[str] | None, verbosity: int) -> None:
        """Run what is due; if the database is unavailable, log it and try again with the next run."""
        try:
            close_old_connections()
            self.run_once(context, names, verbosity)
        except DatabaseError as error:
            log.error("No job could be run: the database does not answer (%s).", type(error).__name__)
        finally:
            close_old_connections()


def wait_for_next_run(stopping: Event, parent: int | None) -> None:
    """Wait a minute, until told to stop, or until the parent process has ended, which also means to stop."""
    next_run = monotonic() + INTERVAL
    while monotonic() < next_run and not stopping.wait(CHECK_EVERY):
        if parent is not None and os.getppid() != parent:
            stopping.set()


@contextmanager
def stop_on_signals(stopping: Event) -> Iterator[None]:
    """Set the event at SIGTERM or SIGINT. A job still running is interrupted after STOPS_WITHIN or a second signal."""
    if current_thread() is not main_thread():
        yield
        return

    def stop(number, _frame):
        stopping.set()
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        if signal.getitimer(signal.ITIMER_REAL)[0] > STOPS_WITHIN:
            signal.setitimer(signal.ITIMER_REAL, STOPS_WITHIN, 1)

    previous = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
