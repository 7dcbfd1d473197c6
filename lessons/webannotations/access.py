"""Pure: who could read an annotation on the site that a file comes from, in every format that is supported.

The W3C's `audience`, as this site writes it; `permissions` and `group` of Hypothesis and Annotator; and the signs of
moderation. Statements that contradict each other or are not understood mean the fewest readers.
"""

import re
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
LOCAL_NAME = re.compile(r"[:/#]")
TYPE_NAME, GROUP_NAME = "audiencetype", "name"
PUBLISHED = ("", "approved", "published")
# By their local names, as `local_name` returns them: words whose truth, or whose falsehood, means the author alone.
PRIVATE_WORDS = ("private", "isprivate")
SHARED_WORDS = ("shared", "isshared", "public", "ispublic")
# Words whose value names the readers.
VISIBILITY_WORDS = ("visibility", "accessrights")
EVERYBODY = ("public", "world", "everyone", "everybody", "open")
GROUP_WORDS = ("group", "groupid")
STATE_WORDS = ("moderationstatus",)
WITHHELD_WORDS = (
    "hidden ishidden flagged isflagged flagcount moderated ismoderated spam isspam nipsa deleted isdeleted".split()
)
ACCESS_WORDS = {
    *("audience", "permissions", "moderation"),
    *PRIVATE_WORDS,
    *SHARED_WORDS,
    *VISIBILITY_WORDS,
    *GROUP_WORDS,
    *STATE_WORDS,
    *WITHHELD_WORDS,
}
# What a collection or page says of all that it contains, added to each item by `extract_annotations`.
CONTAINERS = "containers"


class Access(NamedTuple):
    """The audience, empty where the file says nothing, and its group; `is_withheld` if it was hidden, flagged or
    moderated."""

    audience: str = ""
    group: str = ""
    is_withheld: bool = False


def local_name(key: str) -> str:
    """Return the name of a member without its vocabulary, in small letters: `audience` for `schema:audience` and for
    `https://schema.org/audience`, `moderationstatus` for `moderationStatus` and for `moderation_status`."""
    return LOCAL_NAME.split(key)[-1].replace("_", "").replace("-", "").lower()


def access_words(item: dict) -> dict:
    """Return the members that say who may read something."""
    return {key: value for key, value in item.items() if local_name(key) in ACCESS_WORDS}


def parse_access(annotation: dict) -> Access:
    """Return who could read an annotation: by its own words, by those of its bodies, and by those of the collection it
    is in. Raise InvalidText where text is expected and something else found."""
    bodies, containers = annotation.get("body"), annotation.get(CONTAINERS)
    speakers = [annotation, *(bodies if isinstance(bodies, list) else [bodies])]
    speakers += containers if isinstance(containers, list) else []
    words = [
        (local_name(key), value)
        for one in speakers
        if isinstance(one, dict)
        for key, value in access_words(one).items()
    ]
    claims = [claim for name, value in words for claim in _claims(name, value)]
    audience, group = _narrowest(claims) if claims else ("", "")
    return Access(audience, group, any(_is_withheld(name, value) for name, value in words))


def _claims(name: str, value: object) -> list[tuple[str, str]]:
    """Return what one word says about the readers."""
    if name == "audience":
        return _audiences(value)
    if name == "permissions":
        return _permissions(value)
    if name in GROUP_WORDS:
        return _group(value)
    if name in VISIBILITY_WORDS:
        is_silent = value is None or (isinstance(value, str) and value.strip().lower() in ("", *EVERYBODY))
        return [] if is_silent else [(UNKNOWN, "")]
    is_private = (name in PRIVATE_WORDS and _is_true(value)) or (
        name in SHARED_WORDS and value is not None and not _is_true(value)
    )
    return [(Audience.ME, "")] if is_private else []


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
    audiences = [_text(part) for key, part in value.items() if local_name(key) == TYPE_NAME]
    group = next((_text(part) for key, part in value.items() if local_name(key) == GROUP_NAME), "")
    return [(audience or UNKNOWN, group) for audience in audiences or [""]]


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


def _is_withheld(name: str, value: object) -> bool:
    """Return whether one word says that somebody hid it, flagged it, or has not approved it."""
    if name == "moderation":
        return _is_moderated(value) if isinstance(value, dict) else _is_true(value)
    if name in STATE_WORDS:
        return value is not None and not _is_published(value)
    return name in WITHHELD_WORDS and _is_true(value)


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
