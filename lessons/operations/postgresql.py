"""PostgreSQL's own programs for dumps: `pg_dump`, `pg_restore`."""

import os
import subprocess
from pathlib import Path
from typing import Any


class ProgramFailed(ValueError):
    """A program of PostgreSQL that is missing or failed. Its message is a sentence for the person who called it."""


def dump(settings: dict[str, Any], target: Path, *, snapshot: str) -> None:
    """Write the state of the database that the exported `snapshot` shows. Raise ProgramFailed."""
    target.touch(0o600)
    _run("pg_dump", "--format=custom", "--compress=1", f"--snapshot={snapshot}", f"--file={target}", settings=settings)


def restore(settings: dict[str, Any], source: Path) -> None:
    """Replace the tables of the database by those of a dump, in one transaction. Raise ProgramFailed."""
    options = ("--clean", "--if-exists", "--single-transaction", "--exit-on-error")
    database = f"--dbname={settings['NAME']}"
    _run("pg_restore", *options, "--no-owner", "--no-privileges", database, str(source), settings=settings)


def _run(program: str, *arguments: str, settings: dict[str, Any]) -> None:
    try:
        done = subprocess.run(  # noqa: S603
            [program, *arguments], env=os.environ | _connection(settings), capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise ProgramFailed(
            f"{program} is not installed. Install the PostgreSQL client programs of your server's version."
        ) from None
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise ProgramFailed(f"{program} failed: {said[-1] if said else f'exit code {done.returncode}'}")


def _connection(settings: dict[str, Any]) -> dict[str, str]:
    """Return the variables that tell the programs where the database is. A password is not visible in them to others,
    as it would be among the arguments.
    """
    options = settings.get("OPTIONS", {})
    named = {
        "PGHOST": settings["HOST"],
        "PGPORT": settings["PORT"],
        "PGUSER": settings["USER"],
        "PGPASSWORD": settings["PASSWORD"],
        "PGDATABASE": settings["NAME"],
        "PGSSLMODE": options.get("sslmode"),
        "PGSSLROOTCERT": options.get("sslrootcert"),
        "PGCONNECT_TIMEOUT": "10",
    }
    return {name: str(value) for name, value in named.items() if value}
