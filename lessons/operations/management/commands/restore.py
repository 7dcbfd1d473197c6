"""Restore a site from a backup."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lessons.db.availability import StorageUnavailable
from lessons.operations.archive import BadBackup
from lessons.operations.backups import RestoreRefused, restore
from lessons.operations.postgresql import ProgramFailed


class Command(BaseCommand):
    help = "Restores what `backup` has written, after comparing it with its checksums. Stop server and scheduler."
    # The database may have no tables yet, or those of another version.
    requires_migrations_checks = False
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--replace", action="store_true", help="Replace a site that has accounts or courses: they are gone then."
        )

    def handle(self, *, file: Path, replace: bool, **options):
        try:
            restored = restore(file, replace=replace)
        except (BadBackup, RestoreRefused, ProgramFailed, StorageUnavailable) as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"The backup cannot be restored: {error.strerror}.") from None
        upgraded = " It was of an older version, and has been upgraded." if restored.is_upgraded else ""
        self.stdout.write(
            f"Restored {restored.rows} rows and {restored.files} uploaded files, as they were at {restored.made_at}."
            f"{upgraded} What people have deleted since is there again: `manage.py erase_user` erases accounts."
        )
