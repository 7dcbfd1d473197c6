"""Transient errors, after which the same request may succeed: an unavailable service, a held lock, a full disk."""

import errno
import sqlite3

from django.db import InterfaceError, OperationalError

try:
    from redis.exceptions import ConnectionError as RedisConnectionError
    from redis.exceptions import TimeoutError as RedisTimeoutError

    CACHE_ERRORS: tuple[type[Exception], ...] = (RedisConnectionError, RedisTimeoutError)
except ImportError:  # Redis is optional
    CACHE_ERRORS = ()

# SQLSTATE classes (PostgreSQL, appendix A): connection exception, operator intervention; a cancelled statement is one
# that took too long.
CONNECTION_LOST, INTERVENTION, CANCELLED = "08", "57", "57014"
POSTGRESQL_DISK_FULL = "53100"


class Overloaded(Exception):
    """The server has too much to do just now; the same request may succeed in a moment."""


class StorageUnavailable(Exception):
    """The server that stores uploaded files does not answer, or refuses to. Everything else works without it."""

    def __init__(self) -> None:
        super().__init__("The storage of uploaded files does not answer, or refuses to: see MEDIA_STORAGE_URL.")


def is_temporary(error: BaseException | None) -> bool:
    """Return whether the same request may succeed later although nothing about it changes."""
    if isinstance(error, OperationalError):
        return not str(error).startswith("no such ")  # SQLite's words for a missing table or column
    return isinstance(error, (InterfaceError, Overloaded, StorageUnavailable, *CACHE_ERRORS)) or is_disk_full(error)


def is_service_unavailable(error: BaseException | None) -> bool:
    """Return whether the database or the cache cannot be reached, so that every request would time out."""
    cause = error.__cause__ if isinstance(error, (OperationalError, InterfaceError)) else None
    if cause and hasattr(cause, "sqlstate"):
        state = cause.sqlstate
        return state is None or (state[:2] in (CONNECTION_LOST, INTERVENTION) and state != CANCELLED)
    return isinstance(error, CACHE_ERRORS)


def is_disk_full(error: BaseException | None) -> bool:
    cause = error.__cause__ if isinstance(error, OperationalError) else error
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return getattr(cause, "sqlstate", None) == POSTGRESQL_DISK_FULL or (
        isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT)
    )
