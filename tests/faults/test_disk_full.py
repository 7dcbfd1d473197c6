"""The disk fills up under a running server: who writes gets a sentence and their words back, and nothing is lost.

The data folder is a small file system in memory. Mounting it needs root.
"""

import json
import subprocess
import tempfile
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.faults.server import Browser
from tests.faults.world import count_texts, make_class

pytestmark = pytest.mark.faults
SIZE = 160_000_000
WORDS = "The tide rises twice a day, and falls as often."


@pytest.fixture
def small_disk():
    """Mount a file system of SIZE bytes and return its folder."""
    with tempfile.TemporaryDirectory(prefix="commonplace-disk-") as folder:
        command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("no file system can be mounted here: this needs root")
        yield Path(folder)
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder: Path, leave: int = 0) -> Path:
    """Fill the disk except for so many bytes; return the file that does it."""
    file = folder / "filler"
    with file.open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(1_000_000))
        except OSError:
            filler.truncate(filler.tell() - leave)
    return file


def image() -> bytes:
    """Return an image that is large as a WebP, too."""
    out = BytesIO()
    Image.effect_noise((1200, 900), 90).save(out, "PNG")
    return out.getvalue()


def reply(browser: Browser, thread: int, text: str):
    return browser.post(f"/threads/{thread}/", {"source": text, "send": ""})


def test_a_full_disk(make_server, small_disk, report):
    server = make_server(workers=2, threads=4, folder=small_disk)
    seeded = server.call(make_class, 1)
    server.start()
    browser, thread = Browser(server.port, session=seeded["sessions"][0]), seeded["threads"][0]
    assert reply(browser, thread, "Before.").status == 302
    file = fill(small_disk, leave=60_000_000)
    ready = server.ask("/health/ready/")
    assert (ready.status, json.loads(ready.text)["checks"]["disk"]["status"]) == (503, "fail")
    fill(small_disk)
    replies = [reply(browser, thread, f"{WORDS} {n}") for n in range(60)]
    refused = [n for n, answer in enumerate(replies) if answer.status != 302]
    assert refused, "there was room for all of them"
    for n in refused:
        assert replies[n].status == 503
        assert "disk is full" in replies[n].text
        assert f"{WORDS} {n}" in replies[n].text, "the words were not given back"
    picture = {"image": ("tide.png", image())}
    with_image = browser.post(f"/threads/{thread}/", {"source": "Look.", "alt": "Noise", "send": ""}, picture)
    assert (with_image.status, "disk is full" in with_image.text) == (503, True)
    assert {browser.get(path).status for path in ("/", f"/threads/{thread}/", "/notebook/")} == {200}
    file.unlink()
    again = [reply(browser, thread, f"{WORDS} {n}") for n in refused]
    assert {answer.status for answer in again} == {302}
    assert json.loads(server.ask("/health/ready/").text)["status"] != "fail"
    counted = server.call(count_texts)
    lost = [n for n in range(60) if counted["texts"].get(f"{WORDS} {n}") != 1]
    report(
        f"{len(refused)} of 60 replies refused with 503, a sentence and their words; pages are read; afterwards all "
        f"are accepted, {len(lost)} lost or doubled, {len(counted['wrong'])} counters wrong"
    )
    assert (lost, counted["wrong"]) == ([], [])
    assert WORDS not in server.log
    assert not [file for file in small_disk.glob("media/**/*") if file.is_file()], "of the image that was refused"
