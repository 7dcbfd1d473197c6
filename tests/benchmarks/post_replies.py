"""Measure how many posts per second several clients can store, compared with the view of `bare.py`; then check that
none was lost, refused or numbered twice. By hand, with the server's DATA_DIR or DATABASE_URL, on
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
    """Return the posts per second, and the statuses of the responses."""
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


def count_posts(thread_ids):
    """Return the number of posts by thread, after checking that they are numbered 1, 2, 3 … as the counters say."""
    from lessons.discussions.models import Post, Thread

    found = {}
    for thread in Thread.objects.filter(pk__in=thread_ids):
        seqs = list(Post.objects.filter(thread=thread).order_by("seq").values_list("seq", flat=True))
        assert seqs == list(range(1, len(seqs) + 1)), f"thread {thread.pk} has a gap"
        assert (thread.last_seq, thread.visible_post_count) == (len(seqs), len(seqs)), (
            f"thread {thread.pk} has wrong counters"
        )
        found[thread.pk] = len(seqs)
    return found


def main(port, sessions, *thread_ids):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    before, ratios, answers = count_posts(thread_ids), [], Counter()
    for _ in range(ROUNDS):
        bare, seen_bare = rate(int(port), sessions.split(","), [f"/bare/{n}/" for n in thread_ids])
        replies, seen = rate(int(port), sessions.split(","), [f"/threads/{n}/" for n in thread_ids])
        ratios.append(replies / bare)
        answers.update(f"bare {status}" for status in seen_bare)
        answers.update(f"reply {status}" for status in seen)
        print(f"bare {bare:6.1f}/s   replies {replies:6.1f}/s   ratio {ratios[-1]:.2f}")
    print(f"median ratio {statistics.median(ratios):.2f}   {dict(answers)}")
    sent = 2 * ROUNDS * CLIENTS * EACH
    accepted = answers["bare 200"] + answers["reply 302"]
    stored = sum(count_posts(thread_ids).values()) - sum(before.values())
    print(f"{sent} sent, {sent - accepted} failed, {accepted - stored} lost")
    assert sent == accepted == stored


if __name__ == "__main__":
    main(*sys.argv[1:])
