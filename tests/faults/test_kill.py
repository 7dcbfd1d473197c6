"""Kill workers and the whole server with SIGKILL while people write, and count what was lost or stored twice.

python -m tests.faults.kill [KILLS]           on SQLite
DATABASE_URL=… python -m tests.faults.kill    on an empty PostgreSQL database

Each client sends a form until it is answered, as a browser does after a lost connection: with the same key. A text
that was answered must be stored once, one that was not at most once, and threads must count right.
"""

import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from uuid import uuid4

from tests.faults.server import Browser, Server

KILLS, CLIENTS = 40, 6
SEED = """
import json
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from tests import factories
from tests.discussions.make import thread_by

course = factories.make_course(slug="tides")
lesson = factories.make_published(factories.make_lesson(factories.make_module(course)))
sessions = []
for n in range(%d):
    user = factories.make_member(course, "instructor", name=f"Person {n}")
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    sessions.append(session.session_key)
threads = [thread_by(user, course, title=f"Thread {n}").pk for n in range(3)]
text = lesson.current_revision.text
print("SEEDED", json.dumps({"sessions": sessions, "threads": threads, "lesson": lesson.pk, "exact": text[:12]}))
"""
COUNT = """
import json
from collections import Counter
from lessons.annotations.models import Annotation
from lessons.courses.models import ReadingGroup
from lessons.discussions.models import Post, Thread

wrong = []
for thread in Thread.objects.all():
    seqs = sorted(thread.posts.values_list("seq", flat=True))
    if seqs != list(range(1, len(seqs) + 1)):
        wrong.append(f"thread {thread.pk} has the numbers {seqs}")
    if (thread.last_seq, thread.visible_post_count) != (len(seqs), len(seqs)):
        wrong.append(f"thread {thread.pk} counts {thread.last_seq} and {thread.visible_post_count} of {len(seqs)}")
wrong += [f"thread {t.pk} has no post" for t in Thread.objects.filter(posts=None)]
wrong += [f"note {note.pk} is placed twice" for note in Annotation.objects.all() if note.placements.count() != 1]
texts = Counter(Post.objects.values_list("source", flat=True))
texts += Counter(ReadingGroup.objects.values_list("name", flat=True))
print("COUNTED", json.dumps({"texts": texts, "wrong": wrong}))
"""


class Writer(threading.Thread):
    """Sends one form after another, repeating each until it gets a response."""

    def __init__(self, server: Server, session: str, seeded: dict, number: int):
        super().__init__()
        self.server, self.session, self.seeded, self.number = server, session, seeded, number
        self.is_stopped = False
        self.tried: list[str] = []
        self.answered: list[str] = []
        self.statuses: Counter = Counter()

    def run(self) -> None:
        count = 0
        while not self.is_stopped:
            count += 1
            text = f"Text {self.number} {count}"
            self.tried.append(text)
            path, fields = self._form(text, count)
            if self._send(path, fields):
                self.answered.append(text)

    def _form(self, text: str, count: int) -> tuple[str, dict]:
        key = str(uuid4())
        post = {"source": text, "key": key}
        if count % 8 == 0:
            return "/courses/tides/groups/", {"name": text, "form_key": key}
        if count % 8 == 1:
            return "/courses/tides/discussions/new/", post | {
                "title": text,
                "kind": "discussion",
                "audience": "course",
            }
        if count % 8 == 2:
            passage = {"revision": 1, "start": 0, "end": 12, "exact": self.seeded["exact"]}
            return f"/lessons/{self.seeded['lesson']}/notes/new/", post | passage | {
                "kind": "note",
                "audience": "course",
            }
        return f"/threads/{random.choice(self.seeded['threads'])}/", post | {"send": ""}

    def _send(self, path: str, fields: dict) -> bool:
        """Return whether the form was answered; False once the writer was stopped in between."""
        for _attempt in range(200):
            browser = Browser(self.server, timeout=30)
            browser.cookies["sessionid"] = self.session
            try:
                status = browser.post(path, fields).status
            except OSError:
                status = 0
            except Exception as error:  # noqa: BLE001  # half an answer
                status = type(error).__name__
            self.statuses[status] += 1
            if status == 302:
                return True
            if self.is_stopped:
                return False
            time.sleep(0.05)
        raise SystemExit(f"{path} was never accepted: {self.statuses}")


def kill_all(server: Server, writers: list[Writer], kills: int) -> Counter:
    """Kill a worker after every few responses; every fourth time kill and restart the whole server."""
    killed: Counter = Counter()
    for number in range(kills):
        answered, enough = sum(len(writer.answered) for writer in writers), random.randint(3, 25)
        for _ in range(600):
            if sum(len(writer.answered) for writer in writers) >= answered + enough:
                break
            time.sleep(0.05)
        time.sleep(random.uniform(0, 0.05))
        workers = server.worker_pids()
        if number % 4 == 3:
            for pid in (server.process.pid, *workers):
                _kill(pid)
            server.process.wait()
            server.serve()
            killed["server"] += 1
        elif workers:
            _kill(random.choice(workers))
            killed["worker"] += 1
    return killed


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def ask(server: Server, code: str, mark: str) -> dict:
    lines = server.manage("shell", "-v", "0", text=code).splitlines()
    return json.loads(next(line.partition(" ")[2] for line in lines if line.startswith(mark)))


def main(kills: int) -> int:
    with Server(workers=3) as server:
        seeded = ask(server, SEED % CLIENTS, "SEEDED")
        server.serve()
        writers = [Writer(server, session, seeded, n) for n, session in enumerate(seeded["sessions"])]
        for writer in writers:
            writer.start()
        killed = kill_all(server, writers, kills)
        for writer in writers:
            writer.is_stopped = True
        for writer in writers:
            writer.join()
        counted = ask(server, COUNT, "COUNTED")
    tried = [text for writer in writers for text in writer.tried]
    answered = [text for writer in writers for text in writer.answered]
    statuses = sum((writer.statuses for writer in writers), Counter())
    lost = [text for text in answered if counted["texts"].get(text, 0) == 0]
    doubled = [text for text in tried if counted["texts"].get(text, 0) > 1]
    print(f"killed {dict(killed)}; answers {dict(statuses)}")  # noqa: T201
    wrong = counted["wrong"]
    print(  # noqa: T201
        f"{len(answered)} texts answered: {len(lost)} lost, {len(doubled)} doubled, {len(wrong)} counters wrong"
    )
    for text in (*lost[:5], *doubled[:5], *wrong[:5]):
        print(text)  # noqa: T201
    return 1 if lost or doubled or wrong or 500 in statuses else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else KILLS))
