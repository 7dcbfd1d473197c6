"""The tokens of a row's scope. Pure.

Permission tokens begin with `x`: a reader finds the rows that have one of those that they hold. What each of them
means is decided by those who write and those who ask; but `xa` is that of site administrators, and a row for the staff
of a course, `xs5`, has the token of the course, `c5`. Of the other tokens, a search may ask for any.
"""

import re
from datetime import UTC, date, datetime, timedelta

LESSON_TEXT, GLOSSARY, TIMELINE, TOPIC_POST, NOTE_POST = "kt", "kg", "ke", "kd", "kn"
BY_STAFF, ANSWER = "st", "an"
IN_PIECES = "pi"
"""Of a passage that is no prose: the items of a list, the rows of a table, a check."""
KINDS = frozenset({LESSON_TEXT, GLOSSARY, TIMELINE, TOPIC_POST, NOTE_POST})
MAX_DAYS = 31
"""How many days a period may have."""

_TOKEN = re.compile("[a-z0-9]{1,60}")
_PRIVATE = re.compile(r"xu\d+(?=[cgw])")
_PERMISSION = re.compile(r"x(?:(?P<own>u\d+)|(?P<staff>s)|(?:w\d+)?)(?P<place>\w*)")


def course(pk: int) -> str:
    return f"c{pk}"


def module(pk: int) -> str:
    return f"m{pk}"


def lesson(pk: int) -> str:
    return f"l{pk}"


def tag(pk: int) -> str:
    return f"t{pk}"


def written_by(pk: int) -> str:
    """Return the token of posts that show their author's name."""
    return f"by{pk}"


def own(pk: int) -> str:
    """Return the token of everything that somebody has written. Ask for it only on their own behalf."""
    return f"own{pk}"


def day(moment: datetime) -> str:
    """Return the token of the day, in UTC, on which a post was written."""
    return f"d{moment.astimezone(UTC):%Y%m%d}"


def days(first: date, last: date) -> frozenset[str]:
    """Return the tokens of the days from the first to the last, or of the first MAX_DAYS of them."""
    count = min((last - first).days + 1, MAX_DAYS)
    return frozenset(f"d{first + timedelta(days=number):%Y%m%d}" for number in range(count))


def is_kind(token: str) -> bool:
    """Return whether the token says of which kind a row is."""
    return token in KINDS


def is_permission(token: str) -> bool:
    """Return whether those who hold the token may read the rows that have it."""
    return token[0] == "x"


def found_by(permission: str) -> str:
    """Return the token by which rows with this permission token are found, and perhaps a few others of the same place:
    that of the place, of the course for its staff, or of the user; an empty string for site administrators, who read
    nearly everything.
    """
    if permission == "xa":
        return ""
    match = _PERMISSION.fullmatch(permission)
    assert match, permission
    if match["own"]:
        return f"x{match['own']}"
    return f"c{match['place']}" if match["staff"] else f"x{match['place']}"


def check(tokens: frozenset[str]) -> frozenset[str]:
    """Raise ValueError for a token that no index could hold."""
    for token in tokens:
        if not _TOKEN.fullmatch(token):
            raise ValueError(f"{token!r} is no token: only a to z and digits are, at most 60.")
    return tokens


def of_readers(tokens: frozenset[str]) -> frozenset[str]:
    """Return the tokens by which the vocabulary keeps the words of a row: those of the people who may read it.

    The author's own tokens are among them only if nobody else reads the row.
    """
    readers = frozenset(filter(is_permission, tokens))
    others = frozenset(token for token in readers if token[1] != "u")
    return others or frozenset(token for token in readers if _PRIVATE.match(token)) or readers
