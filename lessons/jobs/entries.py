"""Work off the entries of a job one by one."""

import logging
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError

T = TypeVar("T")
log = logging.getLogger(__name__)


def do_each(
    entries: Iterable[T], do: Callable[[T], bool | None], is_stopping: Callable[[], bool] = lambda: False
) -> int:
    """Call `do` with each entry; return how many were done: with all but those for which it returned False.

    An error with one entry stops no other: it is logged, and the first is raised in the end, so that the run fails and
    is repeated. Only when the database is away or busy, all wait. `do` commits or rolls back what it does.
    """
    count, first = 0, None
    for entry in entries:
        if is_stopping():
            break
        try:
            count += do(entry) is not False
        except (InterfaceError, OperationalError):
            raise
        except Exception as error:
            log.exception("An entry of a job failed: %s.", _name_of(entry))
            first = first or error
    if first:
        raise first
    return count


def _name_of(entry: Any) -> str:
    """Return the kind of a row and its key, but nothing that it says, which may be personal data."""
    return f"{type(entry).__name__} {getattr(entry, 'pk', '')}".strip()
