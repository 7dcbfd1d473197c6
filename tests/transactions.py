"""Fail a test in which a parser, a renderer or an image decoder runs inside a transaction of the site.

A transaction holds locks, on SQLite those of the whole database: whatever takes long comes before it.
"""

from contextlib import contextmanager
from functools import wraps

from django.db import connection, transaction
from markdown_it import MarkdownIt
from PIL import Image

from lessons.annotations.anchoring import reanchoring
from lessons.importing import analysis, readers
from lessons.markup import post_markdown, sanitise, text_diff

SLOW = [
    (MarkdownIt, "parse"),
    (Image, "open"),
    (text_diff, "SequenceMatcher"),
    (readers, "check_size"),
    (analysis, "build_outline"),
    (reanchoring, "Correspondence"),
]


suspended: list[bool] = []


class SlowWorkInTransaction(AssertionError):
    pass


def refuse_in_transactions() -> None:
    """Make the functions in SLOW, and the sanitisers, raise inside transactions other than those of the tests."""
    for owner, name in SLOW:
        setattr(owner, name, _outside_transactions(getattr(owner, name)))
    for module in (sanitise, post_markdown):
        module.CLEANER = _Cleaner(module.CLEANER)


class _Cleaner:
    """nh3's cleaner, whose methods cannot be replaced."""

    def __init__(self, cleaner):
        self.clean = _outside_transactions(cleaner.clean)


def _outside_transactions(work):
    @wraps(work)
    def checked(*args, **kwargs):
        if is_in_transaction():
            raise SlowWorkInTransaction(f"{work.__qualname__} is called inside a transaction: call it before.")
        return work(*args, **kwargs)

    return checked


@contextmanager
def allowed():
    """Allow slow work in a transaction, for worlds that several tests share."""
    suspended.append(True)
    try:
        yield
    finally:
        suspended.pop()


def is_in_transaction() -> bool:
    """Return whether a transaction of the site is open: Django refuses a durable one in it, but not in a test's."""
    if suspended or not connection.in_atomic_block:
        return False
    try:
        with transaction.atomic(durable=True, savepoint=False):
            return False
    except RuntimeError:
        return True
