"""The storage of uploaded files in a bucket, on a real server; all other tests use it there, too."""

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages

from lessons.db.availability import StorageUnavailable
from lessons.operations.checks.uploads import check_uploads
from tests.conftest import IN_BUCKET

pytestmark = pytest.mark.skipif(not IN_BUCKET, reason="MEDIA_STORAGE_URL names no bucket")
DATA = bytes(range(256)) * 4_000  # more than what is read ahead


@pytest.fixture
def stored():
    return default_storage.save("assets/a.webp", ContentFile(DATA))


def storage_of(**options):
    """Return the storage of the settings with other options."""
    return storages.create_storage(
        {**settings.STORAGES["default"], "OPTIONS": settings.STORAGES["default"]["OPTIONS"] | options}
    )


def test_a_file_is_read_in_any_order(stored):
    with default_storage.open(stored) as file:
        assert (file.size, file.tell()) == (len(DATA), 0)
        assert file.read(10) == DATA[:10]
        file.seek(-3, 2)
        assert file.read() == DATA[-3:]
        file.seek(300_000)
        assert (file.read(5), file.tell()) == (DATA[300_000:300_005], 300_005)
        file.seek(0)
        assert b"".join(file.chunks()) == DATA
        file.seek(len(DATA) + 5)
        assert file.read() == b""
    assert file.closed
    with file.open() as again:
        assert again.read() == DATA


def test_an_empty_file_is_read():
    with default_storage.open(default_storage.save("assets/empty.webp", ContentFile(b""))) as file:
        assert (file.size, file.read()) == (0, b"")


def test_a_new_file_never_replaces_another(stored):
    other = default_storage.save(stored, ContentFile(b"other"))
    assert other != stored
    assert default_storage.size(stored) == len(DATA)


def test_a_missing_file_is_missing_as_on_a_disk():
    for missing in (default_storage.open, default_storage.size, default_storage.get_modified_time):
        with pytest.raises(FileNotFoundError):
            missing("assets/none.webp")
    default_storage.delete("assets/none.webp")
    assert not default_storage.exists("assets/none.webp")
    assert default_storage.listdir("assets") == ([], [])


def test_files_have_no_address(stored):
    with pytest.raises(ValueError, match="no address"):
        default_storage.url(stored)


def test_nothing_is_stored_for_the_public(stored):
    grants = default_storage.bucket.Object(f"{default_storage.location}/{stored}").Acl().grants
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]


@pytest.mark.django_db
def test_a_file_that_anybody_can_read_is_noticed(stored, monkeypatch):
    assert not default_storage.is_public(stored)
    assert not any("Anybody" in finding.sentence for finding in check_uploads(False))
    default_storage.bucket.Object(f"{default_storage.location}/{stored}").Acl().put(ACL="public-read")
    assert default_storage.is_public(stored)
    monkeypatch.setattr(type(default_storage._wrapped), "is_public", lambda storage, name: True)
    assert any("Anybody can read" in finding.sentence for finding in check_uploads(False))


def test_files_are_not_opened_for_writing(stored):
    with pytest.raises(ValueError, match="to read"):
        default_storage.open(stored, "wb")


@pytest.mark.parametrize(
    "act",
    [
        lambda storage: storage.open("a"),
        lambda storage: storage.save("a", ContentFile(b"a")),
        lambda storage: storage.delete("a"),
        lambda storage: storage.listdir(""),
        lambda storage: storage.get_modified_time("a"),
    ],
)
def test_a_server_that_does_not_answer_is_one_error(act):
    with pytest.raises(StorageUnavailable, match="MEDIA_STORAGE_URL"):
        act(storage_of(endpoint_url="http://127.0.0.1:1"))


def test_a_bucket_that_is_not_there_is_the_same_error():
    with pytest.raises(StorageUnavailable):
        storage_of(bucket_name="no-such-bucket").open("a")
