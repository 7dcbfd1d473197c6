"""Queue e-mails. Call these in the transaction that causes them: e-mails are sent only if it is committed."""

from collections.abc import Iterable
from typing import NamedTuple

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from lessons.mail import background
from lessons.mail.encryption import encrypt_message
from lessons.mail.kinds import EmailKind
from lessons.mail.models import OutgoingEmail, Priority

BATCH_SIZE = 500


class Recipient(NamedTuple):
    """Whom an e-mail is for: address, id of the account, and the id of the row that the e-mail is built from."""

    to: str
    user_id: int
    reference: int


def queue_message(
    message: EmailMessage, *, kind: str, recipient_id: int | None, priority: Priority = Priority.NOW
) -> None:
    """Queue a finished message to one or more addresses, each of which gets an e-mail of its own."""
    for address in message.recipients():
        message.to, message.cc, message.bcc = [address], [], []
        content = encrypt_message(message)
        OutgoingEmail.objects.create(
            kind=kind[:60], to=address, recipient_id=recipient_id, content=content, priority=priority
        )
    _send_after_commit(priority)


def queue_emails(kind: EmailKind, recipients: Iterable[Recipient]) -> None:
    """Queue an e-mail to each recipient with an address, to be built when it is sent. A few queries in all.

    If one of the same kind and reference is still waiting, no other is queued: the first will include what is new.
    """
    rows = [
        OutgoingEmail(kind=kind.name, to=to, recipient_id=user_id, reference=reference, priority=kind.priority)
        for to, user_id, reference in recipients
        if to
    ]
    if rows:
        OutgoingEmail.objects.bulk_create(rows, batch_size=BATCH_SIZE, ignore_conflicts=True)
        _send_after_commit(kind.priority)


@transaction.atomic
def queue_again(emails: QuerySet[OutgoingEmail]) -> int:
    """Queue those of the e-mails that were given up and can be rebuilt; return how many."""
    count = 0
    for email in emails.filter(state=OutgoingEmail.State.GIVEN_UP, reference__isnull=False):
        if not OutgoingEmail.objects.waiting().filter(kind=email.kind, reference=email.reference).exists():
            now = timezone.now()
            email.state, email.created_at, email.due_at, email.attempts = OutgoingEmail.State.WAITING, now, now, 0
            email.finished_at = None
            email.save(update_fields=["state", "created_at", "due_at", "attempts", "finished_at"])
            _send_after_commit(Priority(email.priority))
            count += 1
    return count


def _send_after_commit(priority: Priority) -> None:
    if priority <= background.SENT_IN_BACKGROUND:
        transaction.on_commit(background.start_sending)
