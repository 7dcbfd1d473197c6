"""A real Chromium against the production server: gunicorn, hashed static files, DEBUG off, on a database of its own.

Each worker of pytest-xdist that has such a test starts one. They come first: all in what one worker has to begin with,
while the others do the rest, and take some of these when they are done.
Without a Chromium these tests are skipped and say so; with CI=true that is a failure.
One that fails is run once more, with the data that it found, and counted as a rerun: on a busy machine a press may
come before a script is there.
"""

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import sync_playwright

from tests.conftest import locked

ROOT = Path(__file__).parent.parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The first is headless only, and takes half the time.
CHROMIUMS = "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"
PASSWORD = "a long enough password"
# On localhost, browsers obey headers that they otherwise obey on HTTPS only, such as Clear-Site-Data.
PLAIN_HTTP_HOST = "reading.test"
CODE = re.compile(r"^To: (\S+)$.*?^\s*([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", re.MULTILINE | re.DOTALL)
# The passwords of quickstart are replaced, to be hashed fast. New accounts may write little in a minute, and all tests
# of a worker share these accounts. Compressing static files takes longer than all else, and makes no difference here.
PREPARE = f"""
from datetime import timedelta
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone
from lessons.accounts.models import User
with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
    call_command("quickstart", no_serve=True, empty=True)
User.objects.update(password=make_password({PASSWORD!r}), date_joined=timezone.now() - timedelta(days=30))
with override_settings(WHITENOISE_SKIP_COMPRESS_EXTENSIONS=["css", "js", "svg", "txt"]):
    call_command("collectstatic", interactive=False, ignore_patterns=["*.map"], verbosity=0)
"""
SHELL = """
import contextlib, io, json, sys, django
django.setup()
for line in sys.stdin:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(json.loads(line), {})
    print(json.dumps(out.getvalue()), flush=True)
"""


def find_chromium():
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)


def pytest_itemcollected(item):
    if Path(item.path).is_relative_to(Path(__file__).parent):
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Run the slowest tests first, and then those without a database, while another worker migrates it."""
    items.sort(key=lambda item: (item.get_closest_marker("browser") is None, not is_slow(item), needs_database(item)))


def is_slow(item):
    """Return whether the test would keep one worker busy at the end, where tests that commit are otherwise."""
    commits = any(marker.kwargs.get("transaction") for marker in item.iter_markers("django_db"))
    return commits and item.get_closest_marker("thorough") is not None


def needs_database(item):
    return bool(item.get_closest_marker("django_db")) or "django_db_setup" in item.fixturenames


@pytest.fixture(scope="session")
def chromium():
    path = find_chromium()
    if path is None:
        reason = "no Chromium on this machine: install the package `chromium` to run the browser tests"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    return path


@pytest.fixture(scope="session")
def browser(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture(scope="session")
def environment(tmp_path_factory):
    """Return the environment of a production server on plain HTTP, with its data in a folder of its own."""
    data = tmp_path_factory.mktemp("server")
    own = {
        "DEVELOPMENT": "false",
        "DEBUG": "false",
        "SECRET_KEY": "only-for-browser-tests-and-long-enough-for-the-deploy-check-0123456789",
        "HTTPS": "false",
        "ALLOWED_HOSTS": f"127.0.0.1,localhost,{PLAIN_HTTP_HOST}",
        "DATA_DIR": str(data),
        "DATABASE_URL": f"sqlite:///{data / 'db.sqlite3'}",
        "CACHE_URL": "dbcache://cache",
        "EMAIL_URL": f"filemail:///{data / 'mail'}",  # three, and the slash of the path
    }
    return {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "portal.settings"}


@pytest.fixture(scope="session")
def shell(environment):
    """Return `shell(code)`, which runs code on the server's database and returns what it printed."""
    with open_shell(environment) as run:
        yield run


