"""Forty people sign in at once: a lesson takes at most three times as long as on an idle server.

Three workers of four threads serve the site. Who cannot be signed in at once gets 503 within a second or so.
"""

import statistics
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.server import Browser
from tests.faults.world import PASSWORD, make_people, make_site

pytestmark = pytest.mark.faults
PEOPLE, ROUNDS, LESSON = 40, 3, "/lessons/1/why/"


def test_a_lesson_while_forty_people_sign_in(make_server, report):
    server = make_server(workers=3, threads=4)
    server.call(make_site)
    people = server.call(make_people, PEOPLE)
    server.start()

    def sign_in(email: str):
        return Browser(server.port).post("/accounts/login/", {"login": email, "password": PASSWORD})

    assert server.ask(LESSON).status == 200
    quiet = [server.ask(LESSON).seconds for _ in range(60)][20:]
    busy, replies = [], []
    with ThreadPoolExecutor(PEOPLE) as pool:
        for _ in range(ROUNDS):
            signing_in = [pool.submit(sign_in, email) for email in people]
            while not all(future.done() for future in signing_in):
                busy.append(server.ask(LESSON).seconds)
            replies += [future.result() for future in signing_in]
    refused = [reply.seconds for reply in replies if reply.status == 503]
    ratio = statistics.median(busy) / statistics.median(quiet)
    report(
        f"{statistics.median(quiet) * 1000:.0f} ms quiet, {statistics.median(busy) * 1000:.0f} ms with {PEOPLE} "
        f"sign-ins, {ratio:.1f} times; answers {dict(Counter(reply.status for reply in replies))}, the slowest "
        f"refusal after {max(refused, default=0):.2f} s"
    )
    assert ratio <= 3
    assert {reply.status for reply in replies} <= {302, 503}
