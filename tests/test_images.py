"""Images are judged by their headers and scaled down in strips, one at a time."""

import struct
import threading
import zlib
from io import BytesIO
from itertools import product

import pytest
from PIL import Image, ImageChops, ImageStat, WebPImagePlugin

from lessons import images
from lessons.images import InvalidImage, encode_webp
from tests.environment import sample


def file_of(image, kind, **options):
    out = BytesIO()
    image.save(out, kind, **options)
    return out


def encode(file):
    return encode_webp(file, len(file.getvalue()))


def webp_header(kind, width, height):
    """Return a WebP of a few bytes whose header states the size."""
    if kind == b"VP8L":
        body = b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14)
    elif kind == b"VP8X":
        body = b"\x02\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    else:
        body = b"\x10\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height)
    chunk = kind + struct.pack("<I", len(body)) + body
    return BytesIO(b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk + b"\0" * 30)


def png_header(width, height):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return BytesIO(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


def gif_header(width, height):
    return BytesIO(
        b"GIF89a"
        + struct.pack("<HH", width, height)
        + b"\x80\0\0"
        + b"\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
    )


@pytest.mark.parametrize("kind", [b"VP8 ", b"VP8L", b"VP8X"])
def test_a_large_webp_is_refused_before_its_decoder_is_created(kind, monkeypatch):
    def refuse(data):
        raise AssertionError("the decoder takes memory as soon as it is made")

    monkeypatch.setattr(WebPImagePlugin._webp, "WebPAnimDecoder", refuse)
    with pytest.raises(InvalidImage, match="more than 8 million pixels"):
        encode(webp_header(kind, 4000, 2001))


@pytest.mark.parametrize("file", [png_header(6000, 4001), gif_header(6000, 4001)], ids=["PNG", "GIF"])
def test_more_than_24_megapixels_are_refused_by_the_header(file, monkeypatch):
    monkeypatch.setattr(Image.Image, "load", None)
    with pytest.raises(InvalidImage, match="more than 24 million pixels"):
        encode(file)


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "ICO", "AVIF", "JPEG2000", "PPM"])
def test_other_formats_are_refused(kind):
    with pytest.raises(InvalidImage, match="not a supported image"):
        encode(file_of(Image.new("RGB", (32, 32)), kind))


def test_a_progressive_jpeg_is_judged_by_its_samples(monkeypatch):
    full = file_of(Image.new("RGB", (64, 64)), "JPEG", progressive=True, subsampling=0)
    halved = file_of(Image.new("RGB", (64, 64)), "JPEG", progressive=True, subsampling=2)
    monkeypatch.setattr(images, "MAX_PROGRESSIVE_SAMPLES", 64 * 64 * 2)
    assert encode(halved).width == 64
    with pytest.raises(InvalidImage, match="progressive"):
        encode(full)


def test_a_jpeg_of_very_many_scans_is_refused(monkeypatch):
    monkeypatch.setattr(images, "MAX_SCANS", 3)
    with pytest.raises(InvalidImage, match="progressive"):
        encode(file_of(Image.effect_noise((64, 64), 90).convert("RGB"), "JPEG", progressive=True))


def test_a_large_jpeg_is_decoded_at_a_smaller_scale(monkeypatch):
    sizes, load = [], Image.Image.crop
    monkeypatch.setattr(Image.Image, "crop", lambda self, box: sizes.append(self.size) or load(self, box))
    assert (encode(file_of(Image.new("RGB", (4400, 8)), "JPEG")).width, sizes[0]) == (2000, (2200, 4))


@pytest.mark.parametrize(
    ("mode", "size"),
    sample(product(["RGB", "RGBA", "P", "L", "LA", "1"], [(300, 500), (2100, 700), (37, 4100)]), parts=5),
)
def test_scaling_in_strips_equals_scaling_the_whole_image(mode, size, monkeypatch):
    monkeypatch.setattr(images, "STRIP_HEIGHT", 16)
    gradient = Image.linear_gradient("L").resize(size)
    original = Image.merge("RGB", [gradient, gradient.transpose(Image.Transpose.ROTATE_180), gradient])
    original = original.quantize(64, dither=Image.Dither.NONE) if mode == "P" else original.convert(mode)
    encoded = encode(file_of(original, "PNG"))
    whole = original.convert("RGBA" if original.has_transparency_data else "RGB")
    whole = whole.resize((encoded.width, encoded.height), Image.Resampling.BICUBIC)
    difference = ImageChops.difference(Image.open(BytesIO(encoded.data)).convert("RGB"), whole.convert("RGB"))
    assert max(encoded.width, encoded.height) <= images.MAX_SIDE
    assert max(ImageStat.Stat(difference).mean) < 3


def test_only_one_image_is_decoded_at_a_time(monkeypatch):
    monkeypatch.setattr(images, "WAIT_SECONDS", 0.01)
    entered, leave = threading.Event(), threading.Event()

    def slow(image):
        entered.set()
        leave.wait(5)
        return image

    file = file_of(Image.new("RGB", (9, 9)), "PNG")
    with monkeypatch.context() as patch:
        patch.setattr(images, "_scaled_down", slow)
        other = threading.Thread(target=encode, args=(BytesIO(file.getvalue()),))
        other.start()
        entered.wait(5)
        with pytest.raises(InvalidImage, match="busy with other images"):
            encode(file)
        leave.set()
        other.join()
    assert encode(file).width == 9
