"""Logs what happens to accounts: who proved to be whom and how, what was refused, and what was changed.

The log has the number of the account and never an address or a name; after a wrong password it has not even that.
"""

from typing import Any

import structlog
from allauth.account import signals as account
from allauth.mfa import signals as second_factor
from django.contrib.auth import signals as session
from django.dispatch import Signal

log = structlog.get_logger("lessons.accounts.activity")

EVENTS = {
    session.user_logged_in: "signed in",
    session.user_logged_out: "signed out",
    session.user_login_failed: "password refused",
    account.authentication_step_completed: "identity proved",
    account.login_code_rejected: "e-mailed code refused",
    account.email_verification_code_rejected: "e-mailed code refused",
    account.password_set: "password set",
    account.password_changed: "password changed",
    account.password_reset: "password reset",
    account.email_changed: "e-mail address changed",
    second_factor.authentication_failed: "second factor refused",
    second_factor.authenticator_added: "second factor added",
    second_factor.authenticator_removed: "second factor removed",
    second_factor.authenticator_reset: "second factor renewed",
}


def record(signal: Signal, *, user: Any = None, method: str = "", authenticator: Any = None, **_details: Any) -> None:
    """Log the event of the signal; what proved the identity is `password`, `code`, `mfa` or a provider's name."""
    kind = method or (authenticator.type if authenticator else "")
    log.info(EVENTS[signal], user=user.pk if user else None, **({"method": kind} if kind else {}))


for sent in EVENTS:
    sent.connect(record, dispatch_uid="lessons.accounts.activity_log")
