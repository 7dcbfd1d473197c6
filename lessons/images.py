"""Convert any uploaded image to a WebP of at most MAX_SIDE pixels a side, upright and without metadata. Pure.

Nothing of the original file is kept: not its name, location, camera, nor whatever else it may contain. An image is
judged by its header before it is decoded, decoded as small as its format allows, and scaled down in strips, one image
at a time in each process: so no file takes more than about 120 MB and two seconds.
"""

import ctypes
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from math import ceil
from threading import Lock
from typing import BinaryIO, TypeVar

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, PngImagePlugin

from lessons.memo import memoized

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 24_000_000
# Decoding a WebP takes up to 16 bytes a pixel, and its decoder knows no smaller scale.
MAX_WEBP_PIXELS = 8_000_000
# A progressive JPEG has two bytes for each sample until its last scan, and each scan visits all of them.
MAX_PROGRESSIVE_SAMPLES = 40_000_000
MAX_SCANS = 40
MAX_SIDE = 2000
STRIP_HEIGHT = 64
# A pixel of the scaled image depends on so many pixels of that size around it (bicubic interpolation).
FILTER_SUPPORT = 2
# Never "any format Pillow knows": each decoder is an attack surface.
FORMATS = ["JPEG", "PNG", "WEBP", "GIF"]
QUALITY = 85
WAIT_SECONDS = 10
START_OF_SCAN = b"\xff\xda"

PngImagePlugin.MAX_TEXT_MEMORY = 1024 * 1024
_decoder = Lock()
TOO_MANY_PIXELS = _("This image has more than 24 million pixels. Make it smaller and upload it again.")
TOO_MANY_WEBP_PIXELS = _(
    "This WebP image has more than 8 million pixels. Make it smaller, or save it as JPEG, and upload it again."
)
TOO_MUCH_PROGRESSIVE = _(
    "This progressive JPEG is too large. Make it smaller, or save it without the “progressive” option."
)
ORIENTATION = 0x0112  # the EXIF tag

T = TypeVar("T")


class InvalidImage(ValueError):
    """A file that cannot be accepted; the message tells its sender what to do."""


@dataclass(frozen=True)
class EncodedImage:
    data: bytes
    width: int
    height: int


@memoized
def encode_webp(file: BinaryIO, size: int) -> EncodedImage:
    """Return the image in `file`, of `size` bytes, as WebP; raise InvalidImage.

    Wait while another thread decodes an image, WAIT_SECONDS at most.
    """
    return _decoded(file, size, lambda copy: _encode(_scaled_down(_open_checked(copy))))


def check_image(file: BinaryIO, size: int) -> None:
    """Raise InvalidImage for a file that is none, or too large, as far as its header shows it. Quick."""
    _decoded(file, size, lambda copy: _open_checked(copy).close())


def _decoded(file: BinaryIO, size: int, work: Callable[[BytesIO], T]) -> T:
    """Return what `work` returns for a copy of the file; whatever is wrong with it becomes an InvalidImage."""
    if size > MAX_BYTES:
        raise InvalidImage(_("This file is larger than 10 MB. Make the image smaller and upload it again."))
    if not _decoder.acquire(timeout=WAIT_SECONDS):
        raise InvalidImage(_("The server is busy with other images. Upload this one again in a minute."))
    try:
        file.seek(0)
        # A copy, because the decoder closes what it has read to the end, and the caller may need the file once more.
        return work(BytesIO(file.read(MAX_BYTES)))
    except InvalidImage:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise InvalidImage(TOO_MANY_PIXELS) from None
    except Exception:  # decoders raise all kinds of exceptions for broken files
        raise InvalidImage(
            _("This file is not a supported image. Upload a JPEG, PNG, WebP or GIF file (no SVG, no PDF).")
        ) from None
    finally:
        _return_memory()
        _decoder.release()


