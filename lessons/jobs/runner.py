"""Run the jobs that are due, one after another, each in its own transaction and time limit."""

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from threading import current_thread, main_thread
from traceback import extract_tb
from uuid import uuid4

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from structlog.contextvars import bound_contextvars

from lessons.jobs import lease
from lessons.jobs.models import JobRun, JobState
from lessons.jobs.registry import Job, JobContext, all_jobs

log = logging.getLogger(__name__)
activity = structlog.get_logger("lessons.jobs.activity")
MAX_BACKOFF = timedelta(hours=1)
TIMEOUT_REPEATED_AFTER = 5.0
"""Seconds after which JobTimedOut is raised again in a job that swallowed it."""
Outcome = JobRun.Outcome


class JobTimedOut(BaseException):
    """A job exceeded its time limit. Like KeyboardInterrupt it is not an Exception, so that no job handles it."""


def run_due(context: JobContext, *, names: list[str] | None = None, even_if_not_due: bool = False) -> Iterator[JobRun]:
    """Run the jobs that are due, or those of them in `names`, and yield each run once it has ended.

    Jobs that another process is running are skipped. An error in one job does not stop the others.
    """
    jobs = [job for job in all_jobs() if names is None or job.name in names]
    _add_missing_states(jobs)
    for job in jobs:
        if context.is_stopping():
            return
        run = _run(job, context, even_if_not_due)
        if run:
            yield run


def _add_missing_states(jobs: list[Job]) -> None:
    known = set(JobState.objects.values_list("name", flat=True))
    missing = [JobState(name=job.name) for job in jobs if job.name not in known]
    if missing:
        JobState.objects.bulk_create(missing, ignore_conflicts=True)


def _run(job: Job, context: JobContext, even_if_not_due: bool) -> JobRun | None:
    """Run the job under its lease; return None if it is not due or another process has it. Record how it ended."""
    holder = uuid4()
    run = lease.take(job.name, holder, due=Q() if even_if_not_due else _is_due(job))
    if run is None:
        return None
    renewal = lease.Renewal(job.name, holder, job.time_limit)
    renewal.start()
    with bound_contextvars(job=job.name):
        try:
            _execute(job, run, context)
        finally:
            renewal.end()
            with transaction.atomic():
                _record(job, run)
                _set_due(job, run, lease.held(job.name, holder))
        _log(run)
    return run


def _log(run: JobRun) -> None:
    """Log a run that had something to do, or that did not succeed."""
    if run.finished_at and (run.summary or run.outcome != Outcome.SUCCEEDED):
        ms = round((run.finished_at - run.started_at).total_seconds() * 1000)
        activity.info("job", outcome=run.outcome, summary=run.summary, error=run.error, ms=ms)


def _is_due(job: Job) -> Q:
    """Return the condition for the job's state: its time has come, or is later than it can be.

    Then the clock was ahead when the job last ran, perhaps by days. Clocks of hosts may differ by a minute.
    """
    now = timezone.now()
    after_success = job.every and job.every + lease.EXPIRES_AFTER
    after_failure = max(job.every, MAX_BACKOFF) + lease.EXPIRES_AFTER
    return Q(due_at__lte=now) | Q(failures=0, due_at__gt=now + after_success) | Q(due_at__gt=now + after_failure)


def _execute(job: Job, run: JobRun, context: JobContext) -> None:
    """Call the job and note the outcome in `run`, which is not yet saved."""
    run.outcome = Outcome.STOPPED  # the default: an exception that is caught nowhere below ends the process
    try:
        with time_limit(job.time_limit), transaction.atomic() if job.atomic else nullcontext():
            run.summary = (job.run(context) or "")[:200]
        run.outcome = Outcome.SUCCEEDED
    except JobTimedOut:
        if not connection.in_atomic_block:
            connection.close()  # it may have been interrupted in the middle of a query
        if not context.is_stopping():
            run.outcome = Outcome.TIMED_OUT
            log.error("The job %s was interrupted after %s.", job.name, job.time_limit)
    except Exception as error:  # whatever is wrong with one job, the others run
        run.outcome, run.error = Outcome.FAILED, describe(error)
        log.exception("The job %s failed.", job.name)


def describe(error: Exception) -> str:
    """Return the kind of the error and where it was raised, but not its message, which may contain personal data."""
    *_, frame = extract_tb(error.__traceback__)
    file = Path(frame.filename)
    if file.is_relative_to(settings.BASE_DIR):
        file = file.relative_to(settings.BASE_DIR)
    return f"{type(error).__name__} in {file}:{frame.lineno}"[-200:]


def _record(job: Job, run: JobRun) -> None:
    run.finished_at = timezone.now()
    run.save(update_fields=["outcome", "finished_at", "summary", "error"])


def _set_due(job: Job, run: JobRun, held) -> None:
    """Release the lease, and set when the job is due again: after a failure in 1, 2, 4, … minutes."""
    released = {"holder": None, "lease_expires_at": None}
    if run.outcome == Outcome.SUCCEEDED:
        held.update(**released, due_at=run.started_at + job.every, failures=0, succeeded_at=run.finished_at)
    elif run.outcome == Outcome.STOPPED:
        held.update(**released)
    else:
        for state in held:
            held.update(**released, failures=state.failures + 1, due_at=timezone.now() + backoff(state.failures))


def backoff(failures: int, longest: timedelta = MAX_BACKOFF) -> timedelta:
    """Return how long to wait after one more failure than these: 1, 2, 4, … minutes, and never more than `longest`."""
    return min(timedelta(minutes=2 ** min(failures, 20)), longest)


@contextmanager
def time_limit(limit: timedelta) -> Iterator[None]:
    """Raise JobTimedOut in the block after `limit`, by a signal: it works only in the main thread of a process."""
    if current_thread() is not main_thread():
        yield
        return

    def expire(_number, _frame):
        raise JobTimedOut

    previous = signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, limit.total_seconds(), TIMEOUT_REPEATED_AFTER)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
