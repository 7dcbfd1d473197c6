"""Export and erase personal data in accounts: profile, addresses and sessions."""

import uuid
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from lessons.accounts.models import User

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
    """Yield all stored sessions, also ended ones: each has an IP address."""
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
    end_sessions(user)
    for field in User._meta.concrete_fields:
        if field.name not in KEPT_FIELDS:
            setattr(user, field.attname, None if field.null else field.get_default())
    user.groups.clear()
    user.user_permissions.clear()
    user.uid, user.is_active, user.erased_at = uuid.uuid4(), False, timezone.now()
    user.set_unusable_password()
    user.save()


def end_sessions(user: User) -> None:
    """Delete every session of the user. Reads all sessions: only their content identifies the user."""
    user_id = str(user.pk)
    keys = [row.pk for row in Session.objects.iterator() if row.get_decoded().get("_auth_user_id") == user_id]
    Session.objects.filter(pk__in=keys).delete()


def scrub_admin_log(model: type[models.Model], ids: list[int]) -> None:
    """Remove the names of these rows and the messages about them from Django's admin log."""
    content_type = ContentType.objects.get_for_model(model)
    entries = LogEntry.objects.filter(content_type=content_type, object_id__in=[str(pk) for pk in ids])
    entries.update(object_repr=f"{model._meta.model_name}", change_message="")
