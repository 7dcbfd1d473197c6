"""Pure: who could read an annotation on the site that a file comes from, in every format that is supported.

The W3C's `audience`, as this site writes it; `permissions` and `group` of Hypothesis and Annotator; and the signs of
moderation. Statements that contradict each other or are not understood mean the fewest readers.
"""

from typing import NamedTuple

from django.utils.translation import gettext as _

from lessons.discussions.models import Thread
from lessons.markup.sanitise import InvalidText

Audience = Thread.Audience
# An audience that this site does not have: only the importer is shown an annotation with it.
UNKNOWN = "unknown"
# From the fewest readers to the most.
AUDIENCES_BY_SIZE: list[str] = [Audience.ME, Audience.STAFF, Audience.GROUP, Audience.COURSE]
WORLD = "__world__"
WORLD_PRINCIPALS = (f"group:{WORLD}", "system.Everyone")
TYPE_NAMES = (
    "schema:audienceType",
    "audienceType",
    "http://schema.org/audienceType",
    "https://schema.org/audienceType",
)
GROUP_NAMES = ("schema:name", "name", "http://schema.org/name", "https://schema.org/name")
PUBLISHED = ("", "approved", "published")
ACCESS_PROPERTIES = (
    "audience permissions group private hidden flagged moderation moderated moderation_status moderationStatus"
).split()


class Access(NamedTuple):
    """The audience, empty where the file says nothing, and its group; `is_withheld` if it was hidden, flagged or
    moderated."""

    audience: str = ""
    group: str = ""
    is_withheld: bool = False


def parse_access(annotation: dict) -> Access:
    """Return who could read an annotation. Raise InvalidText where text is expected and something else found."""
    claims = [
        *_audiences(annotation.get("audience", annotation.get("schema:audience"))),
        *_permissions(annotation.get("permissions")),
        *_group(annotation.get("group")),
    ]
    if _is_true(annotation.get("private")):
        claims.append((Audience.ME, ""))
    audience, group = _narrowest(claims) if claims else ("", "")
    return Access(audience, group, _is_withheld(annotation))


def _narrowest(claims: list[tuple[str, str]]) -> tuple[str, str]:
    """Return the smallest audience of several statements; UNKNOWN where one is, or where two groups are named."""
    names = {audience for audience, _group in claims}
    groups = {group for audience, group in claims if audience == Audience.GROUP}
    if not names <= set(AUDIENCES_BY_SIZE):
        return next(claim for claim in claims if claim[0] not in AUDIENCES_BY_SIZE)
    if len(groups) > 1:
        return UNKNOWN, ""
    return min(claims, key=lambda claim: AUDIENCES_BY_SIZE.index(claim[0]))


def _audiences(value: object) -> list[tuple[str, str]]:
    """Return the W3C's audiences: this site writes their types in the terms of schema.org."""
    if value is None:
        return []
    if isinstance(value, list):
        return [claim for item in value for claim in _audiences(item)] or [(UNKNOWN, "")]
    if not isinstance(value, dict):
        return [(UNKNOWN, "")]
    audience = next((_text(value[name]) for name in TYPE_NAMES if name in value), "")
    group = next((_text(value[name]) for name in GROUP_NAMES if name in value), "")
    return [(audience or UNKNOWN, group)]


def _permissions(value: object) -> list[tuple[str, str]]:
    """Return who `permissions.read` names: everybody, one group, or else nobody that is known here."""
    if value is None:
        return []
    readers = value.get("read") if isinstance(value, dict) else None
    readers = [readers] if isinstance(readers, str) else readers
    if not isinstance(readers, list) or not all(isinstance(reader, str) for reader in readers):
        return [(UNKNOWN, "")]
    if any(reader in WORLD_PRINCIPALS for reader in readers):
        return [(Audience.COURSE, "")]
    if len(readers) == 1 and readers[0].startswith("group:"):
        return [(Audience.GROUP, readers[0].removeprefix("group:"))]
    return [(Audience.ME, "")]


def _group(value: object) -> list[tuple[str, str]]:
    """Return the group that an annotation was written in: the public one, or one of some people."""
    if value in (None, ""):
        return []
    if isinstance(value, dict):
        value = WORLD if value.get("id") == WORLD else value.get("name") or value.get("id")
    if not isinstance(value, str):
        return [(UNKNOWN, "")]
    return [(Audience.COURSE, "")] if value == WORLD else [(Audience.GROUP, value)]


def _is_withheld(annotation: dict) -> bool:
    """Return whether somebody hid it, flagged it, or has not approved it."""
    moderation = annotation.get("moderation")
    is_moderated = _is_moderated(moderation) if isinstance(moderation, dict) else _is_true(moderation)
    flags = any(_is_true(annotation.get(name)) for name in ("hidden", "flagged", "moderated"))
    states = [annotation.get(name) for name in ("moderation_status", "moderationStatus")]
    return flags or is_moderated or any(state is not None and not _is_published(state) for state in states)


def _is_moderated(moderation: dict) -> bool:
    """Return whether Hypothesis counted a flag, or whatever else moderators have recorded says so."""
    return any(not _is_published(value) if name == "status" else _is_true(value) for name, value in moderation.items())


def _is_published(state: object) -> bool:
    return isinstance(state, str) and state.strip().lower() in PUBLISHED


def _is_true(value: object) -> bool:
    """Return whether a value is anything but a form of “no”."""
    return (value.strip().lower() if isinstance(value, str) else value) not in (None, False, 0, "", "false", "no", "0")


def _text(value: object) -> str:
    if value is not None and not isinstance(value, str):
        raise InvalidText(_("An annotation in this file has a number or an object where text belongs."))
    return value or ""
