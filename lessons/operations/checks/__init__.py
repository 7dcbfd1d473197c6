"""The checks of `manage.py doctor`, each of one part of the site.

A check yields a finding for each thing that it looks at. With `fix` it repairs what can be computed from other data,
and then says so; everything else it only reads.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.db import DatabaseError, InterfaceError
from django.utils.translation import gettext as _

from lessons.operations import health
from lessons.operations.checks.backups import check_backups
from lessons.operations.checks.cache import check_cache
from lessons.operations.checks.counters import check_counters
from lessons.operations.checks.folders import check_folders
from lessons.operations.checks.mail import check_mail
from lessons.operations.checks.placements import check_placements
from lessons.operations.checks.scheduler import check_scheduler
from lessons.operations.checks.search_index import check_search_index
from lessons.operations.checks.settings import check_settings
from lessons.operations.checks.static_files import check_static_files
from lessons.operations.checks.uploads import check_uploads
from lessons.operations.findings import Finding, Status, fail

Diagnose = Callable[[bool], Iterator[Finding]]


class Check(NamedTuple):
    """`needs` are the checks without whose success this one can find nothing."""

    diagnose: Diagnose
    needs: tuple[str, ...] = ("database", "migrations")


def _only_look(check: Callable[[], Finding]) -> Diagnose:
    """Return a check that finds one thing and repairs nothing."""

    def diagnose(fix: bool) -> Iterator[Finding]:
        yield check()

    return diagnose


CHECKS: dict[str, Check] = {
    "settings": Check(check_settings, needs=()),
    "folders": Check(check_folders, needs=()),
    "disk": Check(_only_look(health.check_disk), needs=()),
    "static": Check(check_static_files, needs=()),
    "database": Check(_only_look(health.check_database), needs=()),
    "migrations": Check(_only_look(health.check_migrations), needs=("database",)),
    "cache": Check(check_cache, needs=()),
    "scheduler": Check(check_scheduler),
    "mail": Check(check_mail),
    "backups": Check(check_backups),
    "uploads": Check(check_uploads),
    "counters": Check(check_counters),
    "placements": Check(check_placements),
    "index": Check(check_search_index),
}


def diagnose(names: list[str], *, fix: bool) -> Iterator[Finding]:
    """Run the named checks, or all, one after the other; repair what can be computed again if `fix`.

    Those that read rows are left out without the database, and while its tables are of another version.
    """
    wanted = names or list(CHECKS)
    needed = {need for name in wanted for need in CHECKS[name].needs}
    failed = {need for need in needed if _fails(need)}
    left_out = [name for name in wanted if failed & set(CHECKS[name].needs)]
    for name in (name for name in wanted if name not in left_out):
        try:
            yield from CHECKS[name].diagnose(fix)
        except (DatabaseError, InterfaceError) as error:
            yield fail(
                _("The check “%(name)s” was interrupted by the database: %(kind)s.")
                % {"name": name, "kind": type(error).__name__}
            )
    if left_out:
        yield fail(
            _("Left out until the database answers and all migrations are applied: %(names)s.")
            % {"names": ", ".join(left_out)}
        )


def _fails(name: str) -> bool:
    try:
        return any(finding.status == Status.FAIL for finding in CHECKS[name].diagnose(False))
    except (DatabaseError, InterfaceError):
        return True
