"""Encrypt queued e-mails: a copy of the database must not give away the codes and links in them.

The key is derived from SECRET_KEY; what was encrypted with one of SECRET_KEY_FALLBACKS is still read.
"""

import json
from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives

PURPOSE = b"lessons.mail: waiting e-mail"


class UnreadableContent(Exception):
    """The content was encrypted with a SECRET_KEY that is no longer known."""


def encrypt_message(message: EmailMessage) -> str:
    """Return everything of the message but its attachments, which our e-mails do not have, as one encrypted text."""
    alternatives = [list(alternative) for alternative in getattr(message, "alternatives", [])]
    fields = {
        "subject": str(message.subject),
        "body": str(message.body),
        "from_email": message.from_email,
        "to": list(message.to),
        "headers": dict(message.extra_headers),
        "alternatives": alternatives,
        "subtype": message.content_subtype,
    }
    return _cipher().encrypt(json.dumps(fields).encode()).decode()


def decrypt_message(content: str) -> EmailMultiAlternatives:
    """Return the message; raise UnreadableContent."""
    try:
        fields = json.loads(_cipher().decrypt(content.encode()))
    except InvalidToken:
        raise UnreadableContent from None
    subtype = fields.pop("subtype")
    alternatives = [tuple(alternative) for alternative in fields.pop("alternatives")]
    message = EmailMultiAlternatives(**fields)
    for text, mimetype in alternatives:
        message.attach_alternative(text, mimetype)
    message.content_subtype = subtype
    return message


def _cipher() -> MultiFernet:
    return _cipher_of((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _cipher_of(secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derive_key(secret)) for secret in secrets])


def _derive_key(secret: str) -> bytes:
    return urlsafe_b64encode(HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode()))
