"""Sending one letter of many."""

import logging
from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.core.mail import EmailMessage

log = logging.getLogger(__name__)


def send(letter: EmailMessage, connection) -> None:
    """Sends it; that a server refuses this one alone is logged, and the next has its turn. Raises OSError and
    SMTPException where it takes no letter at all."""
    letter.connection = connection
    try:
        letter.send()
    except (SMTPRecipientsRefused, SMTPDataError) as error:
        log.warning("The mail server refuses the letter “%s”: %s.", letter.subject, error)
