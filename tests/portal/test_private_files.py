"""Other users of the machine cannot read the database or uploads, whatever the umask is."""

import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from portal.private_files import make_private_database, make_private_folder, secret_in


@pytest.fixture(autouse=True)
def usual_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_database_and_its_folder_are_private(tmp_path):
    folder = tmp_path / "new" / "data"
    make_private_folder(folder)
    file = folder / "db.sqlite3"
    make_private_database(str(file))
    database = sqlite3.connect(file)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE tides (height)")
    assert [mode(folder)] + [mode(path) for path in sorted(folder.iterdir())] == [0o700, 0o600, 0o600, 0o600]
    database.close()


def test_existing_files_become_private(tmp_path):
    tmp_path.chmod(0o755)
    file = tmp_path / "db.sqlite3"
    database = sqlite3.connect(file)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE tides (height)")
    assert mode(file) == 0o644
    make_private_folder(tmp_path)
    make_private_database(str(file))
    assert [mode(tmp_path)] + [mode(path) for path in sorted(tmp_path.iterdir())] == [0o700, 0o600, 0o600, 0o600]
    database.close()


def test_a_folder_with_other_files_is_left_alone_with_a_warning(tmp_path, caplog):
    tmp_path.chmod(0o755)
    (tmp_path / "letters").mkdir()
    make_private_folder(tmp_path)
    assert mode(tmp_path) == 0o755
    assert f"chmod 700 {tmp_path}" in caplog.text


def test_a_database_in_memory_makes_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make_private_database(":memory:")
    make_private_database("file:x?mode=memory")
    assert not list(tmp_path.iterdir())


def test_a_secret_is_made_once_and_only_for_its_owner(tmp_path):
    file = tmp_path / "secret"
    with ThreadPoolExecutor(4) as pool:
        made = {*pool.map(secret_in, [file] * 8), secret_in(file)}
    assert len(made) == 1
    assert len(made.pop()) >= 50
    assert mode(file) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_uploads_are_private():
    name = FileSystemStorage().save("assets/a/b.webp", ContentFile(b"x"))
    path = settings.MEDIA_ROOT / name
    assert (mode(path), mode(path.parent), mode(path.parent.parent)) == (0o600, 0o700, 0o700)


def test_the_folder_of_this_site_is_private():
    assert mode(settings.DATA_DIR) == 0o700
