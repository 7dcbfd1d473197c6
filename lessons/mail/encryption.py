"""Encrypt queued e-mails: a copy of the database must not give away the codes and links in them."""

import json

from django.core.mail import EmailMessage, EmailMultiAlternatives

from lessons.db.encryption import Unreadable, decrypt, encrypt

PURPOSE = "lessons.mail: waiting e-mail"


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
    return encrypt(json.dumps(fields), purpose=PURPOSE)


def decrypt_message(content: str) -> EmailMultiAlternatives:
    """Return the message; raise UnreadableContent."""
    try:
        fields = json.loads(decrypt(content, purpose=PURPOSE))
    except Unreadable:
        raise UnreadableContent from None
    subtype = fields.pop("subtype")
    alternatives = [tuple(alternative) for alternative in fields.pop("alternatives")]
    message = EmailMultiAlternatives(**fields)
    for text, mimetype in alternatives:
        message.attach_alternative(text, mimetype)
    message.content_subtype = subtype
    return message
