"""Whether the site works: what `/health/ready/` and `manage.py doctor` both ask. Each check is one or two queries."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from lessons.jobs.models import JobState
from lessons.mail.models import OutgoingEmail
from lessons.operations.findings import Finding, Status, fail, ok, warn

MIN_FREE_BYTES = 100_000_000
LOW_FREE_BYTES = 1_000_000_000
MAX_LAG = timedelta(minutes=10)
"""How long ago the scheduler may have run."""
MAX_MAIL_AGE = timedelta(minutes=30)
"""How long an e-mail may be due."""
CACHE_KEY = "health"


def check_database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return fail(_("The database does not answer. Start it, or correct DATABASE_URL."))
    return ok(_("The database answers."))


def check_migrations() -> Finding:
    if waiting := _waiting_migrations():
        return fail(
            _("%(waiting)s migrations are not applied. Stop the server and run: manage.py migrate")
            % {"waiting": waiting}
        )
    return ok(_("All migrations are applied."))


_applied_databases: set[str] = set()


def _waiting_migrations() -> int:
    """Return how many migrations wait. Once there are none, a process need not read all of them again."""
    database = str(connection.settings_dict["NAME"])
    if database in _applied_databases:
        return 0
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not waiting:
        _applied_databases.add(database)
    return waiting


def check_cache() -> Finding:
    try:
        cache.set(CACHE_KEY, 1, timeout=60)
        answers = cache.get(CACHE_KEY) == 1
    except Exception:  # each cache has its own errors
        answers = False
    if answers:
        return ok(_("The cache answers."))
    return fail(_("The cache does not answer. Without it nobody can sign in: see CACHE_URL."))


def check_disk() -> Finding:
    _total, _used, free = shutil.disk_usage(settings.DATA_DIR)
    left = _("%(size)s GB are free in DATA_DIR.") % {"size": f"{free / 1e9:.1f}"}
    if free < MIN_FREE_BYTES:
        return fail(_("The disk is full: %(left)s") % {"left": left})
    if free < LOW_FREE_BYTES:
        return warn(
            _("The disk is almost full. Only %(left)s Delete old backups and logs, or get more room.") % {"left": left}
        )
    return ok(left)


def last_scheduler_run() -> datetime | None:
    """Return when a job last succeeded, or None."""
    return JobState.objects.aggregate(last=Max("succeeded_at"))["last"]


def check_scheduler() -> Finding:
    last = last_scheduler_run()
    if last is None:
        return warn(_("The scheduler has never run. Call manage.py run_scheduled every minute."))
    lag = timezone.now() - last
    when = f"{last:%Y-%m-%d %H:%M} UTC"
    if lag > MAX_LAG:
        return warn(
            _("The scheduler has not run since %(when)s. Call manage.py run_scheduled every minute.") % {"when": when}
        )
    return ok(_("The scheduler last ran at %(when)s.") % {"when": when})


def check_mail() -> Finding:
    oldest = OutgoingEmail.objects.waiting().aggregate(oldest=Min("due_at"))["oldest"]
    if oldest and timezone.now() - oldest > MAX_MAIL_AGE:
        return warn(
            _("An e-mail has been waiting since %(oldest)s UTC. The administration pages say why.")
            % {"oldest": f"{oldest:%Y-%m-%d %H:%M}"},
        )
    return ok(_("No e-mail has been waiting for long."))


CHECKS: dict[str, Callable[[], Finding]] = {
    "migrations": check_migrations,
    "cache": check_cache,
    "scheduler": check_scheduler,
    "mail": check_mail,
}


def examine() -> Iterator[tuple[str, Finding]]:
    """Run the checks. Those that need the database are left out without it: each would wait for it."""
    database = check_database()
    yield "database", database
    yield "disk", check_disk()
    if database.status == Status.FAIL:
        return
    for name, check in CHECKS.items():
        try:
            yield name, check()
        except (DatabaseError, InterfaceError):
            yield name, fail(_("The database does not answer."))
