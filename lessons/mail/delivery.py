"""Send the e-mails that are due, each at least once.

An e-mail is claimed before it is sent, and marked as sent once the mail server has accepted it, together with others
that it accepts within a moment. If the process is killed in between, the claims expire and the e-mails are sent again.
No transaction is open while an e-mail is built or sent.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from socket import gaierror
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from lessons.mail.encryption import UnreadableContent, decrypt_message
from lessons.mail.kinds import BuiltEmail, get_kind
from lessons.mail.models import OutgoingEmail, Priority

log = logging.getLogger(__name__)
State = OutgoingEmail.State
BATCH_SIZE = 20
CLAIMED_FOR = timedelta(minutes=3)
RENEWED_BEFORE = timedelta(minutes=2)
"""A claim that has less time left than this is renewed before sending, which takes no longer, timeouts included."""
RECORDED_WITHIN = 0.25
"""Seconds after which what the server has accepted is recorded, once the e-mail that is being sent is through."""
MAX_BACKOFF = timedelta(hours=6)
MAX_BACKOFF_OF_SERVER = timedelta(minutes=5)
GIVEN_UP_AFTER = timedelta(days=5)
CONNECTION_CLOSING = 421
"""The reply of a server that closes the connection."""
MAX_FAILURES_IN_A_ROW = 3
"""How many connections may break in a row before the other e-mails wait for the next run."""


class ServerUnavailable(Exception):
    """The mail server cannot be reached, or rejects our login: no other e-mail can be sent either."""


class _MailServer:
    """A connection to the mail server, opened for the first e-mail, and again after it has broken."""

    def __init__(self):
        self.connection = None

    def send(self, message: EmailMessage) -> None:
        """Send the message; raise ServerUnavailable, or the error of the server or connection about this one."""
        try:
            if self.connection is None:
                self._open()
            message.connection = self.connection
            message.send()
        except (SMTPConnectError, SMTPHeloError, SMTPAuthenticationError, ConnectionRefusedError, gaierror) as error:
            self.close()
            raise ServerUnavailable from error
        except Exception as error:
            codes = [code for code, _text in replies(error)]
            if not codes or CONNECTION_CLOSING in codes:
                self.close()
            raise

    def _open(self) -> None:
        connection = get_connection()
        try:
            connection.open()
        except (OSError, SMTPException) as error:
            with suppress(OSError, SMTPException):
                connection.close()
            raise ServerUnavailable from error
        self.connection = connection

    def close(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            with suppress(OSError, SMTPException):
                connection.close()


def deliver_due(
    *,
    site_url: str = "",
    up_to: Priority = Priority.SCHEDULED,
    batch_size: int = BATCH_SIZE,
    is_stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Send what is due, with a priority of at most `up_to`; return how many e-mails the server has accepted.

    One that is refused permanently is given up. One that fails for another reason is due again in 1, 2, 4, … minutes.
    Neither stops the others, unless the server does not answer at all. May raise DatabaseError.
    """
    return _Delivery(site_url or settings.SITE_URL, up_to, batch_size, is_stopping).run()


def make_due_after_clock_change() -> int:
    """Let e-mails whose time is later than it can be have their turn soon; return how many.

    They were queued, or postponed, when the clock was ahead. A process that is sending one keeps its claim.
    """
    now = timezone.now()
    queued_later = Q(created_at__gt=now + CLAIMED_FOR, due_at__gt=now + CLAIMED_FOR)
    impossible = OutgoingEmail.objects.waiting().filter(queued_later | Q(due_at__gt=now + MAX_BACKOFF + CLAIMED_FOR))
    return impossible.update(due_at=now + CLAIMED_FOR)


