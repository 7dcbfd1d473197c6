"""Posts a second, durable, by several clients at once, against the bare view of `bare.py`, round by round; then
whether none was lost, none numbered twice and none refused. By hand, with the server's DATA_DIR or DATABASE_URL, on
threads and with a session of staff (learners may not write that fast) that `tests/load/seed_load.py` names:

gunicorn tests.benchmarks.bare:application -w 4 -b 127.0.0.1:PORT
python -m tests.benchmarks.post_replies PORT SESSIONID THREAD [THREAD …]
"""

import http.client
import os
import statistics
import sys
import threading
import time
from collections import Counter
from urllib.parse import urlencode

import django

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


def standing(numbers):
    """Thread to how many posts it has; asserts that they are numbered 1, 2, 3 … and that the counters say the same."""
    from lessons.discussions.models import Post, Thread

    found = {}
    for thread in Thread.objects.filter(pk__in=numbers):
        seqs = list(Post.objects.filter(thread=thread).order_by("seq").values_list("seq", flat=True))
        assert seqs == list(range(1, len(seqs) + 1)), f"thread {thread.pk} has a gap"
        assert (thread.last_seq, thread.visible_post_count) == (len(seqs), len(seqs)), (
            f"thread {thread.pk} counts wrongly"
        )
        found[thread.pk] = len(seqs)
    return found


def main(port, sessions, *numbers):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    before, ratios, answers = standing(numbers), [], Counter()
    for _ in range(ROUNDS):
        bare, seen_bare = rate(int(port), sessions.split(","), [f"/bare/{n}/" for n in numbers])
        replies, seen = rate(int(port), sessions.split(","), [f"/threads/{n}/" for n in numbers])
        ratios.append(replies / bare)
        answers.update(f"bare {status}" for status in seen_bare)
        answers.update(f"reply {status}" for status in seen)
        print(f"bare {bare:6.1f}/s   replies {replies:6.1f}/s   ratio {ratios[-1]:.2f}")  # noqa: T201
    print(f"median ratio {statistics.median(ratios):.2f}   {dict(answers)}")  # noqa: T201
    sent = 2 * ROUNDS * CLIENTS * EACH
    taken = answers["bare 200"] + answers["reply 302"]
    kept = sum(standing(numbers).values()) - sum(before.values())
    print(f"{sent} sent, {sent - taken} failed, {taken - kept} lost")  # noqa: T201
    assert sent == taken == kept


if __name__ == "__main__":
    main(*sys.argv[1:])
