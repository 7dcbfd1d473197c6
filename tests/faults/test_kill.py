"""Workers and the whole server are killed with SIGKILL while people write: nothing is lost or stored twice.

Each client sends a form until it is answered, as a browser does after a lost connection: with the same key. A text
that was answered must be stored once, one that was not at most once, and threads must count right.
"""

import os
import random
import threading
import time
from collections import Counter
from http.client import HTTPException
from uuid import uuid4

import pytest

from tests.faults.server import Browser, Server, kill
from tests.faults.world import count_texts, make_class

pytestmark = pytest.mark.faults

KILLS, CLIENTS = int(os.environ.get("KILLS", "24")), 6
SENDS_OF_A_FORM = 200


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
        """Return whether the form was answered; False if it was not before the writer was stopped."""
        for _attempt in range(SENDS_OF_A_FORM):
            try:
                status = Browser(self.server.port, timeout=30, session=self.session).post(path, fields).status
            except (OSError, HTTPException) as error:  # no answer, or half of one
                status = type(error).__name__
            self.statuses[status] += 1
            if status == 302:
                return True
            if self.is_stopped:
                return False
            time.sleep(0.05)
        return False


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
        if number % 4 == 3:
            server.kill()
            server.start()
            killed["server"] += 1
        elif workers := server.worker_pids():
            kill(random.choice(workers))
            killed["worker"] += 1
    return killed


def test_killed_servers_lose_nothing_that_they_acknowledged(make_server, database_url, report):
    server = make_server(workers=3, database_url=database_url)
    seeded = server.call(make_class, CLIENTS)
    server.start()
    writers = [Writer(server, session, seeded, n) for n, session in enumerate(seeded["sessions"])]
    for writer in writers:
        writer.start()
    killed = kill_all(server, writers, KILLS)
    for writer in writers:
        writer.is_stopped = True
    for writer in writers:
        writer.join()
    counted = server.call(count_texts)
    tried = [text for writer in writers for text in writer.tried]
    answered = [text for writer in writers for text in writer.answered]
    statuses = sum((writer.statuses for writer in writers), Counter())
    lost = [text for text in answered if text not in counted["texts"]]
    doubled = [text for text in tried if counted["texts"].get(text, 0) > 1]
    report(
        f"killed {dict(killed)}; {len(answered)} texts acknowledged, {len(lost)} lost, {len(doubled)} stored twice, "
        f"{len(counted['wrong'])} counters wrong; answers {dict(statuses)}"
    )
    assert len(answered) > KILLS
    assert (lost, doubled, counted["wrong"]) == ([], [], [])
    assert 500 not in statuses