@contextmanager
def open_shell(environment):
    """Yield a function that runs code with this environment and returns what it printed. All calls share a process,
    because starting one takes as long as a test; its errors are in the test's output."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", SHELL], cwd=ROOT, env=environment, **pipes) as process:

        def run(code):
            process.stdin.write(json.dumps(code) + "\n")
            process.stdin.flush()
            printed = process.stdout.readline()
            assert printed, "the code failed"
            return json.loads(printed)

        yield run
        process.stdin.close()


@pytest.fixture(scope="session")
def prepared(environment, shell, shared_folder, django_db_setup):
    """Load the sample course into the server's folder: the first worker creates it, the others copy it."""
    own, folder = Path(environment["DATA_DIR"]), shared_folder / "prepared"
    with locked(folder):
        if folder.exists():
            shutil.copytree(folder, own, dirs_exist_ok=True)
        else:
            if (shared_folder / "migrated.sqlite3").exists():
                shutil.copy(shared_folder / "migrated.sqlite3", own / "db.sqlite3")
            shell(PREPARE)
            shutil.copytree(own, folder, ignore=shutil.ignore_patterns("db.sqlite3*"))
            with closing(sqlite3.connect(own / "db.sqlite3")) as database:
                database.execute("VACUUM INTO ?", [str(folder / "db.sqlite3")])


@pytest.fixture(scope="session")
def server(chromium, environment, prepared):
    """Return the address of a running site with the sample course; every demo account has PASSWORD."""
    with serve(environment) as address:
        yield address


@pytest.fixture(scope="session")
def found():
    """Return the data that a test of this worker found, by the id of the test: only the last one is kept."""
    return {}


@pytest.fixture(autouse=True)
def data_as_found(request, found):
    """Keep the data of the server that a test finds, and bring them back before it runs once more."""
    if "server" not in request.fixturenames:
        return
    request.getfixturevalue("server")
    path = Path(request.getfixturevalue("environment")["DATA_DIR"]) / "db.sqlite3"
    with closing(sqlite3.connect(path, timeout=30)) as database:
        if request.node.nodeid in found:
            found[request.node.nodeid].backup(database)
            return
        for earlier in found.values():
            earlier.close()
        found.clear()
        found[request.node.nodeid] = copy = sqlite3.connect(":memory:", check_same_thread=False)
        database.backup(copy)


@contextmanager
def serve(environment, application="portal.wsgi"):
    """Yield the address of a server with this environment."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", application, "-b", f"127.0.0.1:{port}", "-w", "1", "--threads", "4"]
    with subprocess.Popen([*command, "--log-level", "warning"], cwd=ROOT, env=environment) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(f"{address}/health/ready/")
            yield address
        finally:
            process.send_signal(signal.SIGQUIT)  # without waiting for the browser's open connections


def wait_for(address, seconds=30):
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as reply:
                assert reply.status == 200
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


class Watch:
    """Records the problems of a page: script errors, violations of the security policy, requests to other hosts."""

    def __init__(self, page, server):
        self.complaints = []
        self.handlers = {
            "pageerror": lambda error: self.complaints.append(f"error: {error}"),
            "console": self.read_console,
            "request": lambda request: self.read_request(request.url, server),
        }
        self.page = page
        for event, handler in self.handlers.items():
            page.on(event, handler)

    def end(self):
        for event, handler in self.handlers.items():
            self.page.remove_listener(event, handler)

    def read_console(self, message):
        if message.type == "error" and not re.search(r"status of 4(0\d|22)", message.text):
            self.complaints.append(message.text)

    def read_request(self, url, server):
        if not url.startswith((server, "data:", "blob:", "about:")):
            self.complaints.append(f"request to {url}")


class Look(NamedTuple):
    """The settings in which two visitors' browsers can differ."""

    width: int
    height: int
    script: bool
    touch: bool

    @property
    def viewport(self):
        return {"width": self.width, "height": self.height}

    @property
    def color_scheme(self):
        return "light" if self.width > 1000 else "dark"


