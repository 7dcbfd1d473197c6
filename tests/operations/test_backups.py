"""Backup, restore, drill and move, as an administrator types them: processes with folders and databases of their own.

On PostgreSQL, the databases are made on the server of the tests.
"""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from copy import copy
from errno import EACCES
from typing import NamedTuple
from unittest.mock import Mock
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages
from django.core.management import CommandError, call_command
from django.db import connection

from lessons.operations import backups
from lessons.operations.archive import Manifest
from lessons.operations.drills import Drill
from lessons.operations.management.commands import drill as drill_command
from lessons.operations.management.commands import move_database as move_command
from lessons.operations.scratch import postgresql_url
from tests.conftest import IN_BUCKET
from tests.factories import make_course


class Site(NamedTuple):
    folder: object
    url: str

    @property
    def uploads(self):
        """Return the storage of its uploaded files: its own folder, or a folder of its own in the bucket."""
        if not IN_BUCKET:
            return FileSystemStorage(self.folder / "media")
        storage = copy(storages["default"])
        storage.location = self.folder.name
        return storage

    def manage(self, *commands):
        """Run management commands one after the other, in one process. Return what they print, refusals included."""
        environment = os.environ | {"DATABASE_URL": self.url, "DATA_DIR": str(self.folder)}
        if IN_BUCKET:
            environment["MEDIA_STORAGE_URL"] += f"/{self.folder.name}"
        code = RUN_COMMANDS.format(commands=[list(map(str, command)) for command in commands])
        done = subprocess.run(  # noqa: S603
            [sys.executable, "manage.py", "shell", "-v0", "-c", code],
            env=environment,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr


# Most of the time of a process goes into its start. "digest" is a command here only.
RUN_COMMANDS = """
from django.core.management import CommandError, call_command
from lessons.operations.logical_dump import digest
for command in {commands}:
    try:
        print("Digest", digest("default")) if command == ["digest"] else call_command(*command)
    except CommandError as error:
        print("Refused:", error)
"""
# Writes a row with a number that the database gives: its sequences continue after the rows that were moved.
CREATE_USER = (
    "from lessons.accounts.models import User; "
    "User.objects.create_user('new@example.org', 'a long password', display_name='New'); print('created')"
)


def digest(said):
    """Return the only digest of a site's database in what it printed."""
    (found,) = re.findall(r"^Digest (\w{64})$", said, re.MULTILINE)
    return found


@pytest.fixture
def new_site(tmp_path, request, shared_folder):
    """Return a function that gives a site with a folder and a database of its own, which has tables if `migrated`."""

    def site(*, migrated=False):
        name = f"site_{uuid4().hex}"
        folder = tmp_path / name
        folder.mkdir()
        if connection.vendor == "sqlite":
            if migrated:
                shutil.copy(shared_folder / "migrated.sqlite3", folder / "db.sqlite3")
            return Site(folder, f"sqlite:///{folder / 'db.sqlite3'}")
        template = (shared_folder / "migrated").read_text() if migrated else "template1"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        request.addfinalizer(lambda: drop(name))
        return Site(folder, postgresql_url(connection.settings_dict, name))

    def drop(name):
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")

    return site


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
def test_a_site_is_backed_up_tried_out_restored_and_moved(new_site, tmp_path):
    site, other, moved = new_site(migrated=True), new_site(), new_site()
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in ("commonplace-20200101-000000.zip", "commonplace-20210101-000000.zip", "mine.zip"):
        (folder / name).write_bytes(b"")
    file = folder / "site.zip"
    site.uploads.save("assets/a.webp", ContentFile(b"picture"))
    said = site.manage(
        ["quickstart", "--no-serve"],
        ["digest"],
        ["backup", file],
        ["backup", file],
        ["drill", file],
        ["backup", "--to-folder", folder, "--keep", "2"],
    )
    before = digest(said)
    assert "1 uploaded files" in said
    assert f"Refused: {file} exists" in said
    assert "Restorable" in said
    assert not list(site.folder.glob(".drill-*"))
    assert len(list(folder.glob("commonplace-*.zip"))) == 2
    assert not (folder / "commonplace-20200101-000000.zip").exists()
    assert (folder / "mine.zip").exists()

    said = other.manage(["restore", file], ["digest"])
    assert "Restored" in said
    assert digest(said) == before
    with other.uploads.open("assets/a.webp") as picture:
        assert picture.read() == b"picture"

    other.uploads.save("assets/later.webp", ContentFile(b"later"))
    assert "already" in other.manage(["restore", file])
    assert other.uploads.exists("assets/later.webp")
    assert "Restored" in other.manage(["restore", file, "--replace"])
    assert site.uploads.listdir("assets") == other.uploads.listdir("assets") == ([], ["a.webp"])

    said = site.manage(["move_database", site.url, other.url], ["move_database", site.url, moved.url], ["digest"])
    assert "already" in said
    assert "both databases say the same" in said
    said_by_moved = moved.manage(["digest"], ["shell", "-v0", "-c", CREATE_USER])
    assert digest(said_by_moved) == digest(said)
    assert "created" in said_by_moved


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Name a file"),
        (["a.zip", "--to-folder", "b"], "Name a file"),
        (["a.zip", "--keep", "2"], "--keep needs --to-folder"),
        (["--to-folder", "b", "--keep", "0"], "at least 1"),
        (["/no/such/folder/a.zip"], "cannot be written"),
        (["/tmp"], "is a folder. Write --to-folder before it"),
        (["--to-folder", __file__], "is a file. Name a folder"),
    ],
)
def test_backup_says_what_is_wrong(arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("backup", *arguments)


def test_a_restore_says_what_is_wrong_with_the_file(tmp_path, monkeypatch):
    file = tmp_path / "backup.zip"
    with pytest.raises(CommandError, match="There is no file"):
        call_command("restore", file)
    file.write_bytes(b"PK\x03\x04")
    with pytest.raises(CommandError, match="is no backup of Commonplace, or it is damaged"):
        call_command("restore", file)
    with pytest.raises(CommandError, match="is a folder. Name a backup in it"):
        call_command("restore", tmp_path)

    def not_allowed(_file):
        raise PermissionError(EACCES, "Permission denied")

    monkeypatch.setattr(zipfile, "ZipFile", not_allowed)
    with pytest.raises(CommandError, match="You may not read .*backup.zip"):
        call_command("restore", file)


@pytest.mark.django_db
def test_a_backup_of_a_newer_version_is_refused():
    manifest = Manifest("9.0", "2030-01-01", connection.vendor, ["lessons.9999_later"], {})
    with pytest.raises(backups.RestoreRefused, match=r"Commonplace 9\.0, which is newer"):
        backups._check_version(manifest)


@pytest.mark.django_db
def test_a_backup_of_the_other_database_is_refused():
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    with pytest.raises(backups.RestoreRefused, match="move_database"):
        backups._check_version(Manifest("0.1.0", "2026-01-01", other, [], {}))


@pytest.mark.django_db
def test_a_site_with_a_course_is_not_empty():
    assert backups.site_is_empty()
    make_course()
    assert not backups.site_is_empty()


@pytest.mark.parametrize("url", ["", "db.sqlite3", "mysql://a/b", "postgres"])
def test_an_address_of_no_database_is_refused(url):
    with pytest.raises(CommandError, match="is no address of a database"):
        call_command("move_database", url, "sqlite:////tmp/other.sqlite3")


def test_a_move_without_the_package_for_postgresql_says_what_to_install(monkeypatch):
    monkeypatch.setattr(move_command, "move_database", Mock(side_effect=ImproperlyConfigured))
    with pytest.raises(CommandError, match="pip install 'psycopg"):
        call_command("move_database", "sqlite:////tmp/site.sqlite3", "postgres://localhost/site")


def test_a_move_from_a_missing_file_creates_none(tmp_path):
    missing, target = tmp_path / "missing.sqlite3", tmp_path / "new.sqlite3"
    with pytest.raises(CommandError, match=f"There is no file {missing}"):
        call_command("move_database", f"sqlite:///{missing}", f"sqlite:///{target}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_a_drill_of_a_folder_takes_the_newest_backup(tmp_path, monkeypatch):
    tried = []
    monkeypatch.setattr(drill_command, "drill", lambda file: tried.append(file) or Drill("", 1, 0, "0"))
    with pytest.raises(CommandError, match="There is no backup in"):
        call_command("drill", tmp_path)
    for name in ("commonplace-20260102-020000.zip", "commonplace-20260101-020000.zip", "other.zip"):
        (tmp_path / name).touch()
    call_command("drill", tmp_path)
    assert [file.name for file in tried] == ["commonplace-20260102-020000.zip"]
