"""Pure: what stands for a person beside their name, initials on a colour of their own."""

from functools import lru_cache

HUES = 8


def avatar_hue(user: int) -> int:
    """Return the number of the colour of the user with this id. It does not depend on the name.

    Ids are given in turn, so the members of a class have all colours in equal parts. A pseudonym has no colour: see
    `lessons.discussions.identity`.
    """
    return user % HUES


@lru_cache(maxsize=4096)
def name_initials(name: str) -> str:
    """Return the first letters of the first and last part of the name; a question mark if it has no letters."""
    parts = [part for part in name.split() if part[0].isalnum()]
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper() or "?"
