"""Takes the pictures of the documents in `docs/pictures`, each in light and in dark, from the demo of `quickstart`:

    PYTHONPATH=. .venv/bin/python -m tests.browser.pictures            # all of them
    PYTHONPATH=. .venv/bin/python -m tests.browser.pictures lesson     # those that are named

The demo is as new as a reader of the documents gets it. `tests/portal/test_documentation.py` limits their size.
"""

import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "docs" / "pictures"
CHROMIUMS = "chromium-headless-shell", "chromium", "google-chrome"
ARTICLE = ROOT / "tests" / "articles" / "tides.md"
COURSE = "/courses/alliances-and-diplomacy/"
MAX_WIDTH, MAX_BYTES = 960, 44_000
ACCOUNT = re.compile(r"^  (\S+)@example\.org +(\S+)$", re.MULTILINE)


class Picture(NamedTuple):
    """What somebody sees after `visit` has opened a page and done something there."""

    name: str
    who: str
    visit: Callable[[Page], object]
    width: int = 1200
    height: int = 750


def open_lesson(page: Page, title: str) -> None:
    page.goto(f"{COURSE}lessons/")
    page.get_by_role("main").get_by_role("link", name=title, exact=True).click()
    page.wait_for_load_state("networkidle")


def show_notes(page: Page) -> None:
    """Open a lesson where its notes begin."""
    open_lesson(page, "Allies at odds: relations among members")
    page.evaluate("scrollTo(0, 200)")


def show_thread(page: Page) -> None:
    page.goto(f"{COURSE}discussions/")
    page.get_by_role("main").get_by_role("link", name="Was Suez a failure of consultation, or of policy?").click()
    page.wait_for_load_state("networkidle")


def search(page: Page) -> None:
    page.goto(COURSE)
    page.get_by_role("searchbox", name="Search this course").press_sequentially("consult", delay=50)
    page.get_by_role("listbox").get_by_role("option").first.wait_for()


def review_article(page: Page) -> None:
    """Import an article as far as its outline."""
    page.goto("/admin/articles/new/")
    page.get_by_label("Or choose a file").set_input_files(ARTICLE)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Create the module").wait_for()


PICTURES = [
    Picture("lesson", "learner-a", show_notes, width=1440, height=800),
    Picture("home", "learner-a", lambda page: page.goto(COURSE)),
    Picture("search", "learner-a", search),
    Picture("thread", "learner-a", show_thread),
    Picture("phone", "learner-a", lambda page: open_lesson(page, "The Headquarters"), width=390, height=700),
    Picture("review", "instructor", review_article),
    Picture("staff", "instructor", lambda page: page.goto(COURSE)),
]


def free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(address: str, seconds: int = 120) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(address, timeout=5)
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


@contextmanager
def demo() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the address of a new demo, and the passwords of its accounts by their names."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        own = {"DATA_DIR": str(Path(folder) / "data"), "PYTHONUNBUFFERED": "1"}
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | own
        command = [sys.executable, "manage.py", "quickstart", "--port", str(port)]
        log = Path(folder) / "log"
        with log.open("w") as output, subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output) as process:
            try:
                wait_for(f"http://127.0.0.1:{port}/health/live/")
                yield f"http://127.0.0.1:{port}", dict(ACCOUNT.findall(log.read_text()))
            finally:
                process.send_signal(signal.SIGTERM)


def sign_in(page: Page, who: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(f"{who}@example.org")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("/")


def take(browser: Browser, address: str, picture: Picture, password: str) -> None:
    """Save the picture in both schemes of colours."""
    viewport = {"width": picture.width, "height": picture.height}
    context = browser.new_context(base_url=address, viewport=viewport, reduced_motion="reduce")
    page = context.new_page()
    sign_in(page, picture.who, password)
    picture.visit(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(300)
        save(page.screenshot(), FOLDER / f"{picture.name}-{scheme}.webp")
    context.close()


def save(png: bytes, file: Path) -> None:
    """Write the picture as WebP, in the best quality in which it is small enough."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image.thumbnail((MAX_WIDTH, MAX_WIDTH))
    for quality in range(60, 35, -5):
        image.save(file, quality=quality, method=6)
        if file.stat().st_size <= MAX_BYTES:
            return
    raise ValueError(f"{file.name} is larger than {MAX_BYTES} bytes.")


def main(names: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    executable = next(filter(None, map(shutil.which, CHROMIUMS)))
    with demo() as (address, passwords), sync_playwright() as playwright:
        for picture in PICTURES:
            if not names or picture.name in names:
                # A browser for each: after many pages, one may show a text in another of its fonts.
                browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
                take(browser, address, picture, passwords[picture.who])
                browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
