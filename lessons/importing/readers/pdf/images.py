"""Extract the images on a PDF's pages with their positions. Vector graphics, such as charts, are not included."""

from collections import Counter
from hashlib import blake2b
from io import BytesIO
from typing import NamedTuple
from uuid import uuid4

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from lessons.importing.document import SourceImage
from lessons.importing.readers.pdf.words import Geometry

MIN_SIDE = 40  # points: smaller ones are bullets, lines and logos
MAX_PAGE_SHARE = 0.9  # larger ones are backgrounds, or scans behind their recognised text
MAX_PIXELS = 24_000_000
MAX_TOTAL_PIXELS = 80_000_000
MAX_IMAGES = 300
MAX_DEPTH = 3
MAX_REPEATS = 3


class PlacedImage(NamedTuple):
    """An image and its position on a page, in the coordinates of the words."""

    source: SourceImage
    x0: float
    top: float
    x1: float
    bottom: float


class ImageReader:
    """Extracts images from pages, up to a limit."""

    def __init__(self) -> None:
        self._pixels = MAX_TOTAL_PIXELS
        self._count = 0

    def read(self, page: pdfium.PdfPage, geometry: Geometry) -> list[PlacedImage]:
        """Return the images of the page that are large enough to be content."""
        result = []
        area = (geometry.right - geometry.left) * (geometry.top - geometry.bottom)
        for image in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=MAX_DEPTH):
            left, bottom, right, top = image.get_bounds()
            width, height = right - left, top - bottom
            if min(width, height) < MIN_SIDE or width * height > MAX_PAGE_SHARE * area:
                continue
            data = self._data(image)
            if data:
                x0, y0 = geometry.place(left, top, 0)
                x1, y1 = geometry.place(right, bottom, 0)
                result.append(PlacedImage(SourceImage(str(uuid4()), data), x0, y0, x1, y1))
        return result

    def _data(self, image: pdfium.PdfImage) -> bytes:
        """Return the image as a file: a JPEG unchanged, any other as PNG; empty if it cannot be extracted."""
        try:
            width, height = image.get_px_size()
            if width * height > min(MAX_PIXELS, self._pixels) or self._count >= MAX_IMAGES:
                return b""
            self._pixels -= width * height
            self._count += 1
            if image.get_filters() == ["DCTDecode"]:
                return bytes(image.get_data(decode_simple=False))
            file = BytesIO()
            image.get_bitmap().to_pil().save(file, "PNG", compress_level=1)
            return file.getvalue()
        except (pdfium.PdfiumError, ValueError, OSError, NotImplementedError, RuntimeError):
            return b""


def without_repeated(images: list[list[PlacedImage]]) -> list[list[PlacedImage]]:
    """Return the images of each page without those repeated on many pages, such as a university's logo."""
    digests = [[blake2b(image.source.data).digest() for image in of_page] for of_page in images]
    pages = Counter(digest for of_page in digests for digest in set(of_page))
    return [
        [image for image, digest in zip(of_page, own, strict=True) if pages[digest] < MAX_REPEATS]
        for of_page, own in zip(images, digests, strict=True)
    ]
