"""Try out a backup."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lessons.operations.archive import BadBackup
from lessons.operations.backups import backups_in
from lessons.operations.drills import NotRestorable, drill
from lessons.operations.models import BackupRecord


class Command(BaseCommand):
    help = "Restores a backup into a scratch folder, compares it with what was backed up, and removes it again."

    def add_arguments(self, parser: CommandParser):
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="A backup, or a folder: then the newest one in it."
        )

    def handle(self, *, file: Path, **options):
        if file.is_dir():
            backups = backups_in(file)
            if not backups:
                raise CommandError(f"There is no backup in {file}.")
            file = backups[-1]
        try:
            tried = drill(file)
        except (BadBackup, NotRestorable) as error:
            raise CommandError(f"Not restorable. {error}") from None
        except OSError as error:
            raise CommandError(f"The drill has no room: {error.strerror}.") from None
        BackupRecord.objects.create(
            kind=BackupRecord.Kind.DRILL, name=file.name, size=file.stat().st_size, rows=tried.rows
        )
        self.stdout.write(
            f"Restorable: {tried.rows} rows and {tried.files} uploaded files, as they were at {tried.made_at}. "
            f"SHA-256 of the rows: {tried.digest}"
        )
