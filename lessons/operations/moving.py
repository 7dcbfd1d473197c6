"""Move a site from one database to another, of the same kind or not."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connections, models, transaction

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.operations.logical_dump import digest, stored_rows
from lessons.operations.scratch import database_alias, settings_of

BATCH = 500
# Computed from the rest, in the new database.
NOT_COPIED = {"indexing"}


class MoveRefused(ValueError):
    """Databases between which nothing can be moved. Its message is a sentence for the person who named them."""


def move_database(source_url: str, target_url: str, *, say: Callable[[str], object] = lambda _: None) -> int:
    """Copy all rows of one database into another that has none; return how many there are.

    The source only is read. In the target, all rows are there in the end or none, and its logical dump equals the
    source's. Raise ValueError, MoveRefused.
    """
    source_settings, target_settings = settings_of(source_url), settings_of(target_url)
    if source_settings == target_settings:
        raise MoveRefused("Both addresses are of the same database.")
    with database_alias("source", source_settings) as source, database_alias("target", target_settings) as target:
        _check_source(source)
        connections[target].ensure_connection()
        say("Creating the tables…")
        _run_manage("migrate", "--verbosity=0", url=target_url)
        _run_manage("createcachetable", url=target_url)
        if User._base_manager.using(target).exists() or Course._base_manager.using(target).exists():
            raise MoveRefused("The new database has accounts or courses already. Name an empty one.")
        with transaction.atomic(using=target):
            count = _copy_all(source, target, say)
            say("Comparing the databases…")
            if digest(source) != digest(target):
                raise MoveRefused("The copy differs from the original: stop the server, and try again.")
        say("Writing the search index…")
        _run_manage("rebuild_index", url=target_url)
    return count


def _check_source(source: str) -> None:
    """Raise MoveRefused unless there is a site in the database. A missing file of SQLite is not created."""
    database = connections[source].settings_dict
    if connections[source].vendor == "sqlite" and not Path(database["NAME"]).is_file():
        raise MoveRefused(f"There is no file {database['NAME']}.")
    tables = connections[source].introspection.table_names()
    if User._meta.db_table not in tables:
        raise MoveRefused("The first database has no tables of Commonplace.")


def _run_manage(*arguments: str, url: str) -> None:
    """Run a command of the site on another database, as a process of its own: migrations use the default one."""
    environment = os.environ | {"DATABASE_URL": url, "SECRET_KEY": settings.SECRET_KEY}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise MoveRefused(f"The new database cannot be prepared: {said[-1] if said else done.returncode}")


def _copy_all(source: str, target: str, say: Callable[[str], object]) -> int:
    """Copy the rows of every table. Foreign keys are checked at the end of the transaction."""
    copied = [model for model in apps.get_models(include_auto_created=True) if _is_copied(model)]
    with connections[target].cursor() as cursor:
        for model in reversed(copied):  # what the migrations have created: permissions, content types
            cursor.execute(f"DELETE FROM {connections[target].ops.quote_name(model._meta.db_table)}")  # noqa: S608
    count = 0
    for model in copied:
        rows = _copy(model, source, target)
        if rows:
            say(f"{model._meta.db_table}: {rows} rows")
        count += rows
    with connections[target].cursor() as cursor:
        for statement in connections[target].ops.sequence_reset_sql(no_style(), copied):
            cursor.execute(statement)
    return count


def _is_copied(model: type[models.Model]) -> bool:
    return model._meta.managed and not model._meta.proxy and model._meta.app_label not in NOT_COPIED


def _copy(model: type[models.Model], source: str, target: str) -> int:
    """Copy the rows of one table as they are: no field computes its value anew. Return how many."""
    connection, fields = connections[target], model._meta.local_concrete_fields
    quote = connection.ops.quote_name
    columns, places = ", ".join(quote(str(field.column)) for field in fields), ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608
    count = 0
    with connection.cursor() as cursor:
        for rows in _batches(stored_rows(model, source)):
            adapted = [
                [field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True)]
                for row in rows
            ]
            cursor.executemany(statement, adapted)
            count += len(rows)
    return count


def _batches(rows: Iterator[tuple]) -> Iterator[list[tuple]]:
    while batch := list(islice(rows, BATCH)):
        yield batch
