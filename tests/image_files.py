"""Images for the tests, each of one colour."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def image_bytes(colour="red", size=(12, 8), kind="PNG", mode="RGB", **options):
    file = BytesIO()
    Image.new(mode, size, colour).save(file, kind, **options)
    return file.getvalue()


def image_file(colour="red", name="sea.png", **options):
    """Return an image as a form sends it."""
    return SimpleUploadedFile(name, image_bytes(colour, **options))
