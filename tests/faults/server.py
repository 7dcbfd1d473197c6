"""A server for the scripts of this folder, with a scratch folder, a database and a free port of its own."""

import http.client
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
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    "SECRET_KEY": "only-for-faults",
    "HTTPS": "false",
    "EMAIL_URL": "dummymail://",
    "ALLOWED_HOSTS": "127.0.0.1",
    "PYTHONDONTWRITEBYTECODE": "1",
}
FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]*)"')


def free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """gunicorn with `workers` and `threads`, on a migrated database. Use it as a context manager."""

    def __init__(self, *, workers: int = 1, threads: int = 4, **settings: str):
        self.folder = Path(tempfile.mkdtemp(prefix="commonplace-faults-"))
        self.environment = os.environ | SETTINGS | {"DATA_DIR": str(self.folder)} | settings
        self.workers, self.threads, self.port = workers, threads, free_port()

    def manage(self, *arguments: str, text: str = "") -> str:
        """Run a command of manage.py, with `text` as its standard input; return what it prints."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, input=text, text=True, capture_output=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(arguments)}:\n{done.stderr[-3000:]}")
        return done.stdout

    def __enter__(self) -> "Server":
        self.manage("migrate", "-v", "0")
        self.manage("createcachetable")
        self.manage("collectstatic", "--noinput", "-v", "0", "--ignore", "*.map")
        return self

    def serve(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        command += ["--workers", str(self.workers), "--threads", str(self.threads), "--log-level", "warning"]
        log = (self.folder / "gunicorn.log").open("w")
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        for _ in range(300):
            try:
                if self.ask("/health/live/").status == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise SystemExit((self.folder / "gunicorn.log").read_text())

    def __exit__(self, *_error) -> None:
        if hasattr(self, "process"):
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                for pid in [*self.worker_pids(), self.process.pid]:
                    os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, path: str, timeout: float = 60) -> "Reply":
        return Browser(self, timeout).get(path)

    def worker_pids(self) -> list[int]:
        task = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in task.read_text().split()]


class Reply:
    def __init__(self, response: http.client.HTTPResponse, seconds: float):
        self.status, self.headers, self.seconds = response.status, response.headers, seconds
        self.text = response.read().decode("utf-8", "replace")


class Browser:
    """An HTTP client that keeps cookies and opens a new connection for each request."""

    def __init__(self, server: Server, timeout: float = 60):
        self.server, self.timeout, self.cookies = server, timeout, {}

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
        if reply.status != 302:
            raise SystemExit(f"{email} could not sign in: {reply.status}")

    def _request(self, method: str, path: str, body: bytes | None, headers: dict) -> Reply:
        address = urlsplit(f"http://127.0.0.1:{self.server.port}")
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=self.timeout)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Accept": "text/html"} | headers | ({"Cookie": cookies} if cookies else {})
        began = time.perf_counter()
        with closing(connection):
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            reply = Reply(response, 0.0)
        reply.seconds = time.perf_counter() - began
        for cookie in reply.headers.get_all("Set-Cookie") or []:
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return reply


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
