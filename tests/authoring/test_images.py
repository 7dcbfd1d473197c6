"""Images: which are accepted, which refused, and how they are stored."""

from io import BytesIO

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from lessons import images
from lessons.models import Asset, Lesson
from tests.authoring.conftest import form_of
from tests.image_files import image_file


@pytest.fixture(autouse=True)
def no_uploads_before():
    """Forget how many images the same user, by id, uploaded in other tests."""
    cache.clear()


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


def photograph(size=(60, 40), kind="JPEG", **options):
    return image_file(size=size, kind=kind, name="me.jpg", **options)


def add(client, course, file, alt="A red field"):
    return client.post(reverse("admin:lessons_asset_add"), {"course": course.pk, "file": file, "alt": alt})


def open_image(asset):
    return Image.open(BytesIO(stored(asset)))


def stored(asset):
    with asset.file.storage.open(asset.file.name) as file:
        return file.read()


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16"), ("WEBP", "RGB"), ("GIF", "P")]
)
def test_every_image_becomes_webp(client, course, instructor, kind, mode):
    assert add(client, course, photograph(kind=kind, mode=mode)).status_code == 302
    asset = Asset.objects.get()
    assert open_image(asset).format == "WEBP"
    assert (asset.width, asset.height, asset.uploaded_by) == (60, 40, instructor)
    assert str(asset.uid) in asset.file.name


def test_a_large_image_is_scaled_down(client, course):
    add(client, course, photograph(size=(4000, 1000)))
    assert open_image(Asset.objects.get()).size == (2000, 500)


def test_metadata_is_removed_and_the_image_turned_upright(client, course):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "SecretCamera"
    add(client, course, photograph(size=(60, 40), exif=exif))
    asset = Asset.objects.get()
    assert open_image(asset).size == (40, 60)
    assert not open_image(asset).getexif()
    assert b"SecretCamera" not in stored(asset)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize("data", [SVG, b"no picture", b"\x89PNG\r\n\x1a\n" + b"\x00" * 90, b"GIF89a", b"%PDF-1.4"])
def test_a_file_that_is_not_an_image_is_refused_with_a_message(client, course, data):
    response = add(client, course, SimpleUploadedFile("x.png", data))
    assert "This file is not a supported image" in response.content.decode()
    assert not Asset.objects.exists()


def test_an_empty_file_is_refused(client, course):
    assert add(client, course, SimpleUploadedFile("x.png", b"")).status_code == 200


def test_a_truncated_image_is_refused(client, course):
    whole = photograph(size=(600, 400)).read()
    assert (
        "not a supported image"
        in add(client, course, SimpleUploadedFile("x.jpg", whole[: len(whole) // 2])).content.decode()
    )


def test_a_decompression_bomb_is_refused_by_its_header(client, course, monkeypatch):
    monkeypatch.setattr(images, "MAX_PIXELS", 1000)
    assert "more than 24 million pixels" in add(client, course, photograph()).content.decode()


def test_a_bomb_beyond_pillows_own_limit_is_refused(client, course, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert "more than 24 million pixels" in add(client, course, photograph()).content.decode()


def test_a_file_over_ten_megabytes_is_refused(client, course, monkeypatch):
    monkeypatch.setattr(images, "MAX_BYTES", 100)
    assert "larger than 10 MB" in add(client, course, photograph()).content.decode()


def test_an_image_without_alternative_text_is_refused(client, course):
    assert add(client, course, photograph(), alt="").status_code == 200
    assert not Asset.objects.exists()


def test_only_the_alternative_text_of_an_image_can_be_changed(client, course):
    add(client, course, photograph())
    asset = Asset.objects.get()
    url = reverse("admin:lessons_asset_change", args=[asset.pk])
    client.post(url, form_of(client.get(url)) | {"alt": "Better words", "file": photograph(size=(9, 9))})
    changed = Asset.objects.get()
    assert (changed.alt, changed.file.name, changed.width) == ("Better words", asset.file.name, 60)


def test_an_image_in_use_cannot_be_deleted(client, course, lesson, django_capture_on_commit_callbacks):
    add(client, course, photograph())
    asset = Asset.objects.get()
    url = reverse("admin:lessons_asset_delete", args=[asset.pk])
    Lesson.objects.filter(pk=lesson.pk).update(body=f'<img src="/assets/{asset.uid}/" alt="x">')
    assert "cannot be deleted" in client.post(url, {"post": "yes"}, follow=True).content.decode()
    Lesson.objects.filter(pk=lesson.pk).update(body="")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, {"post": "yes"})
    assert not Asset.objects.exists()
    assert not asset.file.storage.exists(asset.file.name)


def test_the_editor_lists_and_uploads_images(client, module):
    url = reverse("admin:lessons_asset_choices")
    refused = client.post(url, {"module": module.pk, "file": photograph(), "alt": ""})
    assert refused.status_code == 422
    assert "This field is required" in refused.json()["errors"][0]
    created = client.post(url, {"module": module.pk, "file": photograph(), "alt": "A wave"})
    assert created.json()["image"]["alt"] == "A wave"
    assert client.get(url, {"module": module.pk, "q": "wave"}).json()["images"] == [created.json()["image"]]
    assert client.get(url, {"module": module.pk, "q": "moon"}).json()["images"] == []
    assert client.get(url, {"module": "x"}).status_code == 404
