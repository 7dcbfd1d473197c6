"""Images that people attach: decoded within bounds, written anew without metadata."""

import io
from typing import NamedTuple
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
LARGEST_SIDE = 1600


class NotAPicture(ValueError):
    """The message says why and what to do."""


class Picture(NamedTuple):
    uid: UUID
    alt: str
    data: bytes

    def file(self) -> ContentFile:
        return ContentFile(self.data, name=f"{self.uid}.webp")


def read_picture(upload, alt: str) -> Picture:
    """The upload as WebP of at most LARGEST_SIDE pixels. Raises NotAPicture; a bomb is refused by its header."""
    if upload.size > MAX_BYTES:
        raise NotAPicture(_("This image has more than 8 MB. Make it smaller and attach it again."))
    try:
        with Image.open(upload, formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise NotAPicture(_("This image has more than 40 million pixels. Make it smaller."))
            return Picture(uuid4(), _one_line(alt), _written_anew(image))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        if isinstance(error, NotAPicture):
            raise
        raise NotAPicture(_("This file is not an image that can be read. JPEG, PNG, WebP and GIF can.")) from None


def _written_anew(image: Image.Image) -> bytes:
    image.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
    image = ImageOps.exif_transpose(image)
    image.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    out = io.BytesIO()
    image.convert("RGBA" if image.has_transparency_data else "RGB").save(out, "WEBP", quality=80, method=3)
    return out.getvalue()


def _one_line(alt: str) -> str:
    """As it stands in `![…](…)`: no brackets that end it early."""
    return " ".join(alt.replace("[", "(").replace("]", ")").replace("\\", "").split())[:300]
