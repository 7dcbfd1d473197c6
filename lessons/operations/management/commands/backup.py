"""Back up the site into one file."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lessons.db.availability import StorageUnavailable
from lessons.operations.backups import PREFIX, back_up, backups_in
from lessons.operations.models import BackupRecord
from lessons.operations.postgresql import ProgramFailed


class Command(BaseCommand):
    help = "Writes database and uploaded files into one file, readable by you alone, while the site is used."

    def add_arguments(self, parser: CommandParser):
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="A new file.")
        parser.add_argument(
            "--to-folder", type=Path, metavar="FOLDER", help="Write a file with the date and time as its name there."
        )
        parser.add_argument(
            "--keep", type=int, metavar="N", help="With --to-folder: delete all but the newest N backups there."
        )

    def handle(self, *, file: Path | None, to_folder: Path | None, keep: int | None, **options):
        if keep is not None and (to_folder is None or keep < 1):
            raise CommandError("--keep needs --to-folder, and a number of at least 1.")
        if file and not to_folder:
            target = file.absolute()
        elif to_folder and not file:
            target = to_folder.absolute() / f"{PREFIX}{timezone.now():%Y%m%d-%H%M%S}.zip"
        else:
            raise CommandError("Name a file, or a folder with --to-folder.")
        if to_folder and to_folder.exists() and not to_folder.is_dir():
            raise CommandError(f"{to_folder} is a file. Name a folder, or leave out --to-folder to write a file.")
        if target.is_dir():
            raise CommandError(f"{target} is a folder. Write --to-folder before it, or name a file in it.")
        if target.exists():
            raise CommandError(f"{target} exists. Name another file.")
        try:
            if to_folder:
                to_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            manifest = back_up(target)
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}.") from None
        except (ProgramFailed, StorageUnavailable) as error:
            raise CommandError(str(error)) from None
        uploads = len(manifest.files) - 1
        size = target.stat().st_size / 1_000_000
        rows = sum(manifest.rows.values())
        BackupRecord.objects.create(
            kind=BackupRecord.Kind.BACKUP, name=target.name, size=target.stat().st_size, rows=rows
        )
        self.stdout.write(f"{target}: {size:.1f} MB, with {rows} rows and {uploads} uploaded files.")
        if to_folder and keep:
            self.delete_old(to_folder, keep)

    def delete_old(self, folder: Path, keep: int):
        for old in backups_in(folder)[:-keep]:
            old.unlink()
            self.stdout.write(f"Deleted {old}.")
