"""Convert any uploaded image to a WebP of at most MAX_SIDE pixels a side, upright and without metadata. Pure.

Nothing of the original file is kept: not its name, location, camera, nor whatever else it may contain.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 2000
# Never "any format Pillow knows": each decoder is an attack surface.
FORMATS = ["JPEG", "PNG", "WEBP", "GIF"]
QUALITY = 85


class InvalidImage(ValueError):
    """A file that cannot be accepted; the message tells its sender what to do."""


@dataclass(frozen=True)
class EncodedImage:
    data: bytes
    width: int
    height: int


def encode_webp(file: BinaryIO, size: int) -> EncodedImage:
    """Return the image in `file`, of `size` bytes, as WebP; raise InvalidImage."""
    if size > MAX_BYTES:
        raise InvalidImage(_("This file is larger than 10 MB. Make the image smaller and upload it again."))
    try:
        return _encode(_apply_orientation(_open_checked(file)))
    except InvalidImage:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except Exception:  # decoders raise all kinds of exceptions for broken files
        raise InvalidImage(
            _("This file is not a supported image. Upload a JPEG, PNG, WebP or GIF file (no SVG, no PDF).")
        ) from None


def _open_checked(file: BinaryIO) -> Image.Image:
    """Open and decode the image. Only its header is read before the number of pixels is known."""
    image = Image.open(file, formats=FORMATS)
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()
    image.draft("RGB", (MAX_SIDE, MAX_SIDE))
    image.load()
    return image


def _apply_orientation(image: Image.Image) -> Image.Image:
    image = ImageOps.exif_transpose(image)
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((MAX_SIDE, MAX_SIDE))
    return image


def _encode(image: Image.Image) -> EncodedImage:
    out = BytesIO()
    image.save(out, "WEBP", quality=QUALITY, exif=b"", icc_profile=None)
    return EncodedImage(out.getvalue(), image.width, image.height)


def _too_many_pixels() -> InvalidImage:
    return InvalidImage(_("This image has more than 50 million pixels. Make it smaller and upload it again."))
