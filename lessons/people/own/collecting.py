"""What the portal keeps of a person: their profile, seats and what the log says of them."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from lessons.people.models import AuditEntry, User

SECRET = {"id", "password"}


class Section(NamedTuple):
    """One part of what is collected: `key` names its files, `rows` are dicts of what JSON can say, read as they are
    written. In a row `html` is safe to print as it stands."""

    key: str
    title: str
    rows: Iterable[dict]


def sections(user: User) -> Iterable[Section]:
    yield Section("profile", _("Your profile"), _profile(user))
    yield Section("addresses", _("Your addresses"), _addresses(user))
    yield Section("sessions", _("Where you signed in"), _sessions(user))
    yield Section("memberships", _("Your courses"), _seats(user))
    yield Section("log", _("What the log says of you"), _log(user))


def _profile(user: User):
    fields = [field for field in User._meta.concrete_fields if field.name not in SECRET]
    yield {field.name: getattr(user, field.attname) for field in fields}


def _addresses(user: User):
    yield from user.emailaddress_set.values("email", "verified", "primary")


def _sessions(user: User):
    """Also those that have ended, as long as they are kept: each has an address of the network."""
    for session in user.usersession_set.order_by("pk"):
        yield {"signed_in": session.created_at, "ip_address": session.ip, "browser": session.user_agent}


def _seats(user: User):
    for seat in user.memberships.select_related("course", "group").order_by("pk"):
        yield {
            "course": seat.course.title,
            "role": seat.role,
            "state": seat.state,
            "group": seat.group and seat.group.name,
            "handle": seat.handle,
            "since": seat.created_at,
        }


def _log(user: User):
    """What was done, and whether by oneself or to oneself; never who else was in it."""
    entries = AuditEntry.objects.filter(Q(actor=user) | Q(person=user)).select_related("course").order_by("pk")
    for entry in entries.iterator(chunk_size=500):
        yield {
            "at": entry.created_at,
            "course": entry.course and entry.course.title,
            "what": entry.verb,
            "by_you": entry.actor_id == user.pk,
            "to_you": entry.person_id == user.pk,
        }
