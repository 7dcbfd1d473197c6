"""Uploaded files are sent with an ETag, and in parts; the tests of each kind of file say to whom."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from lessons.db.availability import StorageUnavailable
from lessons.images import EncodedImage
from lessons.privacy.models import DataExport
from lessons.services import add_asset, stored_image

IMAGE = EncodedImage(bytes(range(200)), 12, 8)
pytestmark = pytest.mark.django_db


@pytest.fixture
def asset(course, instructor):
    return add_image(course, "Red", instructor)


def add_image(course, alt, by):
    with stored_image(IMAGE) as asset:
        return add_asset(asset=asset, course=course, alt=alt, by=by)


def fetch(client, asset, **headers):
    """Return the response and its bytes."""
    response = client.get(asset.get_absolute_url(), headers=headers)
    return response, response.getvalue()


def test_a_file_is_sent_with_an_etag_and_not_sent_twice(client, asset):
    first, body = fetch(client, asset)
    assert (first.status_code, first.headers["Accept-Ranges"]) == (200, "bytes")
    assert (first.headers["Content-Length"], body) == (str(len(IMAGE.data)), IMAGE.data)
    again, body = fetch(client, asset, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, body) == (304, b"")
    for header in ("ETag", "Cache-Control", "X-Content-Type-Options"):
        assert again.headers[header] == first.headers[header]


def test_it_is_not_even_opened_for_a_browser_that_has_it(client, asset):
    etag = fetch(client, asset)[0].headers["ETag"]
    asset.file.storage.delete(asset.file.name)
    assert fetch(client, asset, **{"If-None-Match": etag})[0].status_code == 304
    assert fetch(client, asset)[0].status_code == 404


def test_two_files_have_different_etags(client, asset, course, instructor):
    other = add_image(course, "Grey", instructor)
    assert len({fetch(client, each)[0].headers["ETag"] for each in (asset, other)}) == 2


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("bytes=0-9", 0, 10), ("bytes=10-", 10, 200), ("bytes=-5", 195, 200), ("bytes=3-999999", 3, 200)],
)
def test_a_part_is_sent(client, asset, asked, start, stop):
    part, body = fetch(client, asset, Range=asked)
    assert (part.status_code, body) == (206, IMAGE.data[start:stop])
    assert part.headers["Content-Range"] == f"bytes {start}-{stop - 1}/200"
    assert part.headers["Content-Length"] == str(stop - start)


@pytest.mark.parametrize("asked", ["bytes=999999-", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(client, asset, asked):
    refused, body = fetch(client, asset, Range=asked)
    assert (refused.status_code, refused.headers["Content-Range"], body) == (416, "bytes */200", b"")


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=5-2"},
        {"Range": "bytes=-"},
        {"Range": "bytes=0-1,3-4"},
        {"Range": "lines=0-1"},
        {"Range": f"bytes=0-{'9' * 5000}"},
        {"Range": "bytes=0-9", "If-Range": '"another"'},
    ],
)
def test_all_is_sent_if_no_one_part_is_asked_for(client, asset, headers):
    response, body = fetch(client, asset, **headers)
    assert (response.status_code, body) == (200, IMAGE.data)


def test_the_rest_of_a_download_is_sent(sign_in, learner):
    export = DataExport(user=learner, completed_at=timezone.now(), expires_at=timezone.now() + timedelta(days=1))
    export.file.save("", ContentFile(b"a zip file"))
    address = reverse("privacy:download_export", args=[export.uid])
    page = sign_in(learner).get(address, headers={"Range": "bytes=6-"})
    assert (page.status_code, page.getvalue()) == (206, b"file")
    assert page.headers["Content-Disposition"] == 'attachment; filename="my-data.zip"'


def test_a_storage_that_does_not_answer_leaves_the_rest_of_the_site_alone(client, asset, course, monkeypatch):
    def no_answer(*_arguments):
        raise StorageUnavailable

    monkeypatch.setattr("lessons.stored_files._open", no_answer)
    client.raise_request_exception = False
    assert fetch(client, asset)[0].status_code == 503
    assert client.get(course.get_absolute_url()).status_code == 200
