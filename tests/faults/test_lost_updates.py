"""Eight people edit one lesson at once: nothing that was saved is lost.

Each person adds paragraphs at random places, edits and deletes their own, and now and then changes the tags. Pages are
up to a few seconds old when they are sent, so that nearly every save is merged with others. Where two have changed the
same place, both are kept. At the end every paragraph must be in the draft as its author last saved it, and every text
that was saved in some version of the history.
"""

import os
import random
import re
import threading
import time
from collections import Counter

import pytest

from tests.faults.server import Browser, Server
from tests.faults.world import drafts, make_class
from tests.forms import forms_of

pytestmark = pytest.mark.faults

SAVES, PEOPLE = int(os.environ.get("SAVES", "400")), 8
PARAGRAPHS = 4
"""How many paragraphs of one's own a person has at most: more would make the text long, and the script slow."""
PARAGRAPH = re.compile(r"<p>.*?</p>")


class Editor(threading.Thread):
    """Edits the lesson until all have saved often enough. `own` are their paragraphs as last saved, by name."""

    def __init__(self, server: Server, session: str, lesson: int, number: int, saves: "Countdown"):
        super().__init__()
        self.browser = Browser(server.port, session=session)
        self.url = f"/admin/lessons/lesson/{lesson}/change/"
        self.number, self.saves, self.count = number, saves, 0
        self.own: dict[str, str] = {}
        self.saved: list[str] = []
        self.deleted: list[str] = []
        self.statuses: Counter = Counter()

    def run(self) -> None:
        while self.saves.take():
            fields = self._open()
            time.sleep(random.uniform(0, 0.3))
            own = dict(self.own)
            fields["body"] = [self._edited(fields["body"][0], own)]
            if random.random() < 0.1:
                fields["tags"] = [f"tag {random.randrange(5)}"]
            self._save(fields)
            self.deleted += [text for name, text in self.own.items() if own.get(name) != text]
            self.own = own
            self.saved += own.values()

    def _open(self) -> dict[str, list[str]]:
        reply = self.browser.get(self.url)
        return next(form for form in forms_of(reply.text, self.url) if "body" in form.fields).fields

    def _edited(self, body: str, own: dict[str, str]) -> str:
        """Return the body with a paragraph added, edited or deleted; `own` is changed alike."""
        self.count += 1
        action = random.choice(["add", "edit", "edit", "delete"]) if own else "add"
        if action == "add" and len(own) < PARAGRAPHS:
            name = f"Own {self.number}n{self.count}."
            own[name] = f"<p>{name} Words 0 of person {self.number}.</p>"
            paragraphs = PARAGRAPH.findall(body)
            paragraphs.insert(random.randrange(len(paragraphs) + 1), own[name])
            return "".join(paragraphs)
        name = random.choice(list(own))
        before = own.pop(name)
        if before not in body:
            raise AssertionError(f"{before} is not in the text that its author has opened")
        if action == "delete" and len(own) > 1:
            return body.replace(before, "")
        own[name] = f"<p>{name} Words {self.count} of person {self.number}.</p>"
        return body.replace(before, own[name])

    def _save(self, fields: dict[str, list[str]]) -> None:
        """Send the form; where there is something to choose, keep both, until it is saved."""
        fields = {**fields, "_continue": ["1"]}
        for _attempt in range(100):
            flat = {name: values[0] if values else "" for name, values in fields.items()}
            reply = self.browser.post(self.url, flat)
            self.statuses[reply.status] += 1
            if reply.status == 302:
                return
            if reply.status != 409:
                raise AssertionError(f"{reply.status}: {reply.text[:2000]}")
            form = next(form for form in forms_of(reply.text, self.url) if "opened" in form.fields)
            fields = {**form.fields, "_continue": ["1"]}
        raise AssertionError("A draft was never accepted.")


class Countdown:
    """How many saves are still to be made, by all together."""

    def __init__(self, count: int):
        self.count, self.lock = count, threading.Lock()

    def take(self) -> bool:
        with self.lock:
            self.count -= 1
            return self.count >= 0


def test_edits_of_one_lesson_by_eight_people_are_all_kept(make_server, database_url, report):
    server = make_server(workers=2, database_url=database_url)
    seeded = server.call(make_class, PEOPLE)
    server.start()
    countdown = Countdown(SAVES)
    editors = [Editor(server, key, seeded["lesson"], n, countdown) for n, key in enumerate(seeded["sessions"])]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join()
    found = server.call(drafts, seeded["lesson"])
    statuses = sum((editor.statuses for editor in editors), Counter())
    last = [text for editor in editors for text in editor.own.values()]
    last += [f"<p>Paragraph {n} is" for n in range(12)]
    lost = [text for text in last if text not in found["body"]]
    back = [text for editor in editors for text in editor.deleted if text in found["body"]]
    gone = [text for editor in editors for text in editor.saved if text not in found["versions"]]
    report(
        f"{statuses[302]} saves by {PEOPLE} people, {statuses[409]} choices, versions {found['origins']}; {len(lost)} "
        f"lost, {len(back)} came back, {len(gone)} saved texts in no version"
    )
    assert (lost, back, gone) == ([], [], [])
    assert statuses[302] >= SAVES
