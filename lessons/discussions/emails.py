"""The kinds of e-mail of this package, for `mail.kinds`, which imports this module of every app."""

from lessons.discussions.notifications.digests import digest_email
from lessons.discussions.services.staff_messages import staff_message_email

__all__ = ["digest_email", "staff_message_email"]
