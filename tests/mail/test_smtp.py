"""Sending through a real SMTP server that refuses, disconnects, never responds or is down."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from lessons.mail.delivery import deliver_due
from lessons.mail.models import OutgoingEmail
from tests.mail.smtp_server import DISCONNECT, silent_server, smtp_server
from tests.mail.test_delivery import queue, wait_minutes

pytestmark = pytest.mark.django_db


@pytest.fixture
def use_server(settings):
    """Return `use_server(port)`, which makes Django send through that port."""
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"

    def use(port):
        settings.EMAIL_PORT = port

    return use


def test_one_refusal_or_lost_connection_at_any_step_does_not_affect_other_emails(use_server):
    """A lost connection is replaced; a refused address does not need a new one."""
    faults = {
        "unknown@example.org": ("rcpt", "550 5.1.1 No such person", "given_up"),
        "full@example.org": ("rcpt", "452 4.2.2 Mailbox full", "waiting"),
        "closing@example.org": ("rcpt", "421 Closing", "waiting"),
        "broken@example.org": ("rcpt", DISCONNECT, "waiting"),
        "virus@example.org": ("data", "554 5.7.1 Rejected", "given_up"),
        "busy@example.org": ("data", "451 Busy", "waiting"),
        "cut@example.org": ("data", DISCONNECT, "waiting"),
        "unsure@example.org": ("accepted", DISCONNECT, "waiting"),
    }
    with smtp_server() as server:
        use_server(server.port)
        for address, (step, reply, _state) in faults.items():
            getattr(server, step)[address] = reply
            queue(address)
            queue(f"after-{address}")
        assert deliver_due() == len(faults)
        arrived = [address for address in server.addresses if address.startswith("after-")]
        assert arrived == [f"after-{address}" for address in faults]
        states = dict(OutgoingEmail.objects.filter(to__in=faults).values_list("to", "state"))
        assert states == {address: state for address, (_step, _reply, state) in faults.items()}
        assert server.connections == 5, "the first, and one after each that was closed"
        message = server.messages[0][1]
        assert (message["To"], message["X-Kind"]) == ("after-unknown@example.org", "code")
        for step in ("rcpt", "data", "accepted"):
            getattr(server, step).clear()
        wait_minutes(1)
        assert deliver_due() == 6
    assert server.addresses.count("unsure@example.org") == 2, "rather twice than never"
    assert not OutgoingEmail.objects.waiting().exists()


def test_a_silent_server_costs_one_timeout_and_an_absent_one_none(use_server, settings):
    assert settings.EMAIL_TIMEOUT == 10
    settings.EMAIL_TIMEOUT = 0.2
    for n in range(3):
        queue(f"p{n}@example.org")
    with silent_server() as port:
        use_server(port)
        started = time.monotonic()
        assert deliver_due() == 0
        assert time.monotonic() - started >= 0.2
    assert sorted(OutgoingEmail.objects.values_list("attempts", flat=True)) == [0, 0, 1]
    assert deliver_due() == 0
    with smtp_server(port) as server:
        assert deliver_due() == 1
        OutgoingEmail.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        assert deliver_due() == 2
    assert sorted(server.addresses) == [f"p{n}@example.org" for n in range(3)]
