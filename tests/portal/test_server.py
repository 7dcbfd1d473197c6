"""A real gunicorn with two workers: its log, the metrics of both, and a report of an error to a Sentry server."""

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import brotli
import pytest
from django.conf import settings

pytestmark = pytest.mark.thorough
DECODERS = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
TOKEN, SECRET = "a-long-token-of-the-tests", "ada@example.org"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def sentry():
    """Return the address of a Sentry server on loopback, and the reports that it gets."""
    reports = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            reports.append(DECODERS[self.headers["Content-Encoding"]](body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://key@127.0.0.1:{server.server_port}/1", reports
    server.shutdown()
    server.server_close()


@pytest.fixture
def start(tmp_path):
    """Return a function that starts gunicorn on a site without tables and returns its address and its log."""
    running = []

    def started(**more):
        port = free_port()
        environment = os.environ | {
            "DATA_DIR": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
            "CACHE_URL": "locmemcache://",
            "SECRET_KEY": "a-long-random-key-" * 4,
            # Static files as they are, and all else as on a server.
            "DEVELOPMENT": "true",
            "DEBUG": "false",
            "ACCESS_LOG": "true",
            "LOG_FORMAT": "json",
            **more,
        }
        command = [sys.executable, "-m", "gunicorn", "portal.wsgi", "-w", "2", "-b", f"127.0.0.1:{port}"]
        log = (tmp_path / "log").open("w+")
        running.append(subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, stderr=log))
        running.append(log)
        wait_for(lambda: ask(f"http://127.0.0.1:{port}/health/live/")[0] == 200)
        return f"http://127.0.0.1:{port}", lambda: lines_of(tmp_path / "log")

    yield started
    for process, log in zip(running[::2], running[1::2], strict=True):
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        log.close()


def lines_of(file):
    return [json.loads(line) for line in file.read_text().splitlines() if line.startswith("{")]


def wait_for(is_so, seconds=60):
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.1)


def ask(address, **headers):
    """Return status and text; 0 if nobody answers."""
    try:
        with urlopen(Request(address, headers=headers), timeout=60) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()
    except URLError:
        return 0, ""


def test_a_server_logs_measures_and_reports(start, sentry):
    dsn, reports = sentry
    address, log = start(METRICS_TOKEN=TOKEN, SENTRY_DSN=dsn)
    for _request in range(6):
        assert ask(f"{address}/?q={SECRET}")[0] == 500  # there are no tables
    lines = log()
    requests = [line for line in lines if line["event"] == "request"]
    assert [(line["path"], line["status"]) for line in requests] == [("/", 500)] * 6
    assert any(line["event"].startswith("Starting gunicorn") for line in lines)
    errors = [line for line in lines if line["event"] == "server error"]
    assert [line["request_id"] for line in errors] == [line["request_id"] for line in requests]
    assert SECRET not in json.dumps(lines)

    assert ask(f"{address}/metrics/")[0] == 401
    status, metrics = ask(f"{address}/metrics/", Authorization=f"Bearer {TOKEN}")
    assert status == 200
    assert 'django_http_responses_total_by_status_total{status="500"} 6.0' in metrics

    wait_for(lambda: len(reports) >= 6)
    assert b"OperationalError" in reports[0]
    assert SECRET.encode() not in b"".join(reports)
