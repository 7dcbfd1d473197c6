"""Redact users' names, handles and e-mail addresses from texts."""

import re
from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership

# Shorter names are ordinary words in many languages.
MIN_NAME_LENGTH = 3


class PersonNames(NamedTuple):
    """A user's name, handles by course id, and e-mail address if they have one."""

    user_id: int
    name: str
    email: str | None
    handles: dict[int, str]


def collect_names(users: Iterable[User], course: Course | None = None) -> list[PersonNames]:
    """Return each user's name and address, with their handles in one course or in all. One query."""
    users = list(users)
    memberships = Membership.objects.filter(user__in=users)
    if course:
        memberships = memberships.filter(course=course)
    handles: dict[int, dict[int, str]] = {}
    for user_id, course_id, handle in memberships.values_list("user_id", "course_id", "handle"):
        handles.setdefault(user_id, {})[course_id] = handle
    return [PersonNames(user.pk, user.display_name, user.email or None, handles.get(user.pk, {})) for user in users]


def _placeholder(_match: re.Match) -> str:
    return _("former member")


def redact_mentions(text: str, handles: Iterable[str]) -> str:
    """Return Markdown or HTML with “former member” for each mention of one of these handles."""
    if "@" not in text:
        return text
    alternatives = "|".join(re.escape(handle) for handle in sorted(handles, key=len, reverse=True))
    return re.sub(rf"(?<![\w@/.])@(?:{alternatives})(?![\w-])", _placeholder, text) if alternatives else text


def redact_emails(text: str, names: Iterable[PersonNames]) -> str:
    """Return Markdown or HTML with “former member” for each of the e-mail addresses, and without links to them."""
    if "@" not in text:
        return text
    alternatives = "|".join(re.escape(person.email) for person in names if person.email)
    if not alternatives:
        return text
    # Remove the link too: its URL contains the address.
    link = rf'<a [^>]*href="mailto:(?:{alternatives})[^"]*"[^>]*>(.*?)</a>'
    text = re.sub(link, r"\1", text, flags=re.IGNORECASE)
    return re.sub(rf"(?<![\w.+-])(?:mailto:)?(?:{alternatives})(?![\w-])", _placeholder, text, flags=re.IGNORECASE)


def redact_name(text: str, person: PersonNames) -> str:
    """Return the person's own text without their display name (as in a signature) and e-mail address."""
    if len(person.name.strip()) >= MIN_NAME_LENGTH:
        for spelling in {person.name, escape(person.name), escape(person.name, quote=False)}:
            text = re.sub(rf"(?<!\w){re.escape(spelling)}(?!\w)", _placeholder, text)
    return redact_emails(text, [person])
