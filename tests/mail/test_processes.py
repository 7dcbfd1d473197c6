"""A long queue is sent by several processes, and each e-mail once, whichever of them is killed."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from io import StringIO
from pathlib import Path
from time import monotonic, sleep

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from lessons.jobs.models import JobState
from lessons.mail import delivery, processes
from lessons.mail.models import OutgoingEmail, Priority
from tests.mail.smtp_server import ACCEPTED, smtp_server
from tests.mail.test_delivery import queue, sent

WAITS = "import signal; signal.signal(signal.SIGTERM, lambda *_: exit()); signal.pause()"


@pytest.fixture
def others(monkeypatch):
    """Have programs run in place of the site's processes: return the list of programs, and then of processes."""
    programs, started = [], []

    def start(site_url):
        command = [sys.executable, "-S", "-c", programs[len(started)]]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        return started[-1]

    monkeypatch.setattr(processes, "_start", start)
    monkeypatch.setattr(processes, "WORTH_A_PROCESS", 2)
    monkeypatch.setattr(processes, "CHECK_EVERY", 0.02)
    monkeypatch.setattr(settings, "MAIL_PROCESSES", 3)
    return programs, started


@pytest.mark.django_db
@pytest.mark.parametrize(("emails", "most", "number"), [(1, 3, 1), (3, 3, 1), (4, 3, 2), (9, 3, 3), (9, 1, 1)])
def test_a_process_is_started_only_if_it_is_worth_it(others, monkeypatch, emails, most, number):
    monkeypatch.setattr(settings, "MAIL_PROCESSES", most)
    for n in range(emails):
        queue(f"p{n}@example.org", Priority.SCHEDULED)
    queue("later@example.org", due_at=timezone.now() + timedelta(hours=1))
    assert processes._worthwhile_processes() == number


@pytest.mark.django_db
def test_what_all_have_sent_is_counted_and_one_that_fails_stops_no_other(others):
    programs, started = others
    programs += ["print(7)", "1 / 0"]
    for n in range(6):
        queue(f"p{n}@example.org")
    assert processes.send_due("https://example.org", lambda: False) == 13
    assert [process.poll() for process in started] == [0, 1]


@pytest.mark.django_db
@pytest.mark.parametrize("ends", ["stops", "fails"])
def test_no_process_outlives_a_run_that_ends_early(others, monkeypatch, ends):
    programs, started = others
    programs += [WAITS, WAITS]
    for n in range(6):
        queue(f"p{n}@example.org")
    if ends == "stops":
        assert processes.send_due("https://example.org", lambda: len(started) == 2) == 0
    else:
        monkeypatch.setattr(processes, "deliver_due", lambda **options: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            processes.send_due("https://example.org", lambda: False)
    assert None not in [process.poll() for process in started]


@pytest.mark.django_db
def test_the_command_prints_how_many_and_stops_when_its_parent_has_ended():
    for n in range(2):
        queue(f"p{n}@example.org")
    for parent, number in ((os.getpid(), "0"), (os.getppid(), "2")):
        printed = StringIO()
        call_command("send_waiting_mail", parent=parent, stdout=printed)
        assert printed.getvalue() == f"{number}\n"
    assert sorted(sent()) == ["p0@example.org", "p1@example.org"]


@pytest.mark.django_db
def test_the_command_stops_after_the_email_that_it_sends_however_often_it_is_told(monkeypatch):
    for n in range(2):
        queue(f"p{n}@example.org")
    send = delivery._MailServer.send

    def interrupted(server, message):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
            signal.raise_signal(number)
        send(server, message)

    monkeypatch.setattr(delivery._MailServer, "send", interrupted)
    handlers = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    call_command("send_waiting_mail", stdout=StringIO())
    assert sent() == ["p0@example.org"]
    assert handlers == (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT))


@pytest.fixture
def start_scheduler(at_once, tmp_path):
    """Return the function that sends with two processes through a port, on the database that `at_once` uses."""
    database = connection.settings_dict
    url = f"sqlite:///{tmp_path / 'db.sqlite3'}"
    if connection.vendor != "sqlite":
        address = "{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
        url = f"postgres://{address}"
    environ = {"DATABASE_URL": url, "DATA_DIR": str(tmp_path), "MAIL_PROCESSES": "2"}
    command = [sys.executable, "manage.py", "run_scheduled", "--job", "send_mail"]

    def start(port):
        environ["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        return subprocess.Popen(command, cwd=settings.BASE_DIR, env=os.environ | environ, stdout=subprocess.PIPE)

    return start


def queue_all(addresses):
    with transaction.atomic():
        for address in addresses:
            queue(address, Priority.SCHEDULED)


def expire_claims():
    """Do as the clock does within three minutes."""
    OutgoingEmail.objects.waiting().update(due_at=timezone.now())
    JobState.objects.update(holder=None, lease_expires_at=None)


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid):
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def send_signal(pid, number):
    os.kill(pid, number)
    return ACCEPTED


def wait_until(condition):
    deadline = monotonic() + 60
    while not condition():
        assert monotonic() < deadline
        sleep(0.01)


@pytest.mark.thorough
@pytest.mark.parametrize("killed", ["helper", "scheduler"])
def test_each_email_arrives_whoever_is_killed(start_scheduler, at_once, killed):
    addresses = [f"p{n}@example.org" for n in range(2 * processes.WORTH_A_PROCESS)]
    refused = addresses[3]
    at_once(lambda: queue_all(addresses))
    with smtp_server() as server:
        # The scheduler is held up after its first e-mail until the process that helps it sends, too.
        server.accepted[addresses[0]] = lambda: send_signal(scheduler.pid, signal.SIGSTOP)
        server.rcpt[refused] = "550 5.1.1 No such person"
        scheduler = start_scheduler(server.port)
        wait_until(lambda: server.connections == 2)
        (helper,) = children(scheduler.pid)
        pid = {"helper": helper, "scheduler": scheduler.pid}[killed]
        server.accepted[addresses[300]] = lambda: send_signal(pid, signal.SIGKILL)
        send_signal(scheduler.pid, signal.SIGCONT)
        scheduler.communicate(timeout=120)
        wait_until(lambda: not is_running(helper))
        assert set(addresses) - {refused} - set(server.addresses), "what the killed one had claimed waits"
        server.accepted.clear()
        at_once(expire_claims)
        start_scheduler(server.port).communicate(timeout=120)
        arrived = Counter(server.addresses)
    assert arrived.keys() == set(addresses) - {refused}
    assert arrived.total() - len(arrived) < 100, "sent twice: only what was being recorded when it was killed"
    waiting, given_up = at_once(
        OutgoingEmail.objects.waiting().count, OutgoingEmail.objects.filter(state="given_up").count
    )
    assert (waiting, given_up) == (0, 1)
