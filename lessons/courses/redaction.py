"""What somebody is called, and taking it out of words."""

import re
from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership

# A name of one or two letters is a word of many languages.
MIN_NAME_LENGTH = 3


class PersonNames(NamedTuple):
    """`handles` are their handles by the id of the course; no address is None."""

    person: int
    name: str
    email: str | None
    handles: dict[int, str]


def collect_names(people: Iterable[User], course: Course | None = None) -> list[PersonNames]:
    """Of each of the people, with their handles in one course or in all. One query."""
    people = list(people)
    seats = Membership.objects.filter(user__in=people)
    handles: dict[int, dict[int, str]] = {}
    for person, place, handle in (seats.filter(course=course) if course else seats).values_list(
        "user_id", "course_id", "handle"
    ):
        handles.setdefault(person, {})[place] = handle
    return [PersonNames(user.pk, user.display_name, user.email or None, handles.get(user.pk, {})) for user in people]


def _nobody(_found: re.Match) -> str:
    return _("former member")


def redact_mentions(words: str, handles: Iterable[str]) -> str:
    """Markdown or HTML with “former member” where somebody with one of these handles was mentioned."""
    if "@" not in words:
        return words
    either = "|".join(re.escape(handle) for handle in sorted(handles, key=len, reverse=True))
    return re.sub(rf"(?<![\w@/.])@(?:{either})(?![\w-])", _nobody, words) if either else words


def redact_emails(words: str, names: Iterable[PersonNames]) -> str:
    if "@" not in words:
        return words
    either = "|".join(re.escape(one.email) for one in names if one.email)
    if not either:
        return words
    # The address of a link is more than its words.
    words = re.sub(rf'<a [^>]*href="mailto:(?:{either})[^"]*"[^>]*>(.*?)</a>', r"\1", words, flags=re.IGNORECASE)
    return re.sub(rf"(?<![\w.+-])(?:mailto:)?(?:{either})(?![\w-])", _nobody, words, flags=re.IGNORECASE)


def redact_name(words: str, names: PersonNames) -> str:
    """The person's own words without the name that stands in their profile: where a post is signed."""
    if len(names.name.strip()) >= MIN_NAME_LENGTH:
        for written in {names.name, escape(names.name), escape(names.name, quote=False)}:
            words = re.sub(rf"(?<!\w){re.escape(written)}(?!\w)", _nobody, words)
    return redact_emails(words, [names])