class _Delivery:
    """One run: rows that it has claimed but not processed are released when it ends, for whatever reason."""

    def __init__(self, site_url: str, up_to: Priority, batch_size: int, is_stopping: Callable[[], bool]):
        self.site_url, self.up_to, self.batch_size, self.is_stopping = site_url, up_to, batch_size, is_stopping
        self.server = _MailServer()
        self.claimed: list[OutgoingEmail] = []
        self.accepted: list[tuple[OutgoingEmail, BuiltEmail]] = []
        self.accepted_since = 0.0
        self.claim: UUID = uuid4()
        self.sent = self.failures_in_a_row = 0

    def run(self) -> int:
        try:
            while not self.is_stopping() and self._claim_batch():
                while self.claimed and not self.is_stopping():
                    self._renew_claims()
                    self._deliver(self.claimed.pop(0))
                self._record_accepted()
        except ServerUnavailable as error:
            log.warning(
                "The mail server is unavailable: %s. E-mails are sent later.", describe(error.__cause__ or error)
            )
        finally:
            self.server.close()
            self._record_accepted()
            self._release_claims()
        return self.sent

    def _claim_batch(self) -> bool:
        """Claim the next rows, at most `batch_size`; return whether there are any. No write if nothing is due."""
        now = timezone.now()
        due = OutgoingEmail.objects.due(now, self.up_to)
        if not due.exists():
            return False
        self.claim = uuid4()
        with transaction.atomic():
            self.claimed = list(due.select_for_update(skip_locked=True)[: self.batch_size])
            self._set_claims(now + CLAIMED_FOR, claimed_by=self.claim)
        return bool(self.claimed)

    def _renew_claims(self) -> None:
        now = timezone.now()
        if self.claimed[0].due_at - now < RENEWED_BEFORE:
            self._set_claims(now + CLAIMED_FOR)

    def _set_claims(self, until, **fields) -> None:
        pks = [row.pk for row in self.claimed]
        OutgoingEmail.objects.filter(pk__in=pks).update(due_at=until, **fields)
        for row in self.claimed:
            row.due_at = until

    def _release_claims(self) -> None:
        if self.claimed:
            pks = [row.pk for row in self.claimed]
            claimed = OutgoingEmail.objects.waiting().filter(pk__in=pks, claimed_by=self.claim)
            claimed.update(due_at=timezone.now(), claimed_by=None)

    def _still_claimed(self, *rows: OutgoingEmail):
        """Return the rows that still wait under our claim: somebody may have erased one, or our claim has expired."""
        return OutgoingEmail.objects.waiting().filter(pk__in=[row.pk for row in rows], claimed_by=self.claim)

    def _deliver(self, row: OutgoingEmail) -> None:
        """Build and send one e-mail, and record the outcome. Raise ServerUnavailable or DatabaseError."""
        email = self._build(row)
        if email is None:
            return
        try:
            self.server.send(email.message)
        except ServerUnavailable as error:
            self._postpone(row, email, error.__cause__ or error, MAX_BACKOFF_OF_SERVER)
            raise
        except Exception as error:  # whatever is wrong with one e-mail, the others are sent
            self._record_failure(row, email, error)
        else:
            self.sent += 1
            self.failures_in_a_row = 0
            self._accept(row, email)

    def _build(self, row: OutgoingEmail) -> BuiltEmail | None:
        """Return the e-mail. If there is none, delete or postpone the row or give it up, and return None."""
        try:
            email = build(row, self.site_url)
        except UnreadableContent:
            self._give_up(row, None, "SECRET_KEY has changed since it was queued.")
        except (OperationalError, InterfaceError):
            raise  # the database is unavailable
        except Exception as error:
            log.exception("The e-mail %s cannot be built.", row)
            self._postpone(row, None, error, MAX_BACKOFF)
        else:
            if email is None:
                self._still_claimed(row).delete()
            return email
        return None

    def _accept(self, row: OutgoingEmail, email: BuiltEmail) -> None:
        """Record that the server has accepted the e-mail: together with the next ones, if they follow at once."""
        if not self.accepted:
            self.accepted_since = monotonic()
        self.accepted.append((row, email))
        if monotonic() - self.accepted_since > RECORDED_WITHIN:
            self._record_accepted()

    def _record_accepted(self) -> None:
        accepted, self.accepted = self.accepted, []
        if not accepted:
            return
        with transaction.atomic():
            rows = self._still_claimed(*(row for row, _email in accepted))
            sent = set(rows.select_for_update().values_list("pk", flat=True))
            OutgoingEmail.objects.filter(pk__in=sent).update(**_outcome(State.SENT))
            for row, email in accepted:
                if row.pk in sent:
                    email.on_sent()

    def _record_failure(self, row: OutgoingEmail, email: BuiltEmail, error: Exception) -> None:
        """Give the e-mail up or postpone it; raise ServerUnavailable after several broken connections in a row."""
        if is_permanent(error):
            self.failures_in_a_row = 0
            self._give_up(row, email, describe(error))
            return
        log.warning("The e-mail %s was not sent: %s.", row, describe(error).replace(row.to, "<address>"))
        self._postpone(row, email, error, MAX_BACKOFF)
        self.failures_in_a_row = 0 if replies(error) else self.failures_in_a_row + 1
        if self.failures_in_a_row >= MAX_FAILURES_IN_A_ROW:
            raise ServerUnavailable from error

    def _postpone(
        self, row: OutgoingEmail, email: BuiltEmail | None, error: BaseException, longest: timedelta
    ) -> None:
        """Make the e-mail due again after 1, 2, 4, … minutes; give it up after GIVEN_UP_AFTER."""
        now = timezone.now()
        if row.created_at < now - GIVEN_UP_AFTER:
            self._give_up(row, email, describe(error))
            return
        wait = min(timedelta(minutes=2 ** min(row.attempts, 20)), longest)
        self._still_claimed(row).update(
            due_at=now + wait, claimed_by=None, attempts=row.attempts + 1, error=describe(error)[:300]
        )

    def _give_up(self, row: OutgoingEmail, email: BuiltEmail | None, reason: str) -> None:
        log.error("The e-mail %s was given up: %s", row, reason.replace(row.to, "<address>"))
        with transaction.atomic():
            if self._still_claimed(row).update(**_outcome(State.GIVEN_UP, reason)) and email:
                email.on_given_up()


