"""How the site is running: what the page Operations and the metrics say. A dozen queries of a row or two."""

import platform
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import django
from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, Q

from lessons.jobs.models import JobRun, JobState
from lessons.jobs.registry import Job, all_jobs
from lessons.mail.models import OutgoingEmail
from lessons.operations import health
from lessons.operations.checks.backups import check_backups
from lessons.operations.findings import Finding, Status
from lessons.operations.models import BackupRecord

MAX_ROWS = 10
MailState, Outcome = OutgoingEmail.State, JobRun.Outcome
UNSUCCESSFUL = (Outcome.FAILED, Outcome.TIMED_OUT, Outcome.INTERRUPTED)


class JobLine(NamedTuple):
    """A job, when it last succeeded, and how long ago it should have begun to run again; None if it is not due."""

    name: str
    succeeded_at: datetime | None
    due_at: datetime | None
    lag: timedelta | None
    failures: int
    is_running: bool

    @property
    def is_late(self) -> bool:
        return self.lag is not None and self.lag > health.MAX_LAG


class MailFigures(NamedTuple):
    waiting: int
    given_up: int
    sent_today: int
    oldest_due_at: datetime | None


class Disk(NamedTuple):
    """Bytes: `free` and `total` of the disk with DATA_DIR, and the size of the database, wherever that is."""

    free: int
    total: int
    database: int

    @property
    def used_percent(self) -> int:
        return round(100 * (self.total - self.free) / self.total)


class Overview(NamedTuple):
    problems: list[Finding]
    last_run_at: datetime | None
    jobs: list[JobLine]
    failed_runs: list[JobRun]
    mail: MailFigures
    last_backup: BackupRecord | None
    last_drill: BackupRecord | None
    disk: Disk
    versions: list[tuple[str, str]]


def overview(now: datetime) -> Overview:
    backups = BackupRecord.objects
    return Overview(
        problems=[finding for finding in _findings() if finding.status != Status.OK],
        last_run_at=health.last_scheduler_run(),
        jobs=job_lines(now),
        failed_runs=list(JobRun.objects.filter(outcome__in=UNSUCCESSFUL)[:MAX_ROWS]),
        mail=mail_figures(now),
        last_backup=backups.filter(kind=BackupRecord.Kind.BACKUP).first(),
        last_drill=backups.filter(kind=BackupRecord.Kind.DRILL).first(),
        disk=disk(),
        versions=versions(),
    )


def _findings() -> Iterator[Finding]:
    """Return what the health checks say and, of a site that people use, those of backups."""
    yield from (finding for _name, finding in health.examine())
    if not settings.DEVELOPMENT:
        yield from check_backups(False)


def job_lines(now: datetime) -> list[JobLine]:
    """Return every job: those that fail first, then those that are late, each by name. One query."""
    states = {state.name: state for state in JobState.objects.all()}
    lines = (_job_line(job, states.get(job.name), now) for job in all_jobs())
    return sorted(lines, key=lambda line: (not line.failures, not line.is_late, line.name))


def _job_line(job: Job, state: JobState | None, now: datetime) -> JobLine:
    if state is None:
        return JobLine(job.name, None, None, None, 0, False)
    is_running = state.lease_expires_at is not None and state.lease_expires_at > now
    lag = now - state.due_at if state.due_at <= now and not is_running else None
    return JobLine(job.name, state.succeeded_at, state.due_at, lag, state.failures, is_running)


def mail_figures(now: datetime) -> MailFigures:
    """Return the numbers of e-mails. One query."""
    waiting = Q(state=MailState.WAITING)
    sent_today = Q(state=MailState.SENT, finished_at__gte=now - timedelta(days=1))
    return MailFigures(
        **OutgoingEmail.objects.aggregate(
            waiting=Count("pk", filter=waiting),
            given_up=Count("pk", filter=Q(state=MailState.GIVEN_UP)),
            sent_today=Count("pk", filter=sent_today),
            oldest_due_at=Min("due_at", filter=waiting),
        )
    )


def disk() -> Disk:
    total, _used, free = shutil.disk_usage(settings.DATA_DIR)
    return Disk(free, total, _database_size())


def _database_size() -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        return cursor.fetchone()[0]


def versions() -> list[tuple[str, str]]:
    """Return the names of the programs that serve the site, each with its version."""
    numbers = connection.get_database_version()
    return [
        ("Commonplace", settings.VERSION),
        ("Django", django.get_version()),
        ("Python", platform.python_version()),
        (connection.display_name, ".".join(map(str, numbers))),
    ]


def site_figures(now: datetime) -> dict[str, tuple[float | None, str]]:
    """Return the metrics of the site by name, each with its meaning; None for what has not happened yet."""
    mail, space = mail_figures(now), disk()
    failing = JobState.objects.filter(failures__gt=0).count()
    return {
        "scheduler_last_success_timestamp_seconds": (
            _timestamp(health.last_scheduler_run()),
            "When a background job last succeeded.",
        ),
        "jobs_failing": (failing, "Background jobs whose last run failed."),
        "emails_waiting": (mail.waiting, "E-mails that wait to be sent."),
        "emails_undeliverable": (mail.given_up, "E-mails that could not be delivered."),
        "oldest_email_due_timestamp_seconds": (_timestamp(mail.oldest_due_at), "When the oldest waiting one is due."),
        "disk_free_bytes": (space.free, "Free space on the disk with DATA_DIR."),
        "database_size_bytes": (space.database, "Size of the database."),
        **{
            f"last_{kind}_timestamp_seconds": (_timestamp(_last(kind)), f"When the last {kind} was finished.")
            for kind in BackupRecord.Kind.values
        },
    }


def _last(kind: str) -> datetime | None:
    return BackupRecord.objects.filter(kind=kind).values_list("finished_at", flat=True).first()


def _timestamp(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None
