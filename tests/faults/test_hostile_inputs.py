"""Hostile inputs to a real gunicorn worker, one after the other: at most 2 s CPU and 150 MB, never a 500.

Memory is that of the worker at its peak above its idle one: VmHWM, which is reset before each request.
"""

import os
import re
import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image

from tests.faults.server import Browser, Server
from tests.faults.world import PASSWORD, make_site

pytestmark = pytest.mark.faults

MAX_SECONDS, MAX_MEGABYTES = 2.0, 150
TICKS = os.sysconf("SC_CLK_TCK")
CHARACTERS = 200_000
LONG_UNITS = [
    "c. 1 ", "A. ", "J. R. ", "U.S. ", "No. 1900 ", "in 1900 ", 'x "', "x (", "the term a ", "Ab of the ", "a, or b ",
    "In 1900 A. B. did it. ", "a\n", "Ab\n\n", "# a\n\n", "- a\n", "1. a\n", "a\tb\n", "中。", "A", "\f", "x - y\n",
]  # fmt: skip
MARKDOWN_UNITS = [
    "[", "![", "[^", "[](", "[a](", "[[a](b)](c)", "**_", "*a_ ", "`", "`a``", "<", "<a ", "&", "&#1;", "a|\n-|\n",
    "~~", "\\", "> ", "  - a\n", "[a]: b\n", "[^1]: a\n\n", "[^1] ", "http://a.b ", "a@b.c ", "www.", "<!--", "@a ",
    "(", "\t", "-", " ",
]  # fmt: skip
HTML_UNITS = [
    "<p>", "<b>", "<rt>", "<table><tr><td>", "<svg ", "<script>", "<!--", "<", "&", "&nbsp;", "<a href='#fn1'>",
    "<pre>\n", "<br> ", "<p>c. 1 </p>", "<h2>a</h2>", "<p><b>A</b></p>", "<img alt=a>", "<li>a",
    "<div class=footnotes><li id=fn1>a</li></div>",
]  # fmt: skip


