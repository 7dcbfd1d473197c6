"""Keep the site's data from other users of the machine: files 0600 in folders 0700, new and existing ones."""

import logging
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from django.core.management.utils import get_random_secret_key

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
OTHERS = stat.S_IRWXG | stat.S_IRWXO
# What SQLite writes beside a database.
DATABASE_SUFFIXES = ("", "-wal", "-shm", "-journal")
# A folder with anything else in it is not the site's alone.
OWN_FILES = {".gitignore", "secret-key", "media", "static", *(f"db.sqlite3{suffix}" for suffix in DATABASE_SUFFIXES)}

log = logging.getLogger(__name__)


def make_private_folder(folder: Path) -> None:
    """Create the folder for its owner alone. Close an existing one to others, unless it has files that are not ours:
    then log a warning.
    """
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    if not folder.stat().st_mode & OTHERS:
        return
    if all(file.name in OWN_FILES for file in folder.iterdir()) and _restrict(folder, PRIVATE_FOLDER):
        return
    log.warning("Other users can open the folder %s. If it is the site's alone, run: chmod 700 %s", folder, folder)


def secret_in(file: Path) -> str:
    """Return the secret in `file`. Without the file, create it with a new one, which its owner alone can read.

    Of processes that start together only one creates it, and no other sees it half written.
    """
    if not file.exists():
        with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix=".secret-") as new:
            new.write(get_random_secret_key())
            new.flush()
            with suppress(FileExistsError):
                os.link(new.name, file)
    return file.read_text("utf-8").strip()


def make_private_database(name: str) -> None:
    """Create the file of an SQLite database, or close the existing one to others; SQLite's other files follow it."""
    if not name or name.startswith((":memory:", "file:")):
        return
    file = Path(name)
    if file.parent.is_dir() and not file.exists():
        file.touch(PRIVATE_FILE)
    for path in (Path(f"{name}{suffix}") for suffix in DATABASE_SUFFIXES):
        if path.exists() and path.stat().st_mode & OTHERS and not _restrict(path, PRIVATE_FILE):
            log.warning("Other users can read the database. As its owner, run: chmod 600 %s", path)


def _restrict(path: Path, mode: int) -> bool:
    """Return whether the mode could be set: only the owner can do that."""
    try:
        path.chmod(mode)
    except OSError:
        return False
    return True
