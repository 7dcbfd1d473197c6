"""E-mail backends for a mail server that is down and for one that refuses a single recipient."""

from smtplib import SMTPRecipientsRefused

from django.core.mail.backends import locmem
from django.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError


class RecipientRefusingBackend(locmem.EmailBackend):
    def send_messages(self, messages):
        for message in messages:
            if message.to == ["gone@example.org"]:
                raise SMTPRecipientsRefused({"gone@example.org": (550, b"No such person")})
        return super().send_messages(messages)
