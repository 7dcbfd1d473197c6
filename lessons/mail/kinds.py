"""The e-mails that are built when they are sent, so that they say what is true then, to those who may read it then.

An app registers them in its module `emails`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives
from django.utils.module_loading import autodiscover_modules

from lessons.mail.models import Priority


def do_nothing() -> None:
    """Do nothing: the default of the functions of a BuiltEmail."""


@dataclass(frozen=True)
class BuiltEmail:
    """An e-mail, and what to record once it is sent or given up, in the same transaction."""

    message: EmailMultiAlternatives
    on_sent: Callable[[], None] = do_nothing
    on_given_up: Callable[[], None] = do_nothing


# Gets the id of the row that the e-mail is about and the address of the site; returns None if there is nothing to say.
Build = Callable[[int, str], BuiltEmail | None]


@dataclass(frozen=True)
class EmailKind:
    name: str
    build: Build
    priority: Priority


_kinds: dict[str, EmailKind] = {}


def email_kind(name: str, *, priority: Priority = Priority.SOON) -> Callable[[Build], EmailKind]:
    """Register the decorated function as the builder of e-mails of this kind; return the kind, for `queue_emails`."""

    def register(build: Build) -> EmailKind:
        if name in _kinds:
            raise ImproperlyConfigured(f"Two kinds of e-mail have the name {name}.")
        _kinds[name] = EmailKind(name, build, priority)
        return _kinds[name]

    return register


def get_kind(name: str) -> EmailKind:
    """Return the kind; raise KeyError. It may have to import the modules `emails` of all apps."""
    if name not in _kinds:
        autodiscover_modules("emails")
    return _kinds[name]
