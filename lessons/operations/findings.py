"""What a check says. The sentences are for whoever runs the site; nothing in them is personal data."""

from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    """`FAIL` if the site cannot serve or something in it is wrong, `WARN` if somebody should look at it."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Finding(NamedTuple):
    """What a check says of one thing: how it is and, unless that is right, what to do."""

    status: Status
    sentence: str


def ok(sentence: str) -> Finding:
    return Finding(Status.OK, sentence)


def warn(sentence: str) -> Finding:
    return Finding(Status.WARN, sentence)


def fail(sentence: str) -> Finding:
    return Finding(Status.FAIL, sentence)
