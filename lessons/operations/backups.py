"""Back up a site while it is used, and restore it."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.db.sqlite import truncate_wal
from lessons.operations import postgresql
from lessons.operations.archive import MEDIA, BackupReader, BackupWriter, Manifest, opened_backup, written_backup
from lessons.operations.logical_dump import row_counts
from lessons.operations.scratch import database_alias, sqlite_settings

PREFIX = "commonplace-"
"""How the names of backups in a folder begin, before date and time."""


class Restored(NamedTuple):
    """What a restore has brought back: `rows` in the database, `files` that were uploaded, and when all of it was
    backed up. `is_upgraded` if the backup is of an older version.
    """

    made_at: str
    rows: int
    files: int
    is_upgraded: bool


class RestoreRefused(ValueError):
    """A backup that this site cannot take. Its message is a sentence for the person who wanted to restore it."""


def backups_in(folder: Path) -> list[Path]:
    """Return the backups that `backup --to-folder` has written into a folder, the oldest first."""
    return sorted(folder.glob(f"{PREFIX}[0-9]*-[0-9]*.zip"))


def back_up(file: Path) -> Manifest:
    """Write a backup of database and uploaded files. The site may be used meanwhile: the database is as it was at one
    moment, and a file that is uploaded after it is left out. Raise OSError, postgresql.ProgramFailed.
    """
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
        database = Path(folder) / "database"
        rows, migrations = _copy_database(database)
        manifest = Manifest(settings.VERSION, timezone.now().isoformat(), connection.vendor, migrations, rows)
        with written_backup(file, manifest) as backup:
            with database.open("rb") as source:
                backup.add(manifest.database_name, source)
            database.unlink()
            _add_media(backup)
    return manifest


def _copy_database(target: Path) -> tuple[dict[str, int], list[str]]:
    """Copy the database as it is now; return its number of rows by table, and its migrations."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        target.touch(0o600)
        with closing(sqlite3.connect(target)) as copy:
            connection.connection.backup(copy, pages=-1)
        with database_alias("backup", sqlite_settings(target)) as alias:
            return row_counts(alias), _applied_migrations(alias)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        postgresql.dump(connection.settings_dict, target, snapshot=snapshot)
        return row_counts("default"), _applied_migrations("default")


def _applied_migrations(database: str) -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connections[database]).applied_migrations())


def _add_media(backup: BackupWriter) -> None:
    for name in stored_files():
        try:
            source = default_storage.open(name)
        except FileNotFoundError:
            continue  # deleted since it was listed
        with source:
            backup.add(MEDIA + name, source)


def stored_files(folder: str = "") -> Iterator[str]:
    """Return the names of all uploaded files."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield f"{folder}/{name}" if folder else name
    for name in sorted(folders):
        yield from stored_files(f"{folder}/{name}" if folder else name)


def restore(file: Path, *, replace: bool = False) -> Restored:
    """Restore a backup, and upgrade what it restored to the version that is installed.

    Every file is compared with its checksum before anything is written. The uploaded files come first and the database
    next, as a whole or not at all, so that an interrupted restore can be repeated. Raise archive.BadBackup,
    RestoreRefused, postgresql.ProgramFailed.
    """
    with opened_backup(file) as backup:
        manifest = backup.manifest
        _check_version(manifest)
        if not replace and not site_is_empty():
            raise RestoreRefused(
                "This site has accounts or courses already. To replace all of it by the backup, back it up first, "
                "stop the server and the scheduler, and use --replace."
            )
        _restore_media(backup)
        with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix=".restore-") as folder:
            database = Path(folder) / "database"
            backup.extract_database(database)
            _restore_database(database)
        _delete_other_media(set(backup.media_names()))
    is_upgraded = _applied_migrations("default") != migrations_on_disk()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    truncate_wal()
    return Restored(manifest.made_at, sum(manifest.rows.values()), len(backup.media_names()), is_upgraded)


def _check_version(manifest: Manifest) -> None:
    if manifest.engine != connection.vendor:
        names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
        raise RestoreRefused(
            f"This backup is of {names.get(manifest.engine, manifest.engine)}, and the site uses "
            f"{names[connection.vendor]}. Restore it with a DATABASE_URL of its own kind, then move it with "
            "`manage.py move_database`."
        )
    if unknown := set(manifest.migrations) - set(migrations_on_disk()):
        raise RestoreRefused(
            f"This backup was made by Commonplace {manifest.version}, which is newer than {settings.VERSION}: it has "
            f"the migration {sorted(unknown)[0]}. Install that version, then restore the backup."
        )


def migrations_on_disk() -> list[str]:
    """Return the migrations of the installed version, as `app.name`."""
    return sorted(f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations)


def site_is_empty() -> bool:
    """Return whether there is nothing that a restore could overwrite: no tables yet, or neither account nor course."""
    tables = connection.introspection.table_names()
    return User._meta.db_table not in tables or not (User.objects.exists() or Course.objects.exists())


def _restore_database(source: Path) -> None:
    """Replace all of the database by a copy, as a whole or not at all."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(source)) as copy:
            copy.backup(connection.connection, pages=-1)
    else:
        connection.close()
        postgresql.restore(connection.settings_dict, source)
    connection.close()


def _restore_media(backup: BackupReader) -> None:
    for name in backup.media_names():
        with backup.open_media(name) as source:
            if default_storage.exists(name):
                default_storage.delete(name)
            default_storage.save(name, File(source, name))


def _delete_other_media(restored: set[str]) -> None:
    for name in list(stored_files()):
        if name not in restored:
            default_storage.delete(name)
