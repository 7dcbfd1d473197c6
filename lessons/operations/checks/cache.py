"""Whether the cache answers, and whether all processes share it."""

from collections.abc import Iterator

from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext as _

from lessons.operations import health
from lessons.operations.findings import Finding, Status, ok, warn

PER_PROCESS = "django.core.cache.backends.locmem.LocMemCache"
IN_DATABASE = "django.core.cache.backends.db.DatabaseCache"


def check_cache(fix: bool) -> Iterator[Finding]:
    """Write to the cache and read from it. A missing table is created."""
    finding, backend = health.check_cache(), settings.CACHES["default"]["BACKEND"]
    if finding.status == Status.FAIL and fix and backend == IN_DATABASE:
        call_command("createcachetable", verbosity=0)
        finding = health.check_cache()
        if finding.status == Status.OK:
            finding = ok(_("The table of the cache was missing. It has been created."))
    yield finding
    if backend == PER_PROCESS and not settings.DEVELOPMENT:
        yield warn(
            _(
                "Each process has a cache of its own, so each counts failed sign-ins by itself. Set CACHE_URL to "
                "dbcache://cache or to Redis."
            )
        )
