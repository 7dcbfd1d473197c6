"""Two hosts behind nginx share PostgreSQL, Redis and S3-compatible storage, and no disk: either does for the other.

What is uploaded, begun or counted on one is there on the other, and one may be killed while people write.
"""

import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import pytest

from tests.faults.server import ROOT, Browser, free_port
from tests.faults.test_kill import Writer
from tests.faults.world import PASSWORD, count_texts, forget_runs, job_runs, make_class, make_people
from tests.image_files import image_bytes
from tests.object_storage import storage_url, wait_for

pytestmark = pytest.mark.faults
CLIENTS = 6
WRONG_PASSWORDS = 5  # in a minute, and then the address is refused
PARTS = (f"## Part {n}\n\n" + f"Salt keeps food, said number {n}. " * 900 for n in range(6))
ARTICLE = "\n\n".join(["# Salt", *PARTS])


@pytest.fixture
def storage_port():
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.object_storage", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(port)
    yield port
    process.terminate()
    process.wait(10)


@pytest.fixture
def hosts(make_server, postgres, redis, storage_port):
    """Start two servers with the same settings, and folders of their own."""
    shared = {
        "database_url": postgres.create(f"hosts{storage_port}", template="migrated"),
        "CACHE_URL": redis.url,
        "MEDIA_STORAGE_URL": storage_url(storage_port),
        "BEHIND_PROXY": "true",
    }
    hosts = [make_server(workers=2, **shared) for _host in range(2)]
    for host in hosts:
        host.start()
    return hosts


def add_image(browser, course):
    """Upload an image for a post; return its address."""
    reply = browser.post(
        f"/courses/{course}/discussions/images/",
        {"alt": "A shore"},
        {"image": ("shore.png", image_bytes(size=(300, 200)))},
        Accept="application/json",
    )
    assert reply.status == 201, reply.text
    return re.search(r"/posts/images/[0-9a-f-]+/", reply.text)[0]


def test_what_is_done_on_one_host_is_there_on_the_other(hosts, report, tmp_path):
    first, second = hosts
    seeded = first.call(make_class, 2)
    session, other_session = seeded["sessions"]

    address = add_image(Browser(first.port, session=session), "tides")
    here, there = (Browser(host.port, session=session).get(address) for host in hosts)
    assert here.status == there.status == 200
    assert here.text == there.text
    assert here.headers["ETag"] == there.headers["ETag"]
    part = Browser(second.port, session=session).get(address, Range="bytes=0-3")
    assert (part.status, part.text) == (206, "RIFF")
    assert Browser(second.port, session=other_session).get(address).status == 404
    assert Browser(second.port).get(address).status in (302, 404)

    review = begin_import(Browser(first.port, session=session))
    wait_until_read(Browser(second.port, session=session), review)
    assert press(Browser(second.port, session=session), review, "save").status in (200, 302)
    created = press(Browser(first.port, session=session), review, "create")
    module = created.headers.get("Location", "")
    assert "/module/" in module, (created.status, module)
    assert Browser(second.port, session=session).get(module).status == 200

    Browser(first.port, session=session).post("/accounts/data/", {})
    second.manage("run_scheduled")
    page = Browser(first.port, session=session).get("/accounts/data/").text
    archive = re.search(r"/accounts/data/[0-9a-f-]{36}/", page)[0]
    assert Browser(first.port, session=session).get(archive).status == 200

    backup = tmp_path / "backup.zip"
    assert "2 uploaded files" in first.manage("backup", str(backup))
    assert "Restorable" in second.manage("drill", str(backup))
    kept = {file.name for host in hosts for file in host.folder.iterdir()}
    report(f"an image, an import, an export and a backup went over both hosts; on their disks is {', '.join(kept)}")
    assert kept == {"static"}


def begin_import(browser):
    page = browser.get("/admin/articles/new/").text
    course = re.search(r'<option value="(\d+)"', page)[1]
    reply = browser.post("/admin/articles/new/", {"course": course}, {"file": ("salt.md", ARTICLE.encode())})
    assert reply.status == 302, reply.status
    return reply.headers["Location"]


def wait_until_read(browser, review):
    for _ in range(300):
        if 'name="version"' in browser.get(review).text:
            return
        time.sleep(0.2)
    raise AssertionError("The article was not read.")


def press(browser, review, action):
    page = browser.get(review).text
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    return browser.post(review, {"version": version, "action": action})


def test_each_job_runs_on_one_of_the_hosts(hosts, report):
    first, _second = hosts
    first.manage("run_scheduled")
    first.call(forget_runs)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda host: host.manage("run_scheduled"), [*hosts, *hosts, *hosts]))
    runs = first.call(job_runs)
    report(
        f"six schedulers at once on two hosts: {runs['all']} runs, of one job never two at once; "
        f"{len(runs['periodic'])} jobs that are due once an hour or less ran once"
    )
    assert runs["at_once"] == []
    assert len(runs["periodic"]) > 8
    assert set(runs["periodic"].values()) == {1}


def test_sessions_and_limits_are_those_of_the_site(hosts, report):
    first, second = hosts
    [email] = first.call(make_people, 1)
    browser = Browser(first.port)
    browser.sign_in(email, PASSWORD)
    browser.port = second.port
    assert browser.get("/accounts/profile/").status == 200

    attempts = cycle(Browser(host.port) for host in hosts)
    guesses = [next(attempts).post("/accounts/login/", {"login": email, "password": "no"}) for _ in range(8)]
    right = [Browser(host.port).post("/accounts/login/", {"login": email, "password": PASSWORD}) for host in hosts]
    refused = [reply for reply in (*guesses, *right) if "Too many" in reply.text]
    report(f"{len(guesses)} guesses, in turns on two hosts: refused from number {9 - len(refused) + len(right)} on")
    assert refused == [*guesses[WRONG_PASSWORDS:], *right]


def test_a_host_is_killed_and_nothing_that_was_acknowledged_is_lost(hosts, nginx, report):
    first, second = hosts
    proxy = nginx(first.port, second.port)
    seeded = first.call(make_class, CLIENTS)
    image = add_image(Browser(first.port, session=seeded["sessions"][0]), "tides")
    writers = [Writer(proxy, session, seeded, number) for number, session in enumerate(seeded["sessions"])]
    for writer in writers:
        writer.start()
    wait_for_answers(writers, 40)
    first.kill()
    wait_for_answers(writers, 100)
    reader = Browser(proxy.port, session=seeded["sessions"][0])
    pages = [reader.get(path).status for path in (image, "/courses/tides/", "/health/ready/") for _ in range(10)]
    first.start()
    second.kill()
    wait_for_answers(writers, 160)
    for writer in writers:
        writer.is_stopped = True
    for writer in writers:
        writer.join()
    counted = first.call(count_texts)
    answered = [text for writer in writers for text in writer.answered]
    lost = [text for text in answered if text not in counted["texts"]]
    doubled = [text for writer in writers for text in writer.tried if counted["texts"].get(text, 0) > 1]
    report(
        f"both hosts killed in turn: {len(answered)} texts answered, {len(lost)} lost, {len(doubled)} doubled, "
        f"{len(pages)} pages read meanwhile, answers {sorted(set(pages))}"
    )
    assert (lost, doubled, counted["wrong"]) == ([], [], [])
    assert set(pages) == {200}


def wait_for_answers(writers: list[threading.Thread], number: int) -> None:
    deadline = time.monotonic() + 120
    while sum(len(writer.answered) for writer in writers) < number:
        assert time.monotonic() < deadline, "Nobody can write any longer."
        time.sleep(0.1)
