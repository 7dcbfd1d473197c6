"""E-mail backends for a mail server that is down and for one that refuses some e-mails."""

from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.core.mail.backends import locmem
from django.core.mail.backends.base import BaseEmailBackend


class DownBackend(BaseEmailBackend):
    def open(self):
        raise ConnectionRefusedError

    def send_messages(self, messages):
        raise ConnectionRefusedError


class RefusingBackend(locmem.EmailBackend):
    """Refuses gone@ for good, defers later@, rejects the content for spam@, loses the connection with lost@."""

    def send_messages(self, messages):
        for message in messages:
            (address,) = message.to
            if address == "gone@example.org":
                raise SMTPRecipientsRefused({address: (550, b"No such person <gone@example.org>")})
            if address == "later@example.org":
                raise SMTPRecipientsRefused({address: (451, b"Greylisted, try again later")})
            if address == "spam@example.org":
                raise SMTPDataError(554, b"No")
            if address.startswith("lost"):
                raise TimeoutError("timed out")
        return super().send_messages(messages)