def _outcome(state: str, error: str = "") -> dict[str, Any]:
    """Return the fields of an e-mail that is not sent again."""
    return {"state": state, "content": "", "finished_at": timezone.now(), "error": error[:300]}


def build(row: OutgoingEmail, site_url: str) -> BuiltEmail | None:
    """Return the e-mail of the row, or None if there is nothing to say any more. Raise UnreadableContent."""
    if row.reference is None:
        return BuiltEmail(decrypt_message(row.content))
    return get_kind(row.kind).build(row.reference, site_url)


def is_permanent(error: Exception) -> bool:
    """Return whether trying again is useless: the server refuses recipient or content, or no server could take it.

    A refused sender is not permanent: the site is misconfigured, and can be repaired.
    """
    if isinstance(error, SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _text in error.recipients.values())
    if isinstance(error, SMTPDataError):
        return 500 <= error.smtp_code < 600
    return isinstance(error, SMTPNotSupportedError | ValueError)


def replies(error: BaseException) -> list[tuple[int, str]]:
    """Return code and text of each reply with which the server has refused an e-mail: none if the connection broke."""
    found: list[tuple[int, bytes | str]] = []
    if isinstance(error, SMTPRecipientsRefused):
        found = list(error.recipients.values())
    elif isinstance(error, SMTPResponseException):
        found = [(error.smtp_code, error.smtp_error)]
    return [(code, text.decode(errors="replace") if isinstance(text, bytes) else text) for code, text in found]


def describe(error: BaseException) -> str:
    """Return what went wrong in one line: the reply of the server, if it gave one."""
    answers = "; ".join(f"{code} {text}" for code, text in replies(error))
    return " ".join((answers or f"{type(error).__name__}: {error}".removesuffix(": ")).split())
