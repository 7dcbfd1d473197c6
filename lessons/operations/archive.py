"""The file of a backup: a zip with the database, the uploaded files, and a manifest with the checksum of each.

Nothing in it is compressed: images are already, and a backup must not take longer than the disk.
"""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

MANIFEST = "manifest.json"
MEDIA = "media/"
FORMAT = 1
CHUNK = 1 << 20
SQLITE_DATABASE, POSTGRESQL_DATABASE = "database.sqlite3", "database.pgdump"


class BadBackup(ValueError):
    """A file that is no backup, or one that is damaged. Its message is a sentence for the person who named it."""


@dataclass
class Manifest:
    """What a backup says about itself. `files` has the SHA-256 of each file, `rows` the number of rows by table."""

    version: str
    made_at: str
    engine: str
    migrations: list[str]
    rows: dict[str, int]
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def database_name(self) -> str:
        return SQLITE_DATABASE if self.engine == "sqlite" else POSTGRESQL_DATABASE


class BackupWriter:
    """Adds files to a backup, and their checksums to its manifest."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest):
        self.archive, self.manifest = archive, manifest

    def add(self, name: str, source: IO[bytes]) -> None:
        checksum = hashlib.sha256()
        with self.archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as target:
            while chunk := source.read(CHUNK):
                checksum.update(chunk)
                target.write(chunk)
        self.manifest.files[name] = checksum.hexdigest()


@contextmanager
def written_backup(file: Path, manifest: Manifest) -> Iterator[BackupWriter]:
    """Write a backup that is there whole or not at all, and readable by its owner alone."""
    part = file.with_name(f"{file.name}.part")
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as target:
            with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
                yield BackupWriter(archive, manifest)
                archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
            target.flush()
            os.fsync(target.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


class BackupReader:
    """Reads the files of a backup."""

    def __init__(self, archive: zipfile.ZipFile):
        self.archive = archive
        try:
            self.manifest = Manifest(**json.loads(archive.read(MANIFEST)))
        except (KeyError, TypeError, ValueError, zipfile.BadZipFile):
            raise BadBackup("This file is no backup of Commonplace: it has no manifest.") from None
        if self.manifest.format != FORMAT:
            raise BadBackup("This backup was made by a newer version of Commonplace. Install that version first.")

    def check(self) -> None:
        """Compare every file with its checksum. Raise BadBackup."""
        present = set(self.archive.namelist()) - {MANIFEST}
        if missing := set(self.manifest.files) - present:
            raise BadBackup(f"The backup is damaged: {sorted(missing)[0]} is missing.")
        if self.manifest.database_name not in present:
            raise BadBackup("The backup is damaged: it has no database.")
        for name in sorted(present):
            if self._checksum(name) != self.manifest.files.get(name):
                raise BadBackup(f"The backup is damaged: {name} is not what was backed up.")

    def _checksum(self, name: str) -> str:
        checksum = hashlib.sha256()
        try:
            with self.archive.open(name) as source:
                while chunk := source.read(CHUNK):
                    checksum.update(chunk)
        except (zipfile.BadZipFile, EOFError):
            raise BadBackup(f"The backup is damaged: {name} cannot be read.") from None
        return checksum.hexdigest()

    def media_names(self) -> list[str]:
        """Return the names of the uploaded files, as the storage knows them."""
        return [name.removeprefix(MEDIA) for name in sorted(self.manifest.files) if name.startswith(MEDIA)]

    def open_media(self, name: str) -> IO[bytes]:
        return self.archive.open(MEDIA + name)

    def extract_database(self, target: Path) -> None:
        with self.archive.open(self.manifest.database_name) as source, _private_file(target) as copy:
            shutil.copyfileobj(source, copy, CHUNK)


def _private_file(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb")


@contextmanager
def opened_backup(file: Path) -> Iterator[BackupReader]:
    """Open a backup whose files equal their checksums. Raise BadBackup."""
    try:
        archive = zipfile.ZipFile(file)
    except FileNotFoundError:
        raise BadBackup(f"There is no file {file}.") from None
    except IsADirectoryError:
        raise BadBackup(f"{file} is a folder. Name a backup in it.") from None
    except PermissionError:
        raise BadBackup(f"You may not read {file}. Run this as the user whose file it is.") from None
    except (zipfile.BadZipFile, OSError):
        raise BadBackup(f"{file} is no backup of Commonplace, or it is damaged.") from None
    with archive:
        reader = BackupReader(archive)
        reader.check()
        yield reader
