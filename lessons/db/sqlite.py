"""What SQLite alone needs: what was deleted is to be gone from its files, too. Does nothing on other databases."""

from django.db import connection
from django.db.backends.signals import connection_created
from django.dispatch import receiver

# Readers may keep the log busy; then it is truncated later, instead of making writers wait.
BUSY_TIMEOUT_MS = 500


def truncate_wal() -> bool:
    """Write the write-ahead log into the database file and empty it; return whether it is empty now.

    The log contains pages as they were before a change. Within a transaction it stays as it is.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return connection.vendor != "sqlite"
    with connection.cursor() as cursor:
        (timeout,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        try:
            busy, _frames, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(timeout)}")
    return not busy


@receiver(connection_created)
def remember_json(connection, **kwargs) -> None:
    """Tell Django that SQLite knows JSON, as each does that Python 3.11 can be built with.

    It would try that once in each thread, in a transaction that waits for every writer, and take a timeout for no.
    """
    if connection.vendor == "sqlite":
        connection.features.supports_json_field = True
