"""Whether the site can write to its folders, and whether nobody else can read them."""

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from lessons.operations.findings import Finding, fail, ok, warn

OTHERS = stat.S_IRWXG | stat.S_IRWXO
# What SQLite writes beside a database.
SUFFIXES = ("", "-wal", "-shm", "-journal")


def check_folders(fix: bool) -> Iterator[Finding]:
    """Write a file to DATA_DIR, and compare modes and owners of what is private."""
    folder = Path(settings.DATA_DIR)
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"doctor")
    except OSError as error:
        yield fail(
            _("DATA_DIR, %(folder)s, cannot be written to: %(reason)s. Give it to the user of the server.")
            % {"folder": folder, "reason": error.strerror}
        )
        return
    yield ok(_("DATA_DIR, %(folder)s, can be written to.") % {"folder": folder})
    found = False
    for path in _private_paths(folder):
        for finding in (_owner(path, folder), _mode(path, fix)):
            if finding:
                found = True
                yield finding
    if not found:
        yield ok(_("Nobody but its owner can open it."))


def _private_paths(folder: Path) -> list[Path]:
    """Return DATA_DIR and, wherever they are, the files of the database."""
    paths = [folder]
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not name.startswith((":memory:", "file:")):
        paths += [Path(f"{name}{suffix}") for suffix in SUFFIXES]
    return [path for path in paths if path.exists()]


def _owner(path: Path, folder: Path) -> Finding | None:
    """Return what is wrong if the server, which runs as the owner of DATA_DIR, cannot use a file of somebody else."""
    owner = folder.stat().st_uid
    if path.stat().st_uid != owner:
        return fail(
            _("%(path)s belongs to another user than DATA_DIR. Run: chown --reference=%(folder)s %(path)s")
            % {"path": path, "folder": folder}
        )
    if path == folder and os.geteuid() != owner:
        return warn(
            _(
                "%(folder)s belongs to another user than the one who runs this command. Run commands as that "
                "user: what they write, the server must be able to read."
            )
            % {"folder": folder}
        )
    return None


def _mode(path: Path, fix: bool) -> Finding | None:
    """Return whether others could open it; close it to them if `fix`."""
    if not path.stat().st_mode & OTHERS:
        return None
    wanted = 0o700 if path.is_dir() else 0o600
    if fix:
        try:
            path.chmod(wanted)
        except OSError as error:
            return fail(
                _("Other users can open %(path)s, and that cannot be changed: %(reason)s.")
                % {"path": path, "reason": error.strerror}
            )
        return ok(_("Other users could open %(path)s. It has been closed to them.") % {"path": path})
    return fail(
        _("Other users can open %(path)s. Run: chmod %(wanted)s %(path)s, or doctor with --fix.")
        % {"path": path, "wanted": f"{wanted:o}"}
    )
