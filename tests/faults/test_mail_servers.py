"""Mail servers that refuse, stall, disconnect or die, under a running server whose people ask for codes.

No request waits for the mail server, every e-mail arrives in the end, and only one whose acceptance the site has not
learnt of may arrive twice.
"""

import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from tests.faults.server import Browser, free_port, kill
from tests.faults.world import email_states, make_emails_due, make_people
from tests.mail.smtp_server import ACCEPTED, DISCONNECT, smtp_server

pytestmark = pytest.mark.faults
PEOPLE = 8
QUICK = 5.0
"""Seconds within which a request is answered and a code arrives, however busy the machine is."""
TIMEOUT = 10.0
"""EMAIL_TIMEOUT in the settings."""


@contextmanager
def replying(port: int, *replies: bytes):
    """Send one reply after another to each client, a line of its read in between, and then nothing more."""

    def serve(client):
        with client, suppress_broken():
            for reply in replies:
                client.sendall(reply)
                client.recv(4096)
            stopped.wait(60)

    def accept():
        while not stopped.is_set():
            try:
                client, _address = listener.accept()
            except OSError:
                return
            Thread(target=serve, args=(client,), daemon=True).start()

    stopped = Event()
    with socket.create_server(("127.0.0.1", port), backlog=50) as listener:
        thread = Thread(target=accept)
        thread.start()
        yield
        stopped.set()
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@contextmanager
def suppress_broken():
    try:
        yield
    except OSError:
        return


@contextmanager
def refusing(port: int):
    """Listen on no port: connections are refused."""
    yield


BAD_SERVERS = {
    "refuses connections": refusing,
    "disconnects": lambda port: replying(port, b"421 Closing\r\n"),
    "stalls at once": replying,
    "stalls after its greeting": lambda port: replying(port, b"220 hello\r\n"),
    "stalls after the recipient": lambda port: replying(
        port, b"220 hello\r\n", b"250 hello\r\n", b"250 sender\r\n", b"250 recipient\r\n"
    ),
    "stalls in the content": lambda port: replying(
        port, b"220 hello\r\n", b"250 hello\r\n", b"250 sender\r\n", b"250 recipient\r\n", b"354 go on\r\n"
    ),
}


@pytest.fixture
def site(make_server):
    """Return a running server and its port for mail, and let people have accounts."""
    port = free_port()
    server = make_server(workers=2, threads=4, EMAIL_URL=f"smtp://127.0.0.1:{port}")
    server.mail_port = port
    server.people = server.call(make_people, PEOPLE + 1)
    server.start()
    return server


def ask_for_code(server, address: str) -> float:
    """Ask for a code; return the seconds that the form took."""
    reply = Browser(server.port).post("/accounts/login/code/", {"email": address})
    assert reply.status == 302
    return reply.seconds


def wait_until(condition, seconds: float) -> float:
    """Return the seconds until the condition was true; fail after too many."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds
        time.sleep(0.02)
    return time.monotonic() - began


@pytest.mark.parametrize("name", BAD_SERVERS)
def test_a_mail_server_that(name, site, report):
    with BAD_SERVERS[name](site.mail_port), ThreadPoolExecutor(PEOPLE) as pool:
        seconds = list(pool.map(lambda address: ask_for_code(site, address), site.people[:PEOPLE]))
        time.sleep(1)
    with smtp_server(site.mail_port) as mail:
        if "stalls" in name:
            time.sleep(TIMEOUT + 1)  # until the thread that waits for the silent server has given up
        ask_for_code(site, site.people[-1])
        quickest = wait_until(lambda: site.people[-1] in mail.addresses, QUICK)
        for _ in range(2):
            site.call(make_emails_due)
            site.manage("run_scheduled")
        arrived = Counter(mail.addresses)
    report(
        f"{PEOPLE} codes asked for at once, the slowest answer {max(seconds):.2f} s; a code arrives {quickest:.2f} s "
        f"after its return; in the end {len(arrived)} of {len(site.people)} arrived, {arrived.total()} e-mails; "
        f"{site.call(email_states)}"
    )
    assert max(seconds) < QUICK
    assert arrived == Counter(site.people), "each arrived, and once"


def test_a_mail_server_that_dies_after_it_has_accepted_an_email(site, report):
    """Nobody can know then whether it has been delivered: it is sent again, and the others are not."""
    unsure, *others = site.people
    with smtp_server(site.mail_port) as mail:
        mail.accepted[unsure] = DISCONNECT
        for address in site.people:
            ask_for_code(site, address)
        wait_until(lambda: set(mail.addresses) == set(site.people), 4 * QUICK)
        mail.accepted.clear()
        site.call(make_emails_due)
        site.manage("run_scheduled")
        arrived = Counter(mail.addresses)
    report(f"{arrived[unsure]} copies of that one, {len(others)} others once")
    assert arrived == Counter(others) + Counter({unsure: 2})


def test_workers_killed_while_they_send(site, report):
    address, taken = site.people[-1], Event()

    def kill_workers():
        """Kill every worker at the moment when one has handed over the content."""
        for pid in site.worker_pids():
            kill(pid)
        taken.set()
        return ACCEPTED

    with smtp_server(site.mail_port) as mail:
        mail.accepted[address] = kill_workers
        ask_for_code(site, address)
        assert taken.wait(QUICK)
        mail.accepted.clear()
        site.manage("run_scheduled")
        assert mail.addresses.count(address) == 1, "its claim has not expired"
        site.call(make_emails_due)
        site.manage("run_scheduled")
        copies = mail.addresses.count(address)
    report(f"sent again when the claim had expired: {copies} copies; {site.call(email_states)}")
    assert copies == 2
