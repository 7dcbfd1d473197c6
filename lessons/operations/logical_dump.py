"""What a database says, whatever database it is: every row in the order of its key, as a line of JSON.

Two databases with the same lines hold the same site. Left out is what is not the site's: sessions, the search index,
which is computed from the rest, and what Django's migrations write.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import models

CHUNK = 2_000
COMPUTED_APPS = {"indexing", "sessions", "contenttypes", "auth", "usersessions"}


def site_models() -> list[type[models.Model]]:
    """Return the models whose rows are the site's, by the names of their tables."""
    found = (model for model in apps.get_models(include_auto_created=True) if _is_of_site(model))
    return sorted(found, key=lambda model: model._meta.db_table)


def _is_of_site(model: type[models.Model]) -> bool:
    options = model._meta
    return options.managed and not options.proxy and options.app_label not in COMPUTED_APPS


def row_counts(database: str) -> dict[str, int]:
    """Return the number of rows by table. One query a table."""
    return {model._meta.db_table: model._base_manager.using(database).count() for model in site_models()}


def dump_lines(database: str) -> Iterator[bytes]:
    """Return a line for each row: the name of its table and its values, ordered by table and key."""
    for model in site_models():
        table = model._meta.db_table
        for values in stored_rows(model, database):
            yield json.dumps([table, *map(_neutral, values)], ensure_ascii=False, sort_keys=True).encode() + b"\n"


def stored_rows(model: type[models.Model], database: str) -> Iterator[tuple]:
    """Return the values of the model's own columns, ordered by its key. One query."""
    rows = model._base_manager.using(database).order_by("pk").values_list(*column_names(model))
    return rows.iterator(chunk_size=CHUNK)


@lru_cache
def column_names(model: type[models.Model]) -> tuple[str, ...]:
    """Return the names of the fields that the model's own table stores."""
    return tuple(field.attname for field in model._meta.local_concrete_fields)


def digest(database: str) -> str:
    """Return the SHA-256 of all lines, in hexadecimal."""
    computed = hashlib.sha256()
    for line in dump_lines(database):
        computed.update(line)
    return computed.hexdigest()


def _neutral(value: Any) -> Any:
    """Return the value as JSON knows it. Moments are in UTC, whatever the zone in which the database gives them."""
    if value is None or isinstance(value, str | bool | int | float | dict | list):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return str(value)
