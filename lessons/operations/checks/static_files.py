"""Whether style sheets, scripts and icons were collected since the last upgrade."""

from collections.abc import Iterator
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lessons.operations.findings import Finding, fail, ok

COMMAND = gettext_lazy("Run manage.py collectstatic --noinput --ignore '*.map', then restart the server.")


def check_static_files(fix: bool) -> Iterator[Finding]:
    """Look for each static file of the program among the collected ones."""
    if not isinstance(staticfiles_storage, ManifestFilesMixin):
        yield ok(_("Static files are served as they are: this is a development site."))
        return
    manifest = Path(staticfiles_storage.path(staticfiles_storage.manifest_name))
    if not manifest.exists():
        yield fail(
            _("The static files are not collected: pages have no style sheets. %(what_to_do)s")
            % {"what_to_do": COMMAND}
        )
        return
    collected_at, collected = manifest.stat().st_mtime, staticfiles_storage.hashed_files
    old = [name for name, file in _sources() if name not in collected or file.stat().st_mtime > collected_at]
    if old:
        yield fail(
            _("%(count)s static files are newer than the collected ones, for example %(example)s. %(what_to_do)s")
            % {"count": len(old), "example": old[0], "what_to_do": COMMAND}
        )
    else:
        yield ok(_("All %(count)s static files are collected.") % {"count": len(collected)})


def _sources() -> Iterator[tuple[str, Path]]:
    """Return the static files of the program and the packages it uses, each with its name and its path."""
    for finder in get_finders():
        for name, storage in finder.list(["*.map"]):
            yield name, Path(storage.path(name))
