"""What the portal knows of people themselves is taken out. Runs in the transaction of `privacy`, which calls it."""

import uuid

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone

from lessons.people.models import AuditEntry, Course, Membership, User

KEPT = {"id", "password", "is_active", "date_joined", "erased_at", "uid"}


def forget_seats(people: list[int], course: Course) -> None:
    """Their seats in the course go; its log keeps what they did, and no longer leads to them."""
    log = AuditEntry.objects.filter(course=course)
    log.filter(actor__in=people).update(actor=None)
    log.filter(person__in=people).update(person=None)
    Membership.objects.filter(course=course, user__in=people).delete()


def forget_person(user: User) -> None:
    """Scrubs the row in place, so that the log still tells one nameless person from another; nobody signs in to it any
    more. Sessions, addresses, second factors and seats go."""
    _forget_in_admin_log(user)
    user.memberships.all().delete()
    for relation in User._meta.related_objects:
        if relation.related_model.__module__.startswith("allauth."):
            relation.related_model.objects.filter(**{relation.field.name: user}).delete()
    end_sessions(user)
    for field in User._meta.concrete_fields:
        if field.name not in KEPT:
            setattr(user, field.attname, None if field.null else field.get_default())
    user.groups.clear()
    user.user_permissions.clear()
    user.uid, user.is_active, user.erased_at = uuid.uuid4(), False, timezone.now()
    user.set_unusable_password()
    user.save()
    user.forget_seats()


def end_sessions(user: User) -> None:
    """Every session of theirs. They are told apart by their content alone, so all are looked through."""
    mine = [row.pk for row in Session.objects.iterator() if row.get_decoded().get("_auth_user_id") == str(user.pk)]
    Session.objects.filter(pk__in=mine).delete()


def _forget_in_admin_log(user: User) -> None:
    """The admin writes down what a row was called when it was changed."""
    rows: list[tuple[type[models.Model], list[int]]] = [
        (User, [user.pk]),
        (Membership, list(user.memberships.values_list("pk", flat=True))),
    ]
    for model, keys in rows:
        kind = ContentType.objects.get_for_model(model)
        entries = LogEntry.objects.filter(content_type=kind, object_id__in=[str(key) for key in keys])
        entries.update(object_repr=f"{model._meta.model_name}", change_message="")
