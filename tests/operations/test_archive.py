"""The file of a backup: whole or not there, private, and refused with a sentence where it is damaged."""

import io
import json
import shutil
import zipfile

import pytest

from lessons.operations.archive import BadBackup, Manifest, opened_backup, written_backup


@pytest.fixture
def backup(tmp_path):
    file = tmp_path / "site.zip"
    manifest = Manifest(
        "0.1.0", "2026-01-01T00:00:00+00:00", "sqlite", ["lessons.0001_initial"], {"lessons_module": 2}
    )
    with written_backup(file, manifest) as writer:
        writer.add("database.sqlite3", io.BytesIO(b"rows" * 100))
        writer.add("media/posts/a.webp", io.BytesIO(b"picture"))
    return file


def test_what_was_backed_up_can_be_read(backup, tmp_path):
    with opened_backup(backup) as reader:
        assert reader.manifest.rows == {"lessons_module": 2}
        assert reader.media_names() == ["posts/a.webp"]
        assert reader.open_media("posts/a.webp").read() == b"picture"
        reader.extract_database(tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"rows" * 100


def test_only_its_owner_can_read_it(backup, tmp_path):
    assert backup.stat().st_mode & 0o777 == 0o600
    with opened_backup(backup) as reader:
        reader.extract_database(tmp_path / "copy")
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600


def test_an_interrupted_backup_leaves_nothing(tmp_path):
    manifest = Manifest("0.1.0", "2026-01-01T00:00:00+00:00", "sqlite", [], {})

    class FullDisk(io.BytesIO):
        def read(self, size=-1):
            raise OSError("full")

    with pytest.raises(OSError, match="full"), written_backup(tmp_path / "site.zip", manifest) as writer:
        writer.add("database.sqlite3", FullDisk())
    assert list(tmp_path.iterdir()) == []


def flip(backup, offset_of):
    data = bytearray(backup.read_bytes())
    data[data.index(offset_of)] ^= 1
    backup.write_bytes(bytes(data))


def without(backup, left_out):
    copy = backup.with_suffix(".copy")
    with zipfile.ZipFile(backup) as source, zipfile.ZipFile(copy, "w") as target:
        for name in source.namelist():
            if name != left_out:
                target.writestr(name, source.read(name))
    shutil.move(copy, backup)


def change_manifest(backup, **changes):
    with zipfile.ZipFile(backup) as source:
        manifest = json.loads(source.read("manifest.json"))
    without(backup, "manifest.json")
    with zipfile.ZipFile(backup, "a") as target:
        target.writestr("manifest.json", json.dumps(manifest | changes))


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda backup: backup.unlink(), "There is no file"),
        (lambda backup: backup.write_bytes(b""), "is no backup"),
        (lambda backup: backup.write_bytes(backup.read_bytes()[:300]), "is no backup"),
        (lambda backup: without(backup, "manifest.json"), "no manifest"),
        (lambda backup: without(backup, "media/posts/a.webp"), "media/posts/a.webp is missing"),
        (lambda backup: flip(backup, b"rowsrows"), "database.sqlite3 cannot be read"),
        (lambda backup: flip(backup, b"picture"), "media/posts/a.webp cannot be read"),
        (lambda backup: change_manifest(backup, format=2), "newer version"),
        (lambda backup: change_manifest(backup, files={"database.sqlite3": "0" * 64}), "not what was backed up"),
        (lambda backup: change_manifest(backup, engine="postgresql"), "has no database"),
    ],
)
def test_a_damaged_backup_is_refused_with_a_sentence(backup, damage, sentence):
    damage(backup)
    with pytest.raises(BadBackup, match=sentence), opened_backup(backup):
        pass
