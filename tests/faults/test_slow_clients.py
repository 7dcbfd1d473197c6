"""Clients that send their headers or their body a byte at a time, through nginx as the documentation says.

gunicorn's threads read a request to its end: a slow client in front of it would have a thread for itself. nginx passes
a request on when it has all of it, and gives up clients that are too slow.
"""

import socket
import statistics
import threading
import time
from contextlib import contextmanager

import pytest

from tests.faults.server import Browser
from tests.faults.world import make_class

pytestmark = pytest.mark.faults
SLOW_CLIENTS, REQUESTS = 300, 40
EVERY = 2.0
"""Seconds between two bytes of a slow client."""
HEADERS = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
BODY = b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nContent-Length: 5000\r\n\r\n"


@contextmanager
def slow_clients(port: int, beginning: bytes):
    """Open SLOW_CLIENTS connections, send the beginning, and then a byte now and then. Yield the sockets."""

    def drip():
        while not stopped.wait(EVERY):
            for client in clients:
                try:
                    client.send(b"x")
                except OSError:
                    continue  # it was given up

    stopped = threading.Event()
    clients = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(SLOW_CLIENTS)]
    for client in clients:
        client.sendall(beginning)
    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield clients
    finally:
        stopped.set()
        thread.join()
        for client in clients:
            client.close()


@pytest.mark.parametrize("beginning", [HEADERS, BODY], ids=["headers", "bodies"])
def test_slow_clients_keep_nobody_waiting(make_server, nginx, beginning, report):
    server = make_server(workers=2, threads=4, BEHIND_PROXY="true")
    seeded = server.call(make_class, 1)
    server.start()
    proxy = nginx(server.port)
    browser = Browser(proxy.port, timeout=30, session=seeded["sessions"][0])
    path = f"/threads/{seeded['threads'][0]}/"
    quiet = [browser.get(path).seconds for _ in range(REQUESTS)]
    with slow_clients(proxy.port, beginning):
        time.sleep(EVERY + 1)
        replies = [browser.get(path) for _ in range(REQUESTS)]
        written = browser.post(path, {"source": "Among slow clients.", "send": ""})
    busy = [reply.seconds for reply in replies]
    report(
        f"a thread takes {statistics.median(quiet) * 1000:.0f} ms, beside {SLOW_CLIENTS} slow clients "
        f"{statistics.median(busy) * 1000:.0f} ms, at most {max(busy) * 1000:.0f} ms; a reply gets {written.status}"
    )
    assert {reply.status for reply in replies} == {200}
    assert written.status == 302
    assert max(busy) < 1
