"""What the portal keeps of a person: their profile, seats and what the log says of them."""

import uuid
from collections.abc import Iterable
from typing import NamedTuple

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from lessons.accounts.models import User

SECRET_FIELDS = {"id", "password"}


class ExportSection(NamedTuple):
    """One part of what is collected: `key` names its files, `rows` are dicts of what JSON can say, read as they are
    written. In a row `html` is safe to print as it stands."""

    key: str
    title: str
    rows: Iterable[dict]


def export_sections(user: User) -> Iterable[ExportSection]:
    yield ExportSection("profile", _("Your profile"), _profile(user))
    yield ExportSection("addresses", _("Your addresses"), _addresses(user))
    yield ExportSection("sessions", _("Where you signed in"), _sessions(user))


def _profile(user: User):
    fields = [field for field in User._meta.concrete_fields if field.name not in SECRET_FIELDS]
    yield {field.name: getattr(user, field.attname) for field in fields}


def _addresses(user: User):
    yield from user.emailaddress_set.values("email", "verified", "primary")


def _sessions(user: User):
    """Also those that have ended, as long as they are kept: each has an address of the network."""
    for session in user.usersession_set.order_by("pk"):
        yield {"signed_in": session.created_at, "ip_address": session.ip, "browser": session.user_agent}


KEPT_FIELDS = {"id", "password", "is_active", "date_joined", "erased_at", "uid"}


def erase_account(user: User) -> None:
    """Scrub the row in place, so that the log still tells one nameless person from another.

    Nobody can sign in to it any more. Sessions, e-mail addresses and second factors are deleted.
    """
    scrub_admin_log(User, [user.pk])
    for relation in User._meta.related_objects:
        if relation.related_model.__module__.startswith("allauth."):
            relation.related_model.objects.filter(**{relation.field.name: user}).delete()
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
    """Every session of theirs. They are told apart by their content alone, so all are looked through."""
    mine = [row.pk for row in Session.objects.iterator() if row.get_decoded().get("_auth_user_id") == str(user.pk)]
    Session.objects.filter(pk__in=mine).delete()


def scrub_admin_log(model: type[models.Model], ids: list[int]) -> None:
    """Remove what Django's admin log wrote down of these rows: what they were called when they were changed."""
    content_type = ContentType.objects.get_for_model(model)
    entries = LogEntry.objects.filter(content_type=content_type, object_id__in=[str(pk) for pk in ids])
    entries.update(object_repr=f"{model._meta.model_name}", change_message="")
