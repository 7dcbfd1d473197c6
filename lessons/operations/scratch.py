"""A second database beside the site's own, for as long as a command needs it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import environ
from django.conf import settings
from django.db import connections

SQLITE = "django.db.backends.sqlite3"
SQLITE_OPTIONS = {"init_command": "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"}


def sqlite_settings(file: Path) -> dict[str, Any]:
    return {"ENGINE": SQLITE, "NAME": str(file), "OPTIONS": SQLITE_OPTIONS}


def settings_of(url: str) -> dict[str, Any]:
    """Return the settings of the database at an address, as `DATABASE_URL` takes it. Raise ValueError."""
    scheme, separator, _rest = url.partition("://")
    if not separator or scheme not in ("sqlite", "postgres", "postgresql"):
        raise ValueError(
            f"“{url}” is no address of a database: use sqlite:///path or postgres://user:password@host/name."
        )
    named = dict(environ.Env.db_url_config(url))
    return named | {"OPTIONS": SQLITE_OPTIONS} if scheme == "sqlite" else named


def postgresql_url(database: dict[str, Any], name: str) -> str:
    """Return the address of the database called `name` on the server that the settings name."""
    user, password, host = (quote(str(database.get(key) or ""), safe="") for key in ("USER", "PASSWORD", "HOST"))
    return f"postgres://{user}:{password}@{host or 'localhost'}:{database.get('PORT') or 5432}/{quote(name, safe='')}"


@contextmanager
def database_alias(alias: str, database: dict[str, Any]) -> Iterator[str]:
    """Make a database known to Django under an alias, within the block."""
    shared = {"TIME_ZONE": settings.DATABASES["default"].get("TIME_ZONE")}
    configured = connections.configure_settings({"default": settings.DATABASES["default"], alias: shared | database})
    connections.settings[alias] = configured[alias]
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]
