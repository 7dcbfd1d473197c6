"""Export and erase personal data in accounts: profile, addresses and sessions."""

import json
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.markup.folding import fold

SECRET_FIELDS = {"id", "password"}
KEPT_FIELDS = {"id", "password", "is_active", "date_joined", "erased_at", "uid"}


class ExportSection(NamedTuple):
    """One part of a data export. `key` names its files; `rows` are JSON-serialisable dicts, generated
    lazily. The value `html` of a row is safe to render unescaped.
    """

    key: str
    title: str
    rows: Iterable[dict]


def export_sections(user: User) -> Iterable[ExportSection]:
    """Yield the sections of a data export about the account."""
    yield ExportSection("profile", _("Your profile"), _profile_rows(user))
    yield ExportSection("addresses", _("Your e-mail addresses"), _address_rows(user))
    yield ExportSection("sessions", _("Where you signed in"), _session_rows(user))


def _profile_rows(user: User) -> Iterator[dict]:
    fields = [field for field in User._meta.concrete_fields if field.name not in SECRET_FIELDS]
    yield {field.name: getattr(user, field.attname) for field in fields}


def _address_rows(user: User) -> Iterator[dict]:
    yield from user.emailaddress_set.values("email", "verified", "primary")


def _session_rows(user: User) -> Iterator[dict]:
    """Yield all stored sessions, including ended ones: each has an IP address."""
    for session in user.usersession_set.order_by("pk"):
        yield {"signed_in": session.created_at, "ip_address": session.ip, "browser": session.user_agent}


def email_addresses(user: User) -> set[str]:
    """Return every address of the user, verified or not."""
    return {*user.emailaddress_set.values_list("email", flat=True), user.email or ""} - {""}


def erase_account(user: User) -> None:
    """Anonymise the row in place, so that the audit log can still tell erased users apart.

    Nobody can sign in to the account afterwards. Sessions, e-mail addresses and second factors are deleted.
    """
    scrub_admin_log(User, [user.pk])
    for relation in User._meta.related_objects:
        if relation.related_model.__module__.startswith("allauth."):
            relation.related_model._base_manager.filter(**{relation.field.name: user}).delete()
    for field in User._meta.concrete_fields:
        if field.name not in KEPT_FIELDS:
            setattr(user, field.attname, None if field.null else field.get_default())
    user.groups.clear()
    user.user_permissions.clear()
    user.uid, user.is_active, user.erased_at = uuid.uuid4(), False, timezone.now()
    user.set_unusable_password()
    user.save()


# Where sessions say whose they are: signed in, signing in by code, verifying an address, or signing up again.
USER_KEYS = {SESSION_KEY, "user_id", "user_pk"}


class SessionTraces(NamedTuple):
    """Sessions that are about a user: their own, ended ones too, and parts of other people's."""

    own: list[str]
    others: dict[str, list[str]]


def find_sessions(user: User, *, since: datetime | None = None) -> SessionTraces:
    """Find the sessions that are about the user, including those of a sign-up or code that nobody completed.

    Reads all sessions, or all that were saved `since`: only their content shows whom they are about. Call it
    outside of transactions.
    """
    sessions = Session.objects.all()
    if since:
        sessions = sessions.filter(expire_date__gte=since + timedelta(seconds=settings.SESSION_COOKIE_AGE - 1))
    # A single name is also a word, or part of one.
    texts = [re.escape(fold(text)) for text in (*email_addresses(user), user.display_name) if re.search("[@ ]", text)]
    named = re.compile(rf"(?<![\w.+-])(?:{'|'.join(texts) or '(?!)'})(?![\w-]|\.\w)")
    traces = SessionTraces([], {})
    for session in sessions.iterator(chunk_size=500):
        data = session.get_decoded()
        parts = [key for key, value in data.items() if _is_about({key: value}, str(user.pk), named)]
        if parts and data.get(SESSION_KEY) in (None, str(user.pk)):
            traces.own.append(session.session_key)
        elif parts:
            traces.others[session.session_key] = parts
    return traces


def _is_about(data: dict, user_id: str, named: re.Pattern) -> bool:
    return _names_user(data, user_id) or bool(named.search(fold(json.dumps(data, ensure_ascii=False))))


def _names_user(value: object, user_id: str) -> bool:
    """Return whether a value within the session, at any depth, refers to the user."""
    if isinstance(value, dict):
        return any(
            (key in USER_KEYS and str(part) == user_id) or _names_user(part, user_id) for key, part in value.items()
        )
    return isinstance(value, list) and any(_names_user(part, user_id) for part in value)


def erase_sessions(traces: SessionTraces) -> None:
    """Delete the user's sessions, and from other people's the parts that are about the user."""
    Session.objects.filter(session_key__in=traces.own).delete()
    for key, parts in traces.others.items():
        session = SessionStore(key)
        for part in parts:
            session.pop(part, None)
        if session.session_key:  # it may have ended meanwhile
            session.save()


def delete_ended_sessions() -> int:
    """Delete the IP addresses and browsers of sessions that have ended or expired; return how many sessions."""
    return UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()[0]


def redact_admin_log(redact: Callable[[str], str]) -> None:
    """Redact the names of rows in Django's admin log, and the messages about them."""
    for entry in LogEntry.objects.iterator(chunk_size=500):
        values = {"object_repr": redact(entry.object_repr)[:200], "change_message": redact(entry.change_message)}
        if values != {"object_repr": entry.object_repr, "change_message": entry.change_message}:
            LogEntry.objects.filter(pk=entry.pk).update(**values)


def scrub_admin_log(model: type[models.Model], ids: list[int]) -> None:
    """Remove the names of these rows and the messages about them from Django's admin log."""
    content_type = ContentType.objects.get_for_model(model)
    entries = LogEntry.objects.filter(content_type=content_type, object_id__in=[str(pk) for pk in ids])
    entries.update(object_repr=f"{model._meta.model_name}", change_message="")
