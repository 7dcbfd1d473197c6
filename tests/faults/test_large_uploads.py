"""Uploads of two gigabytes, announced or in chunks: refused at once, and without memory or disk for them."""

import re
import select
import socket
import time
from pathlib import Path

import pytest

from tests.faults.world import make_class

pytestmark = pytest.mark.faults
SIZE = 2_000_000_000
BLOCK = bytes(65_536)
HEAD = (
    "POST /admin/articles/new/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessionid={session}\r\n"
    "Content-Type: multipart/form-data; boundary=b\r\n{length}\r\n\r\n"
)
WAYS = {
    "announced": f"Content-Length: {SIZE}",
    "announced, asking first": f"Content-Length: {SIZE}\r\nExpect: 100-continue",
    "in chunks": "Transfer-Encoding: chunked",
}
REFUSED_WITHIN = 2.0
MAX_SENT = 120_000_000
"""In chunks, nginx takes 55 MB before it knows; more may be on the way to it."""
MAX_MEGABYTES = 20


def upload(port: int, session: str, length: str) -> tuple[bytes, float, int]:
    """Send SIZE bytes, or until there is an answer. Return it, the seconds until then, and the bytes sent."""
    block = b"10000\r\n" + BLOCK + b"\r\n" if "chunked" in length else BLOCK
    sent = 0
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(HEAD.format(session=session, length=length).encode())
        if "Expect" in length:
            answer = client.recv(4096)
            if b" 100 " not in answer:
                return answer, time.perf_counter() - began, sent
        while sent < SIZE and not is_readable(client):
            try:
                client.sendall(block)
            except OSError:
                break
            sent += len(BLOCK)
        try:
            answer = client.recv(4096)
        except OSError:
            answer = b""
        return answer, time.perf_counter() - began, sent


def is_readable(client: socket.socket) -> bool:
    return bool(select.select([client], [], [], 0)[0])


def memory(pid: int) -> float:
    """Return the megabytes that the process has had at most since `reset_peak`."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("behind_nginx", [False, True], ids=["gunicorn alone", "behind nginx"])
def test_an_upload_of_two_gigabytes_is_refused(make_server, nginx, way, behind_nginx, report):
    server = make_server(workers=1, threads=4, BEHIND_PROXY="true" if behind_nginx else "false")
    seeded = server.call(make_class, 1)
    server.start()
    port = nginx(server.port).port if behind_nginx else server.port
    session = seeded["sessions"][0]
    server.ask("/")
    [pid] = server.worker_pids()
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    before = memory(pid)
    answer, seconds, sent = upload(port, session, WAYS[way])
    grown = memory(pid) - before
    status = answer.partition(b"\r\n")[0].decode()
    report(f"{status or 'closed'} after {seconds:.2f} s and {sent / 1e6:.1f} MB; the worker grew by {grown:.1f} MB")
    # Only nginx counts what comes in chunks. Django ignores the body, and refuses the form, which then has no token.
    expected = "403" if "chunked" in WAYS[way] and not behind_nginx else "413"
    assert status.split()[1:2] == [expected]
    assert sent <= MAX_SENT
    assert seconds <= REFUSED_WITHIN or (behind_nginx and "chunked" in WAYS[way])
    assert grown <= MAX_MEGABYTES
