"""The setting COURSE_CREATION: who may create courses besides site administrators."""

import re
from typing import NamedTuple

from portal.environment import WrongSetting

ADMINISTRATORS, INSTRUCTORS = "administrators", "instructors"
DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]")


class CourseCreation(NamedTuple):
    """Whether instructors of any course may, and the `domains` whose verified e-mail addresses allow it."""

    instructors: bool
    domains: frozenset[str]


def course_creation(values: list[str]) -> CourseCreation:
    """Return what the values mean: `administrators`, `instructors` and domains, in any combination.

    Domains are in ASCII, as in stored addresses. Raise WrongSetting.
    """
    words = [value.strip().lower().removeprefix("@") for value in values if value.strip()]
    domains = [word for word in words if word not in (ADMINISTRATORS, INSTRUCTORS)]
    for domain in domains:
        if not DOMAIN.fullmatch(domain):
            raise WrongSetting(
                f"COURSE_CREATION has “{domain}”. Write administrators, instructors, or domains of e-mail addresses, "
                "separated by commas, for example: instructors,example.org"
            )
    return CourseCreation(INSTRUCTORS in words, frozenset(domain.encode("idna").decode() for domain in domains))
