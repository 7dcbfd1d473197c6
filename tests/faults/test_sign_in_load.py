"""Measure how long a lesson takes while forty people sign in at once, compared with an idle server. By hand:

    python tests/faults/sign_in_load.py

Three workers of four threads, as README serves the site. The lesson may take at most three times as long; whoever
cannot be signed in at once gets 503 within a second.
"""

import statistics
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.faults.hostile_inputs import PASSWORD, WORLD
from tests.faults.server import Browser, Server

PEOPLE, ROUNDS, LESSON = 40, 3, "/lessons/1/why/"
# Wrong passwords are counted for each address: forty sign-ins to one account would be refused without hashing.
ACCOUNTS = f"""
for n in range({PEOPLE}):
    person = User(email=f"p{{n}}@example.org", display_name="P", password=user.password)
    person.save()
    person.mark_email_verified()
"""


def main() -> None:
    with Server(workers=3, threads=4) as server:
        server.manage("shell", "-v", "0", text=WORLD + ACCOUNTS)
        server.serve()

        def sign_in(n: int):
            return Browser(server).post("/accounts/login/", {"login": f"p{n}@example.org", "password": PASSWORD})

        assert server.ask(LESSON).status == 200, "the lesson is not served"
        quiet = [server.ask(LESSON).seconds for _ in range(60)][20:]
        busy, replies = [], []
        with ThreadPoolExecutor(PEOPLE) as pool:
            for _ in range(ROUNDS):
                signing_in = [pool.submit(sign_in, n) for n in range(PEOPLE)]
                while not all(future.done() for future in signing_in):
                    busy.append(server.ask(LESSON).seconds)
                replies += [future.result() for future in signing_in]
    print("statuses of the sign-ins:", dict(Counter(reply.status for reply in replies)))  # noqa: T201
    refused = [reply.seconds for reply in replies if reply.status == 503]
    ratio = statistics.median(busy) / statistics.median(quiet)
    print(  # noqa: T201
        f"lesson: {statistics.median(quiet) * 1000:.0f} ms quiet, {statistics.median(busy) * 1000:.0f} ms with "
        f"{PEOPLE} sign-ins ({ratio:.1f} times, 95 %: {statistics.quantiles(busy, n=20)[-1] * 1000:.0f} ms)\n"
        f"503: {len(refused)} of {len(replies)}, "
        f"slowest {max(refused, default=0):.2f} s"
    )
    sys.exit(ratio > 3)


if __name__ == "__main__":
    main()
