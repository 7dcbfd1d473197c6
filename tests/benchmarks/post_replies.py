"""Posts a second, durable, by several clients at once, against the bare view of `bare.py`, round by round. By hand:

gunicorn tests.benchmarks.bare:application -w 4 -b 127.0.0.1:PORT
python tests/benchmarks/post_replies.py PORT SESSIONID THREAD [THREAD …]
"""

import http.client
import statistics
import sys
import threading
import time
from urllib.parse import urlencode

CLIENTS, EACH, ROUNDS = 4, 25, 5
TOKEN = "a" * 32


def post(connection, session, path, number):
    body = urlencode({"csrfmiddlewaretoken": TOKEN, "source": f"Reply {number} says something.", "send": ""})
    headers = {
        "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection.request("POST", path, body, headers)
    reply = connection.getresponse()
    reply.read()
    return reply.status


def rate(port, sessions, paths):
    """Posts a second, and the statuses that were answered."""
    statuses = []

    def client(n):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for number in range(EACH):
            path = paths[(n + number) % len(paths)]
            statuses.append(post(connection, sessions[n % len(sessions)], path, number))

    threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
    began = time.perf_counter()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return CLIENTS * EACH / (time.perf_counter() - began), statuses


def main(port, sessions, *numbers):
    ratios = []
    for _ in range(ROUNDS):
        bare, _seen = rate(int(port), sessions.split(","), [f"/bare/{n}/" for n in numbers])
        replies, seen = rate(int(port), sessions.split(","), [f"/threads/{n}/" for n in numbers])
        ratios.append(replies / bare)
        print(f"bare {bare:6.1f}/s   replies {replies:6.1f}/s   ratio {ratios[-1]:.2f}   {set(seen)}")  # noqa: T201
    print(f"median ratio {statistics.median(ratios):.2f}")  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
