"""Servers for the tests of this folder, each with a data folder, a database and a free port of its own."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings

ROOT = settings.BASE_DIR
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
"""Of pytest's own environment; its settings of the site are not for a server."""
SETTINGS = {
    "SECRET_KEY": "only-for-faults",
    "HTTPS": "false",
    "EMAIL_URL": "memorymail://",
    "ALLOWED_HOSTS": "127.0.0.1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONPATH": str(ROOT),
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]*)"')
LISTENS_WITHIN = 180.0


def free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def environment(folder: Path, database_url: str = "", **more: str) -> dict[str, str]:
    """Return the environment of a site whose DATA_DIR is the folder."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    database = {"DATABASE_URL": database_url} if database_url else {}
    return inherited | SETTINGS | {"DATA_DIR": str(folder)} | database | more


def manage(environ: dict[str, str], *arguments: str, text: str = "") -> str:
    """Run a command of manage.py, with `text` as its standard input; return what it prints."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environ, input=text, text=True, capture_output=True, check=False)
    assert done.returncode == 0, f"{' '.join(arguments)}:\n{done.stderr[-3000:]}"
    return done.stdout


def prepare(folder: Path, database_url: str = "") -> None:
    """Migrate an empty database."""
    environ = environment(folder, database_url)
    manage(environ, "migrate", "-v", "0")
    manage(environ, "createcachetable")


class Server:
    """gunicorn with `workers` and `threads`, on a database that is migrated. Use it as a context manager.

    `installed` is a DATA_DIR with a migrated SQLite database and collected static files. Without `database_url` the
    server has a copy of that database. The other keyword arguments are settings.
    """

    def __init__(self, installed: Path, *, database_url="", workers=1, threads=4, folder: Path | None = None, **more):
        self.installed, self.database_url = installed, database_url
        self.is_temporary = folder is None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="commonplace-faults-"))
        self.environment = environment(self.folder, database_url, **more)
        self.workers, self.threads, self.port = workers, threads, free_port()
        self.application = "portal.wsgi"
        self.process: subprocess.Popen | None = None

    def manage(self, *arguments: str, text: str = "") -> str:
        return manage(self.environment, *arguments, text=text)

    def call(self, function, *arguments):
        """Call a function of a module in a process with the server's settings; return its result, through JSON."""
        call = f"{function.__module__}.{function.__name__}(*{arguments!r})"
        code = f"import json, {function.__module__}\nprint('RESULT', json.dumps({call}))"
        lines = self.manage("shell", "-v", "0", text=code).splitlines()
        return json.loads(next(line.partition(" ")[2] for line in lines if line.startswith("RESULT")))

    def __enter__(self) -> "Server":
        (self.folder / "static").symlink_to(self.installed / "static")
        if not self.database_url:
            shutil.copy(self.installed / "db.sqlite3", self.folder)
        return self

    def start(self) -> None:
        """Start gunicorn, and wait until it answers."""
        command = [sys.executable, "-m", "gunicorn", self.application, "--bind", f"127.0.0.1:{self.port}"]
        command += ["--workers", str(self.workers), "--threads", str(self.threads), "--log-level", "warning"]
        with self.log_file.open("a") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + LISTENS_WITHIN
        while time.monotonic() < deadline:
            try:
                if self.ask("/health/live/").status == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(self.log)

    def kill(self) -> None:
        """Kill the server and all its workers with SIGKILL."""
        for pid in (self.process.pid, *self.worker_pids()):
            kill(pid)
        self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    def __exit__(self, *_error) -> None:
        self.stop()
        if self.is_temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, path: str, timeout: float = 60) -> "Reply":
        return Browser(self.port, timeout).get(path)

    def worker_pids(self) -> list[int]:
        task = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in task.read_text().split()]

    @property
    def log_file(self) -> Path:
        return self.installed / f"server-{self.port}.log"

    @property
    def log(self) -> str:
        return self.log_file.read_text()


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


class Reply:
    def __init__(self, response: http.client.HTTPResponse):
        self.status, self.headers, self.seconds = response.status, response.headers, 0.0
        self.text = response.read().decode("utf-8", "replace")


class Browser:
    """An HTTP client that keeps cookies and opens a new connection to the port for each request."""

    def __init__(self, port: int, timeout: float = 60, *, session: str = ""):
        self.port, self.timeout = port, timeout
        self.cookies = {"sessionid": session} if session else {}

    def get(self, path: str, **headers: str) -> Reply:
        return self._request("GET", path, None, headers)

    def post(self, path: str, fields: dict, files: dict[str, tuple[str, bytes]] | None = None, **headers) -> Reply:
        """Post a form with a CSRF token. files: name and content by field."""
        token = self.cookies.setdefault("csrftoken", "a" * 32)
        fields = {"csrfmiddlewaretoken": token, **fields}
        if files is None:
            return self._request("POST", path, urlencode(fields).encode(), headers | FORM)
        body, boundary = [], "0123456789abcdef"
        for name, value in fields.items():
            body.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
        for name, (file, content) in files.items():
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
            body += [f"{head}Content-Type: application/octet-stream\r\n\r\n".encode(), content, b"\r\n"]
        body.append(f"--{boundary}--\r\n".encode())
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self._request("POST", path, b"".join(body), headers | kind)

    def sign_in(self, email: str, password: str) -> None:
        reply = self.post("/accounts/login/", {"login": email, "password": password})
        assert reply.status == 302, f"{email} could not sign in: {reply.status}"

    def _request(self, method: str, path: str, body: bytes | None, headers: dict) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Accept": "text/html"} | headers | ({"Cookie": cookies} if cookies else {})
        began = time.perf_counter()
        with closing(connection):
            connection.request(method, path, body, headers)
            reply = Reply(connection.getresponse())
        reply.seconds = time.perf_counter() - began
        for cookie in reply.headers.get_all("Set-Cookie") or []:
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return reply
