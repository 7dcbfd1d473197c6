"""Every e-mail is sent at least once, whatever happens to the others, the server or the process."""

import logging
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from lessons.mail import delivery
from lessons.mail.delivery import deliver_due
from lessons.mail.models import OutgoingEmail, Priority
from lessons.mail.services import queue_message

pytestmark = pytest.mark.django_db

REFUSING = "tests.mail.servers.RefusingBackend"
DOWN = "tests.mail.servers.DownBackend"


def queue(to="ada@example.org", priority=Priority.NOW, **fields):
    """Queue an e-mail and return its row."""
    message = EmailMultiAlternatives("Your code", "Enter 1234-5678.", to=[to], headers={"X-Kind": "code"})
    message.attach_alternative("<p>Enter <b>1234-5678</b>.</p>", "text/html")
    queue_message(message, kind="account/email/login_code", recipient_id=None, priority=priority)
    row = OutgoingEmail.objects.latest("pk")
    OutgoingEmail.objects.filter(pk=row.pk).update(**fields)
    return row


def sent():
    """Return the addresses in the order in which e-mails were sent to them."""
    return [address for message in mail.outbox for address in message.to]


def wait_minutes(minutes):
    for row in OutgoingEmail.objects.waiting():
        OutgoingEmail.objects.filter(pk=row.pk).update(due_at=row.due_at - timedelta(minutes=minutes))


def test_an_email_arrives_unchanged_and_its_content_is_deleted():
    row = queue()
    assert "1234" not in "".join(map(str, OutgoingEmail.objects.values_list().get(pk=row.pk)))
    assert deliver_due() == 1
    (message,) = mail.outbox
    assert (message.subject, message.body) == ("Your code", "Enter 1234-5678.")
    assert message.extra_headers == {"X-Kind": "code"}
    assert message.alternatives[0].content == "<p>Enter <b>1234-5678</b>.</p>"
    row.refresh_from_db()
    assert (row.state, row.content, bool(row.finished_at)) == ("sent", "", True)
    assert deliver_due() == 0


def test_codes_are_sent_before_all_other_email():
    queue("digest@example.org", Priority.SCHEDULED)
    queue("enrolled@example.org", Priority.SOON)
    queue("code@example.org", Priority.NOW)
    deliver_due(up_to=Priority.SOON)
    assert sent() == ["code@example.org", "enrolled@example.org"]
    deliver_due()
    assert sent()[2:] == ["digest@example.org"]


def test_an_error_with_one_address_does_not_hold_up_others(settings, caplog):
    settings.EMAIL_BACKEND = REFUSING
    troubles = ["gone@example.org", "later@example.org", "spam@example.org", "lost@example.org", "a\nb@example.org"]
    rows = {address: queue(address) for address in [*troubles, "ada@example.org"]}
    rows["key"] = queue(content="encrypted with another key")
    rows["unknown"] = queue(kind="unknown", reference=1)
    deliver_due()
    assert sent() == ["ada@example.org"]
    found = {}
    for name, row in rows.items():
        row.refresh_from_db()
        found[name] = (row.state, row.error[:3], bool(row.content))
    given_up, waiting = OutgoingEmail.State.GIVEN_UP, OutgoingEmail.State.WAITING
    assert found == {
        "gone@example.org": (given_up, "550", False),
        "later@example.org": (waiting, "451", True),
        "spam@example.org": (given_up, "554", False),
        "lost@example.org": (waiting, "Tim", True),
        "a\nb@example.org": (given_up, "Bad", False),
        "ada@example.org": ("sent", "", False),
        "key": (given_up, "SEC", False),
        "unknown": (waiting, "Key", True),
    }
    assert f"login_code {rows['gone@example.org'].pk} was given up: 550 No such person <<address>>" in caplog.text
    assert "gone@example.org" not in caplog.text


def test_a_temporary_failure_is_retried_less_and_less_often_and_given_up_after_days(settings):
    settings.EMAIL_BACKEND = REFUSING
    row, waits = queue("later@example.org"), []
    for _ in range(11):
        deliver_due()
        row.refresh_from_db()
        waits.append(round((row.due_at - timezone.now()) / timedelta(minutes=1)))
        wait_minutes(waits[-1])
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    OutgoingEmail.objects.update(created_at=timezone.now() - timedelta(days=5, minutes=1))
    deliver_due()
    row.refresh_from_db()
    assert (row.state, row.error, row.content) == ("given_up", "451 Greylisted, try again later", "")


