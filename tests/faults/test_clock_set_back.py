"""The clock is set back by an hour or a day under a running server: people go on writing, and nothing waits for it."""

import os
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.server import ROOT, Browser, free_port
from tests.faults.world import count_texts, lagging, make_class, texts_of
from tests.mail.smtp_server import smtp_server

pytestmark = pytest.mark.faults
POSTS = 6
"""Twice as many, with those that they begin with, are more than one person may write in a minute."""


class Clock:
    """What the processes of a site take for the time: that of the machine plus `ahead`."""

    def __init__(self, file: Path):
        self.file = file
        self.set(timedelta(0))

    def set(self, ahead: timedelta) -> None:
        """Change the time at once, never leaving the file empty."""
        new = self.file.with_suffix(".new")
        new.write_text(str(ahead.total_seconds()))
        new.replace(self.file)

    def environment(self) -> dict[str, str]:
        folder = Path(__file__).parent / "shifted_clock"
        return {"CLOCK_FILE": str(self.file), "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}


@pytest.fixture
def clock(tmp_path):
    return Clock(tmp_path / "clock")


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=1)], ids=["an hour", "a day"])
def test_a_clock_set_back(make_server, database_url, clock, ahead, report):
    port = free_port()
    clock.set(ahead)
    server = make_server(
        workers=2, threads=4, database_url=database_url, EMAIL_URL=f"smtp://127.0.0.1:{port}", **clock.environment()
    )
    seeded = server.call(make_class, 2, "learner")
    server.start()
    browser, thread = Browser(server.port, session=seeded["sessions"][0]), seeded["threads"][0]
    before = [write(browser, thread, f"Before {n}") for n in range(POSTS)]
    assert Browser(server.port).post("/accounts/login/code/", {"email": seeded["emails"][0]}).status == 302
    server.manage("run_scheduled")  # the mail server is away: the code is postponed
    clock.set(timedelta(0))
    after = [write(browser, thread, f"After {n}") for n in range(POSTS)]
    pages = Counter(browser.get(path).status for path in PAGES)
    with smtp_server(port) as mail:
        assert Browser(server.port).post("/accounts/login/code/", {"email": seeded["emails"][1]}).status == 302
        server.manage("run_scheduled")
        late = server.call(lagging)
        clock.set(timedelta(minutes=4))
        server.manage("run_scheduled")
        arrived = Counter(mail.addresses)
    counted = server.call(count_texts)
    written = server.call(texts_of, thread)
    report(
        f"{Counter(after)} for replies afterwards, pages {dict(pages)}; {len(late)} jobs late; e-mails "
        f"{arrived.total()}; {len(counted['wrong'])} counters wrong"
    )
    assert before == after == [302] * POSTS
    assert pages == {200: len(PAGES)}
    assert late == []
    assert [arrived[email] for email in seeded["emails"]] == [1, 1]
    assert counted["wrong"] == []
    assert written[-2 * POSTS :] == [f"Before {n}" for n in range(POSTS)] + [f"After {n}" for n in range(POSTS)]
    assert " 500 " not in server.log


PAGES = ("/", "/courses/tides/", "/courses/tides/discussions/", "/threads/1/", "/notebook/", "/notifications/")


def write(browser: Browser, thread: int, text: str) -> int:
    return browser.post(f"/threads/{thread}/", {"source": text, "send": ""}).status
