"""Whether style sheets, scripts and icons were collected since the last upgrade."""

from collections.abc import Iterator
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage

from lessons.operations.findings import Finding, fail, ok

COMMAND = "Run manage.py collectstatic --noinput --ignore '*.map', then restart the server."


def check_static_files(fix: bool) -> Iterator[Finding]:
    """Look for each static file of the program among the collected ones."""
    if not isinstance(staticfiles_storage, ManifestFilesMixin):
        yield ok("Static files are served as they are: this is a development site.")
        return
    manifest = Path(staticfiles_storage.path(staticfiles_storage.manifest_name))
    if not manifest.exists():
        yield fail(f"The static files are not collected: pages have no style sheets. {COMMAND}")
        return
    collected_at, collected = manifest.stat().st_mtime, staticfiles_storage.hashed_files
    old = [name for name, file in _sources() if name not in collected or file.stat().st_mtime > collected_at]
    if old:
        yield fail(f"{len(old)} static files are newer than the collected ones, for example {old[0]}. {COMMAND}")
    else:
        yield ok(f"All {len(collected)} static files are collected.")


def _sources() -> Iterator[tuple[str, Path]]:
    """Return the static files of the program and the packages it uses, each with its name and its path."""
    for finder in get_finders():
        for name, storage in finder.list(["*.map"]):
            yield name, Path(storage.path(name))
