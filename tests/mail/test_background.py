"""The thread that sends what the requests of its process have queued."""

import os
import time

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse

from lessons.mail import background
from lessons.mail.models import OutgoingEmail
from tests.accounts.auth import emailed_code
from tests.factories import make_user


@pytest.fixture
def calls(settings, monkeypatch):
    """Make the thread record that it was asked to send, because it cannot see the test's transaction."""
    noted = []
    settings.MAIL_IN_BACKGROUND = True
    monkeypatch.setattr(background, "deliver_due", lambda **options: noted.append(options["up_to"]))
    monkeypatch.setattr(background, "_background", background._ProcessSender())
    yield noted
    background._background.end()


def wait_for(condition):
    for _ in range(200):
        if condition():
            return True
        time.sleep(0.01)
    return False


def test_a_request_leaves_sending_to_the_thread(db, client, calls):
    nora = make_user(email="nora@example.org")
    nora.mark_email_verified()
    client.post(reverse("account_request_login_code"), {"email": "nora@example.org"})
    assert wait_for(lambda: calls)
    assert mail.outbox == []
    row = OutgoingEmail.objects.get()
    assert (row.state, row.kind, row.recipient_id) == ("waiting", "account/email/login_code", nora.pk)
    assert calls[0] >= row.priority


def test_one_thread_serves_a_process_and_survives_errors(calls, monkeypatch):
    background.start_sending()
    assert wait_for(lambda: len(calls) == 1)
    thread = background._background.sender
    monkeypatch.setattr(background, "deliver_due", lambda **options: calls.append("failed") or 1 / 0)
    background.start_sending()
    assert wait_for(lambda: len(calls) == 2)
    background.start_sending()
    assert wait_for(lambda: len(calls) == 3)
    assert background._background.sender is thread


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_starts_a_thread_of_its_own(calls):
    background.start_sending()
    assert wait_for(lambda: calls)
    os.register_at_fork(after_in_child=background._background.forget)
    background._background.lock.acquire()  # as if the fork came while another thread holds it
    try:
        pid = os.fork()
        if pid == 0:
            background.start_sending()
            os._exit(0 if wait_for(lambda: len(calls) == 2) else 1)
    finally:
        background._background.lock.release()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_the_outbox_of_tests_has_what_a_request_has_queued(db, client):
    make_user(email="nora@example.org").mark_email_verified()
    client.post(reverse("account_request_login_code"), {"email": "nora@example.org"})
    assert connection.in_atomic_block
    assert emailed_code()
