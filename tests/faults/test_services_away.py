"""PostgreSQL and Redis stop under a running server, and start again: pages say so within 3 s, and are back within 1 s.

Nobody can guess passwords while the cache that counts them is away.
"""

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from tests.faults.server import Browser, Server
from tests.faults.services import Postgres, Redis
from tests.faults.world import PASSWORD, make_people

pytestmark = pytest.mark.faults
CLIENTS = 40
BACK_OFF = 8
"""Seconds that a service is away: long enough for any waiting between attempts to have grown."""
number = count()


def ask_for_code(server: Server):
    """Request a code, which is throttled per address by a counter in the cache, and hashes no password."""
    return Browser(server.port).post("/accounts/login/code/", {"email": f"{next(number)}@example.org"})


def try_password(server: Server, email: str, password: str):
    return Browser(server.port).post("/accounts/login/", {"login": email, "password": password})


def wait_until_served(request, is_served) -> float:
    """Return the seconds until the page is served, at most 60."""
    began = time.perf_counter()
    while not is_served(request().status) and time.perf_counter() - began < 60:
        time.sleep(0.05)
    return time.perf_counter() - began


def take_away(server: Server, service: Postgres | Redis, request, is_served, report) -> None:
    """Stop the service, send CLIENTS requests at once, start it again, and check that all behaved as expected."""
    wait_until_served(request, is_served)
    service.stop()
    with ThreadPoolExecutor(CLIENTS) as pool:
        replies = list(pool.map(lambda _n: request(), range(CLIENTS)))
    live = server.ask("/health/live/")
    ready = server.ask("/health/ready/")
    time.sleep(BACK_OFF)
    later = request()
    service.start()
    back = wait_until_served(request, is_served)
    slowest = max(reply.seconds for reply in (*replies, later, ready))
    statuses = sorted({reply.status for reply in (*replies, later, ready)})
    report(f"{CLIENTS} at once get {statuses}, the slowest after {slowest:.2f} s; back after {back:.2f} s")
    assert statuses == [503]
    assert all("Temporarily unavailable" in reply.text for reply in (*replies, later))
    assert slowest <= 3
    assert (live.status, back <= 1) == (200, True)


@pytest.fixture
def server(make_server, postgres, redis):
    """Return a running server on a PostgreSQL and a Redis that can be stopped."""
    name = f"away{next(number)}"
    server = make_server(
        workers=2, threads=4, database_url=postgres.create(name, template="migrated"), CACHE_URL=redis.url
    )
    server.start()
    return server


def test_pages_without_postgresql(server, postgres, report):
    take_away(server, postgres, lambda: server.ask("/"), lambda status: status == 200, report)


def test_sign_in_without_postgresql(server, postgres, report):
    take_away(server, postgres, lambda: ask_for_code(server), lambda status: status != 503, report)


def test_sign_in_without_redis(server, redis, report):
    take_away(server, redis, lambda: ask_for_code(server), lambda status: status != 503, report)


def test_nobody_guesses_passwords_while_redis_hangs(server, redis, report):
    """Whatever the password, the answer is 503; once Redis is back, the guesses made before still count."""
    [email] = server.call(make_people, 1)
    before = [try_password(server, email, "wrong").status for _ in range(5)]
    redis.process.send_signal(signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(CLIENTS) as pool:
            passwords = ["wrong", PASSWORD] * (CLIENTS // 2)
            replies = list(pool.map(lambda password: try_password(server, email, password), passwords))
        readable = server.ask("/")
    finally:
        redis.process.send_signal(signal.SIGCONT)
    back = wait_until_served(lambda: ask_for_code(server), lambda status: status != 503)
    after = try_password(server, email, PASSWORD)
    statuses, slowest = sorted({reply.status for reply in replies}), max(reply.seconds for reply in replies)
    report(
        f"5 wrong passwords got {sorted(set(before))}; {CLIENTS} guesses without Redis {statuses}, the slowest after "
        f"{slowest:.2f} s; back after {back:.2f} s, and the right password got {after.status}"
    )
    assert statuses == [503]
    assert slowest <= 3
    assert back <= 1
    assert readable.status in (200, 503)
    assert after.status != 302, "the guesses before were forgotten"
