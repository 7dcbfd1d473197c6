"""The jobs that keep the tables of Django and of this package small: nothing expired stays longer than an hour."""

from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.db import connections, router
from django.utils import timezone

from lessons.db import idempotency
from lessons.db.sqlite import truncate_wal
from lessons.jobs.models import JobRun, JobState
from lessons.jobs.registry import HOURLY, JobContext, all_jobs, job, summarise

SUCCESSES_KEPT_FOR = timedelta(days=2)
KEPT_FOR = timedelta(days=30)
"""How long the runs that did not succeed are kept."""


@job("delete_old_job_runs", every=HOURLY)
def delete_old_job_runs(context: JobContext) -> str | None:
    """Delete the rows of old runs, and the states of jobs that no longer exist."""
    now = timezone.now()
    JobState.objects.exclude(name__in=[known.name for known in all_jobs()]).filter(holder=None).delete()
    old = JobRun.objects.filter(started_at__lt=now - KEPT_FOR)
    old_successes = JobRun.objects.filter(started_at__lt=now - SUCCESSES_KEPT_FOR, outcome=JobRun.Outcome.SUCCEEDED)
    return summarise(old.delete()[0] + old_successes.delete()[0], "deleted")


@job("clear_expired_sessions", every=HOURLY)
def clear_expired_sessions(context: JobContext) -> None:
    """Delete expired sessions: they still hold e-mail addresses, codes and unfinished sign-ups."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@job("clear_expired_cache", every=HOURLY)
def clear_expired_cache(context: JobContext) -> str | None:
    """Delete expired rows of caches in the database, which Django leaves until the table is full."""
    return summarise(sum(_delete_expired_rows(table) for table in _cache_tables()), "deleted")


def _cache_tables() -> list[str]:
    backend = "django.core.cache.backends.db.DatabaseCache"
    return [cache["LOCATION"] for cache in settings.CACHES.values() if cache["BACKEND"] == backend]


def _delete_expired_rows(table: str) -> int:
    """Delete the rows of the cache table that have expired; return how many. Their times are UTC without a zone."""
    connection = connections[router.db_for_write(JobRun)]
    now = timezone.now().replace(microsecond=0, tzinfo=None)
    quoted, expires = connection.ops.quote_name(table), connection.ops.quote_name("expires")
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {quoted} WHERE {expires} < %s",  # noqa: S608
            [connection.ops.adapt_datetimefield_value(now)],
        )
        return cursor.rowcount


@job("delete_old_form_records", every=HOURLY)
def delete_old_form_records(context: JobContext) -> str | None:
    """Delete the records of forms that were submitted too long ago to be submitted a second time."""
    return summarise(idempotency.delete_expired(timezone.now()), "deleted")


@job("truncate_write_ahead_log", every=HOURLY, atomic=False)
def truncate_write_ahead_log(context: JobContext) -> None:
    """Empty SQLite's log, which still has pages from before an erasure if a reader blocked truncation then."""
    truncate_wal()
