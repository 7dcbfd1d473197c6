"""Try out a backup: restore it into a scratch folder, with a process and a database of its own, and look into it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from django.conf import settings
from django.db import connection

from lessons.operations.archive import Manifest, opened_backup
from lessons.operations.backups import migrations_on_disk
from lessons.operations.logical_dump import digest, row_counts
from lessons.operations.scratch import database_alias, postgresql_url, settings_of, sqlite_settings


class NotRestorable(ValueError):
    """A backup that cannot be restored as it was. Its message is a sentence for the person who tried it."""


class Drill(NamedTuple):
    """What a drill has found: `digest` is that of the restored database's logical dump."""

    made_at: str
    rows: int
    files: int
    digest: str


def drill(file: Path) -> Drill:
    """Restore a backup into a scratch folder and compare it with what was backed up: the number of rows of each table
    and, on SQLite, every row. What an older version has backed up is upgraded, and not compared. Raise BadBackup,
    NotRestorable.
    """
    with opened_backup(file) as backup, tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix=".drill-") as folder:
        manifest, uploads = backup.manifest, backup.media_names()
        with _scratch_database(Path(folder)) as (url, database):
            _restore(file, Path(folder), url)
            with database_alias("drill", database) as alias:
                rows, restored = row_counts(alias), digest(alias)
            if manifest.migrations == migrations_on_disk():
                _compare_rows(manifest, rows)
                if connection.vendor == "sqlite":
                    original = Path(folder) / "original"
                    backup.extract_database(original)
                    _compare_digest(original, restored)
    return Drill(manifest.made_at, sum(rows.values()), len(uploads), restored)


@contextmanager
def _scratch_database(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the address and the settings of an empty database, of the same kind as the site's."""
    if connection.vendor == "sqlite":
        file = folder / "db.sqlite3"
        yield f"sqlite:///{file}", sqlite_settings(file)
        return
    name = f"drill_{uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        url = postgresql_url(connection.settings_dict, name)
        yield url, settings_of(url)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _restore(file: Path, folder: Path, url: str) -> None:
    """Run `restore` as a process of its own, whose site and uploaded files are in the folder. Raise NotRestorable."""
    scratch = {"DATABASE_URL": url, "DATA_DIR": str(folder), "MEDIA_STORAGE_URL": ""}
    environment = os.environ | scratch | {"SECRET_KEY": settings.SECRET_KEY}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "restore", str(file.absolute())]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise NotRestorable(done.stderr.strip().removeprefix("CommandError: ") or "The restore has failed.")


def _compare_rows(manifest: Manifest, rows: dict[str, int]) -> None:
    """Raise NotRestorable unless every table has as many rows as when it was backed up."""
    for table, count in manifest.rows.items():
        if rows[table] != count:
            raise NotRestorable(f"{table} had {count} rows when it was backed up, and {rows[table]} when restored.")


def _compare_digest(original: Path, restored: str) -> None:
    """Raise NotRestorable unless the restored database is the one in the backup."""
    with database_alias("original", sqlite_settings(original)) as alias:
        if digest(alias) != restored:
            raise NotRestorable("The restored database differs from the one in the backup.")
