"""Whether the site is backed up, and whether a backup was tried out."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.operations.findings import Finding, ok, warn
from lessons.operations.models import BackupRecord

MAX_BACKUP_AGE = timedelta(days=2)
MAX_DRILL_AGE = timedelta(days=90)
Kind = BackupRecord.Kind


def check_backups(fix: bool) -> Iterator[Finding]:
    """Ask when the site was last backed up, and when a drill last showed that a backup can be restored."""
    backup = BackupRecord.objects.filter(kind=Kind.BACKUP).first()
    if backup is None:
        yield warn(
            _("The site has never been backed up. Run every night: manage.py backup --to-folder FOLDER --keep 14")
        )
        return
    yield _finding(
        _("The last backup, %(name)s, was made %(when)s.") % {"name": backup.name, "when": _ago(backup)},
        _is_older(backup, MAX_BACKUP_AGE),
        _("Run every night: manage.py backup --to-folder FOLDER --keep 14"),
    )
    drill = BackupRecord.objects.filter(kind=Kind.DRILL).first()
    if drill is None:
        yield warn(_("No backup has ever been tried out. Run: manage.py drill FILE"))
        return
    yield _finding(
        _("A backup was last tried out %(when)s.") % {"when": _ago(drill)},
        _is_older(drill, MAX_DRILL_AGE),
        _("Run: manage.py drill FILE"),
    )


def _finding(fact: str, is_old: bool, what_to_do: str) -> Finding:
    return warn(f"{fact} {what_to_do}") if is_old else ok(fact)


def _is_older(record: BackupRecord, age: timedelta) -> bool:
    return timezone.now() - record.finished_at > age


def _ago(record: BackupRecord) -> str:
    days = (timezone.now() - record.finished_at).days
    if days < 1:
        return _("within the last 24 hours")
    return ngettext("yesterday", "%(n)d days ago", days) % {"n": days}