class Pages:
    """The pages of one test worker, reused because a new one takes four times as long to show the same address,
    because its process, its scripts and its cache are cold.

    Each is given out as a fresh visitor's: no cookies, nothing in storage, online, no routes, as wide as it was.
    """

    def __init__(self, browser, server):
        self.browser, self.server = browser, server
        self.idle = defaultdict(list)

    def open(self, look):
        context = self.browser.new_context(
            base_url=self.server,
            viewport=look.viewport,
            color_scheme=look.color_scheme,
            java_script_enabled=look.script,
            has_touch=look.touch,
        )
        context.set_default_timeout(20_000)
        return context.new_page()

    def take(self, look):
        return self.idle[look].pop() if self.idle[look] else self.open(look)

    def give_back(self, look, page):
        context = page.context
        for other in context.pages:
            if other is not page:
                other.close()
        context.set_offline(False)
        context.unroute_all()
        page.unroute_all()
        context.clear_permissions()
        page.set_viewport_size(look.viewport)
        page.emulate_media(color_scheme=look.color_scheme, media="null")
        page.goto("/health/live/")
        if look.script:
            page.evaluate("() => [localStorage, sessionStorage].forEach((storage) => storage.clear())")
        context.clear_cookies()
        self.idle[look].append(page)


@pytest.fixture(scope="session")
def pages(browser, server):
    return Pages(browser, server)


@pytest.fixture
def new_page(pages):
    """`new_page(width=…, script=…, touch=…)`: a fresh visitor's page, a narrow one in dark colours; any complaint
    fails the test. With `once` it is really new and closed afterwards: for a test that adds a script to it or needs
    an empty cache."""
    opened = []

    def open_page(width=1440, height=900, script=True, touch=False, once=False):
        look = Look(width, height, script, touch)
        page = pages.open(look) if once else pages.take(look)
        opened.append((look, page, once, Watch(page, pages.server)))
        return page

    yield open_page
    for look, page, once, watch in opened:
        watch.end()
        if once or page.is_closed():
            page.context.close()
        else:
            pages.give_back(look, page)
    assert [complaint for *_rest, watch in opened for complaint in watch.complaints] == []


@pytest.fixture
def page(new_page):
    return new_page()


@pytest.fixture
def code_to(environment):
    """Return a function that returns the last code e-mailed to an address, once it has been sent in the background."""
    folder = Path(environment["DATA_DIR"]) / "mail"

    def find(address):
        mails = sorted(folder.glob("*"), key=lambda file: file.stat().st_mtime_ns)
        return next((c for file in reversed(mails) for to, c in CODE.findall(file.read_text()) if to == address), None)

    def code(address, seconds=10):
        end = time.monotonic() + seconds
        while not (found := find(address)):
            assert time.monotonic() < end, f"no code was sent to {address}"
            time.sleep(0.05)
        return found

    return code


@pytest.fixture
def sign_in_as(server, shell):
    """`sign_in_as(page, "learner-a")`: as if they had just signed in with their password. Not through the form, which
    takes the server longer than most pages: `test_accounts.py` does."""

    def sign_in(page, who):
        key = shell(SIGN_IN.format(address=f"{who}@example.org")).strip()
        hosts = server, server.replace("127.0.0.1", "localhost")
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": host} for host in hosts])

    return sign_in


# Removes rate limits: nobody may write more than ten posts a minute, but all tests of a worker share a few accounts.
SIGN_IN = """
import time
from datetime import timedelta
from django.db.models import F
from django.test import Client
from lessons.discussions.models import Post
from lessons.accounts.models import User
Post.objects.update(created_at=F("created_at") - timedelta(hours=1))
client = Client()
client.force_login(User.objects.get(email="{address}"))
session = client.session
session["account_authentication_methods"] = [dict(method="password", at=time.time(), email="{address}")]
session.save()
print(session.session_key)
"""