def repeated(unit: str, length: int) -> str:
    return (unit * (length // len(unit) + 1))[:length]


def png(width: int, height: int, depth: int = 1, colour: int = 0) -> bytes:
    """Return a PNG of one colour in a few bytes, without holding its pixels in memory."""
    row = b"\0" * (1 + (width * depth * {0: 1, 2: 3, 6: 4}[colour] + 7) // 8)
    packer = zlib.compressobj(9)
    data = b"".join([*(packer.compress(row) for _ in range(height)), packer.flush()])

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def encoded(size: tuple[int, int], kind: str, mode: str = "RGB", frames: int = 1, **options) -> bytes:
    noise = Image.effect_noise((400, 400), 90).resize(size, Image.Resampling.NEAREST).convert(mode)
    out = BytesIO()
    more = {"save_all": True, "append_images": [noise.rotate(90) for _ in range(frames - 1)]} if frames > 1 else {}
    noise.save(out, kind, **more, **options)
    return out.getvalue()


def images() -> dict[str, bytes]:
    flat = BytesIO()
    Image.new("RGBA", (16383, 3051)).save(flat, "WEBP", lossless=True)
    return {
        "WebP, lossless, 50 megapixels": flat.getvalue(),
        "WebP, lossless, 8 megapixels": encoded((2828, 2828), "WEBP", "RGBA", lossless=True, method=0),
        "WebP, lossy, 8 megapixels": encoded((2828, 2828), "WEBP", method=0),
        "WebP, animated": encoded((2000, 2000), "WEBP", frames=4, method=0),
        "PNG, 24 megapixels, RGBA": png(6000, 4000, 8, 6),
        "PNG, 24 megapixels, 16 bits": png(6000, 4000, 16, 6),
        "PNG, 24 megapixels, 1 bit": png(6000, 4000),
        "PNG, 3,600 megapixels": png(60000, 60000),
        "JPEG, 24 megapixels": encoded((6000, 4000), "JPEG"),
        "JPEG, progressive, 24 megapixels": encoded((6000, 4000), "JPEG", progressive=True),
        "JPEG, progressive, 4:4:4": encoded((6000, 4000), "JPEG", progressive=True, subsampling=0),
        "JPEG, 24 megapixels in one row": encoded((24_000, 1000), "JPEG"),
        "GIF, 24 megapixels": encoded((6000, 4000), "GIF", "P"),
        "GIF, 30 frames": encoded((1500, 1500), "GIF", "P", frames=30),
        "BMP": encoded((500, 500), "BMP"),
        "TIFF": encoded((500, 500), "TIFF"),
        "ICO": encoded((64, 64), "ICO"),
        "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    }


class Worker:
    def __init__(self, server: Server):
        [self.pid] = server.worker_pids()
        self.idle = self.memory("VmRSS")

    def memory(self, name: str) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+)", status)[1]) / 1024

    def cpu(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def measure(self, request) -> "Cost":
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")
        before = self.cpu()
        reply = request()
        return Cost(reply.status, self.cpu() - before, self.memory("VmHWM") - self.idle)


class Cost(NamedTuple):
    status: int
    seconds: float
    megabytes: float

    @property
    def is_bearable(self) -> bool:
        return self.seconds <= MAX_SECONDS and self.megabytes <= MAX_MEGABYTES and self.status < 500


def requests(browser: Browser):
    """Yield a name and a function that sends a hostile input, for each form that takes text or images."""
    new_thread, preview = "/courses/tides/discussions/new/", "/discussions/preview/"
    article, asset, course = "/admin/articles/new/", "/admin/lessons/asset/add/", "/admin/courses/course/1/change/"
    for name, data in images().items():
        file = {"image": ("a.png", data)}
        fields = {"title": "T", "source": "See.", "alt": "A", "kind": "discussion"}
        yield (
            f"post: {name}",
            lambda fields=fields, file=file: browser.post(new_thread, {**fields, "preview": "1"}, file),
        )
        admin = {"file": ("a.png", data)}
        yield f"image: {name}", lambda admin=admin: browser.post(asset, {"course": "1", "alt": "A"}, admin)
    for unit in MARKDOWN_UNITS:
        text = repeated(unit, 20_000)
        yield (
            f"post: {unit!r}",
            lambda text=text: browser.post(new_thread, {"title": "T", "source": text, "preview": "1"}),
        )
        many = "\n\n".join([repeated(unit, 1_900)] * (CHARACTERS // 1_900))
        for kind, text in (("", repeated(unit, CHARACTERS)), (", paragraphs", many)):
            fields = {"title": "Tides", "slug": "tides", "description": text, "language": "en", "visibility": "public"}
            yield f"description{kind}: {unit!r}", lambda fields=fields: browser.post(course, {**fields, **INLINE})
            file = {"file": ("a.md", text.encode())}
            yield (
                f"article.md{kind}: {unit!r}",
                lambda file=file: browser.post(article, {"course": "1", "text": ""}, file),
            )
    for kind, units in ((".txt", LONG_UNITS), (".html", HTML_UNITS)):
        for unit in units:
            file = {"file": (f"a{kind}", repeated(unit, CHARACTERS).encode())}
            yield (
                f"article{kind}: {unit!r}",
                lambda file=file: browser.post(article, {"course": "1", "text": ""}, file),
            )
    for unit in HTML_UNITS:
        fields = {"module": "1", "title": "T", "slug": "t", "body": repeated(unit, CHARACTERS)}
        yield f"lesson: {unit!r}", lambda fields=fields: browser.post("/admin/lessons/lesson/add/", fields)
    table = "|" + "a|" * 500 + "\n|" + "-|" * 500 + "\n" + "|\n" * 1_900
    yield "post: table", lambda: browser.post(new_thread, {"title": "T", "source": table, "preview": "1"})
    yield "preview: table", lambda: browser.post(preview, {"source": table})
    yield (
        "sign-in",
        lambda: Browser(browser.port).post("/accounts/login/", {"login": "a@b.org", "password": "x" * 100_000}),
    )


INLINE = {"labels-TOTAL_FORMS": "0", "labels-INITIAL_FORMS": "0"}


def test_hostile_inputs_are_cheap(make_server, report):
    server = make_server(workers=1, threads=4)
    server.call(make_site)
    server.start()
    browser = Browser(server.port, timeout=300)
    browser.sign_in("ada@example.org", PASSWORD)
    for path in ("/", "/courses/tides/", "/admin/", "/admin/articles/new/"):
        browser.get(path)
    worker = Worker(server)
    costs = {name: worker.measure(send) for name, send in requests(browser)}
    slowest = max(costs, key=lambda name: costs[name].seconds)
    largest = max(costs, key=lambda name: costs[name].megabytes)
    report(
        f"{len(costs)} inputs; most CPU {costs[slowest].seconds:.2f} s ({slowest}), most memory "
        f"{costs[largest].megabytes:.0f} MB above idle ({largest})"
    )
    assert {name: cost for name, cost in costs.items() if not cost.is_bearable} == {}