def _return_memory() -> None:
    """Give freed memory back to the system: the C library would keep as much for each thread that decoded an image."""
    with suppress(OSError, AttributeError):  # only glibc has this
        ctypes.CDLL(None).malloc_trim(0)


def _open_checked(file: BinaryIO) -> Image.Image:
    """Return the image, not decoded yet. Raise InvalidImage if its header says that decoding would cost too much."""
    _check_webp(file)
    image = Image.open(file, formats=FORMATS)
    if image.width * image.height > MAX_PIXELS:
        raise InvalidImage(TOO_MANY_PIXELS)
    if image.info.get("progressive"):
        _check_progressive(image, file)
    image.draft("RGB", _target_size(image))
    return image


def _target_size(image: Image.Image) -> tuple[int, int]:
    scale = max(1.0, image.width / MAX_SIDE, image.height / MAX_SIDE)
    return max(1, round(image.width / scale)), max(1, round(image.height / scale))


def _check_webp(file: BinaryIO) -> None:
    """Raise InvalidImage for a WebP of too many pixels: its decoder takes memory for them as soon as it is opened."""
    file.seek(0)
    header = file.read(30)
    file.seek(0)
    if header[:4] != b"RIFF" or header[8:12] != b"WEBP":
        return
    width, height = _webp_size(header)
    if width * height > MAX_WEBP_PIXELS:
        raise InvalidImage(TOO_MANY_WEBP_PIXELS)


def _webp_size(header: bytes) -> tuple[int, int]:
    """Return the size that the header of a WebP states, as its container specification defines it (RFC 9649)."""
    kind = header[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(header[24:27], "little"), 1 + int.from_bytes(header[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(header[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(header[26:28], "little") & 0x3FFF, int.from_bytes(header[28:30], "little") & 0x3FFF


def _check_progressive(image: Image.Image, file: BinaryIO) -> None:
    """Raise InvalidImage for a progressive JPEG with too many samples or scans."""
    position = file.tell()
    file.seek(0)
    scans = file.read().count(START_OF_SCAN)
    file.seek(position)
    # (id, horizontal and vertical sampling, table) of each component.
    components: list[tuple[int, int, int, int]] = getattr(image, "layer", [])
    full = max((h * v for _id, h, v, _table in components), default=1)
    samples = image.width * image.height * sum(h * v for _id, h, v, _table in components) / full
    if scans > MAX_SCANS or samples > MAX_PROGRESSIVE_SAMPLES:
        raise InvalidImage(TOO_MUCH_PROGRESSIVE)


def _scaled_down(image: Image.Image) -> Image.Image:
    """Decode the image, and return it upright, at most MAX_SIDE pixels a side, in RGB or RGBA.

    It is scaled strip by strip: a converted copy of the whole image would take as much memory again.
    """
    mode = "RGBA" if image.has_transparency_data else "RGB"
    exif = image.getexif()
    image.load()
    width, height = _target_size(image)
    scaled = Image.new(mode, (width, height))
    scale_y = image.height / height
    for top in range(0, height, STRIP_HEIGHT):
        bottom = min(height, top + STRIP_HEIGHT)
        margin = ceil(FILTER_SUPPORT * scale_y) + 1
        first, last = max(0, int(top * scale_y) - margin), min(image.height, ceil(bottom * scale_y) + margin)
        strip = image.crop((0, first, image.width, last)).convert(mode)
        box = (0, top * scale_y - first, image.width, min(last - first, bottom * scale_y - first))
        scaled.paste(strip.resize((width, bottom - top), Image.Resampling.BICUBIC, box=box), (0, top))
    image.close()
    scaled.getexif()[ORIENTATION] = exif.get(ORIENTATION, 1)
    return ImageOps.exif_transpose(scaled)


def _encode(image: Image.Image) -> EncodedImage:
    out = BytesIO()
    image.save(out, "WEBP", quality=QUALITY, exif=b"", icc_profile=None)
    return EncodedImage(out.getvalue(), image.width, image.height)
