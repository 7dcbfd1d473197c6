"""Any picture that is sent becomes a WebP of at most LARGEST_SIDE pixels, turned upright, without its metadata.

Nothing of the original file is kept: not its name, its place, its camera, nor whatever else it may carry.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 2000
# Never "any format Pillow knows": each decoder is a door.
FORMATS = ["JPEG", "PNG", "WEBP", "GIF"]
QUALITY = 85


class InvalidImage(ValueError):
    """A file that cannot be taken in; the message is a sentence for the person who sent it."""


@dataclass(frozen=True)
class EncodedImage:
    data: bytes
    width: int
    height: int


def encode_webp(file: BinaryIO, size: int) -> EncodedImage:
    """`size` is the file's, in bytes. Raises UnusableImage."""
    if size > MAX_BYTES:
        raise InvalidImage(_("This file is larger than 10 MB. Make the picture smaller and send it again."))
    try:
        return _webp(_apply_orientation(_open_checked(file)))
    except InvalidImage:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except Exception:  # a decoder given a broken file raises whatever it likes
        raise InvalidImage(
            _("This is not a picture we can read. Send a JPEG, PNG, WebP or GIF file (no SVG, no PDF).")
        ) from None


def _open_checked(file: BinaryIO) -> Image.Image:
    """Only the header is read before the number of pixels is known."""
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


def _webp(image: Image.Image) -> EncodedImage:
    out = BytesIO()
    image.save(out, "WEBP", quality=QUALITY, exif=b"", icc_profile=None)
    return EncodedImage(out.getvalue(), image.width, image.height)


def _too_many_pixels() -> InvalidImage:
    return InvalidImage(_("This picture has more than 50 million pixels. Make it smaller and send it again."))
