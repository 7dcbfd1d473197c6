"""The lock of a job in the database: a lease that its holder renews, and that expires if the holder is killed.

It needs nothing but a row, so it is the same on SQLite and PostgreSQL, and over all hosts whose clocks differ by less
than EXPIRES_AFTER. A holder that cannot renew the lease in time, for example because it is suspended, may find that
another has taken the job: jobs that must never overlap, even for a moment, also claim their rows.
"""

import logging
import socket
from datetime import timedelta
from threading import Event, Thread
from time import monotonic
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from lessons.jobs.models import JobRun, JobState

log = logging.getLogger(__name__)
EXPIRES_AFTER = timedelta(seconds=60)
RENEWED_EVERY = 15.0
"""Seconds between two renewals."""


def take(name: str, holder: UUID, *, due: Q | None = None) -> JobRun | None:
    """Take the lease and return the row of the new run; None if another has it, or if the job is not `due`.

    Without `due`, it is due when its state says so. A run that is still marked as running was interrupted: its lease
    had expired.
    """
    now = timezone.now()
    state = JobState.objects.filter(name=name)
    is_due = Q(due_at__lte=now) if due is None else due
    free = state.filter(Q(lease_expires_at=None) | Q(lease_expires_at__lte=now), is_due)
    with transaction.atomic():
        if not free.update(holder=holder, lease_expires_at=now + EXPIRES_AFTER):
            # A clock that was ahead wrote it. A holder that is alive renews it in time; one that was killed does not.
            state.filter(lease_expires_at__gt=now + 2 * EXPIRES_AFTER).update(lease_expires_at=now + EXPIRES_AFTER)
            return None
        interrupted = JobRun.objects.filter(name=name, outcome=JobRun.Outcome.RUNNING)
        interrupted.update(outcome=JobRun.Outcome.INTERRUPTED, finished_at=now)
        return JobRun.objects.create(name=name, started_at=now, host=socket.gethostname()[:100])


def held(name: str, holder: UUID) -> QuerySet[JobState]:
    """Return the state of the job, or nothing if another has taken it meanwhile."""
    return JobState.objects.filter(name=name, holder=holder)


class Renewal(Thread):
    """Renew the lease of a job in the background, until its time limit or until `end` is called."""

    def __init__(self, name: str, holder: UUID, time_limit: timedelta):
        super().__init__(name=f"lease of {name}", daemon=True)
        self.job_name, self.holder = name, holder
        self.deadline = monotonic() + time_limit.total_seconds()
        self.ended = Event()

    def run(self) -> None:
        while not self.ended.wait(RENEWED_EVERY) and monotonic() < self.deadline:
            try:
                held(self.job_name, self.holder).update(lease_expires_at=timezone.now() + EXPIRES_AFTER)
            except DatabaseError as error:
                log.warning("The lease of the job %s was not renewed: %s.", self.job_name, type(error).__name__)
            finally:
                connection.close()

    def end(self) -> None:
        self.ended.set()
        self.join()