def test_a_server_that_is_down_is_tried_once_per_run_and_later_gets_everything(settings):
    here, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, DOWN
    for n in range(3):
        queue(f"p{n}@example.org")
    for attempts in ([0, 0, 1], [0, 1, 1], [1, 1, 1], [1, 1, 1]):
        assert deliver_due() == 0
        assert sorted(OutgoingEmail.objects.values_list("attempts", flat=True)) == attempts
    settings.EMAIL_BACKEND = here
    wait_minutes(5)
    assert deliver_due() == 3


def test_a_server_that_breaks_every_connection_is_left_alone_after_three(settings):
    settings.EMAIL_BACKEND = REFUSING
    for n in range(5):
        queue(f"lost{n}@example.org")
    queue()
    deliver_due()
    assert sorted(OutgoingEmail.objects.values_list("attempts", flat=True)) == [0, 0, 0, 1, 1, 1]
    deliver_due()
    assert sent() == ["ada@example.org"]


class Killed(BaseException):
    """Stands for the death of the process: nothing catches it."""


@pytest.mark.parametrize("step", ["build", "send", "_record_accepted"])
def test_emails_claimed_by_a_killed_process_are_sent_again(monkeypatch, step):
    queue()
    owner = delivery._MailServer if step == "send" else delivery if step == "build" else delivery._Delivery
    with monkeypatch.context() as patch:

        def kill(*args):
            raise Killed

        patch.setattr(owner, step, kill)
        patch.setattr(delivery._Delivery, "_release_claims", lambda self: None)
        with pytest.raises(Killed):
            deliver_due()
    assert deliver_due() == 0
    wait_minutes(delivery.CLAIMED_FOR / timedelta(minutes=1))
    assert deliver_due() == 1


def test_a_stopped_run_leaves_the_rest_due_at_once():
    for n in range(3):
        queue(f"p{n}@example.org")
    assert deliver_due(is_stopping=lambda: bool(mail.outbox)) == 1
    assert deliver_due() == 2


def test_an_email_erased_while_it_is_sent_leaves_no_trace(monkeypatch):
    queue()
    monkeypatch.setattr(delivery._MailServer, "send", lambda *args: OutgoingEmail.objects.all().delete())
    assert deliver_due() == 1
    assert not OutgoingEmail.objects.exists()


def test_an_email_is_sent_only_after_its_cause_is_committed(transactional_db, monkeypatch):
    """No transaction is open while it is sent."""
    open_transactions = []
    monkeypatch.setattr(
        delivery._MailServer, "send", lambda *args: open_transactions.append(connection.in_atomic_block)
    )
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    with transaction.atomic():
        queue()
        assert open_transactions == []
    assert open_transactions == [False]


def test_two_processes_at_once_send_each_email_once(at_once):
    for n in range(6):
        queue(f"p{n}@example.org", Priority.SCHEDULED)
    counts = at_once(*[lambda: deliver_due(batch_size=2)] * 3)
    assert sum(counts) == 6
    assert sorted(sent()) == [f"p{n}@example.org" for n in range(6)]


def test_nothing_due_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        deliver_due()


def test_the_encryption_key_can_be_rotated(settings):
    queue()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert deliver_due() == 1


def test_old_records_are_deleted(caplog):
    caplog.set_level(logging.CRITICAL)
    old = timezone.now() - timedelta(days=8)
    queue("sent@example.org", state="sent", finished_at=old)
    queue("lately@example.org", state="sent", finished_at=timezone.now())
    queue("refused@example.org", state="given_up", finished_at=old)
    queue("long-ago@example.org", state="given_up", finished_at=old - timedelta(days=30))
    queue("waiting@example.org", created_at=old, due_at=timezone.now() + timedelta(hours=1))
    call_command("run_scheduled", names=["delete_old_email_records"], verbosity=0)
    left = set(OutgoingEmail.objects.values_list("to", flat=True))
    assert left == {"lately@example.org", "refused@example.org", "waiting@example.org"}


@pytest.mark.parametrize("hours", [1, 24])
def test_a_clock_that_was_ahead_delays_no_email_for_long(hours):
    """What was queued or postponed then is sent within minutes; what waits for another reason still waits."""
    now = timezone.now()
    later = now + timedelta(hours=hours)
    queue("new@example.org", created_at=later, due_at=later + timedelta(minutes=4))
    queue("claimed@example.org", created_at=later, due_at=now + timedelta(minutes=2))
    queue("old@example.org", due_at=later + timedelta(hours=6), attempts=9)
    queue("postponed@example.org", due_at=now + timedelta(hours=5), attempts=9)
    call_command("run_scheduled", "--job", "send_mail")
    assert sent() == []
    wait_minutes(3.1)
    call_command("run_scheduled", "--job", "send_mail")
    assert sorted(sent()) == ["claimed@example.org", "new@example.org", "old@example.org"]
