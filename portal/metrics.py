"""`/metrics/` for Prometheus, if METRICS_TOKEN is set: requests by view and status, and the state of the site."""

import os
from collections.abc import Iterator
from contextlib import suppress

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from lessons.operations.overview import site_figures


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the metrics of all processes of this host to whoever sends the token."""
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    site = CollectorRegistry()
    site.register(SiteCollector())
    response = HttpResponse(generate_latest(_process_registry()) + generate_latest(site), CONTENT_TYPE_LATEST)
    response.headers["Cache-Control"] = "no-store"
    return response


def _process_registry() -> CollectorRegistry:
    """Return the registry of this process, or one that adds up those of all processes: see gunicorn.conf.py."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    all_processes = CollectorRegistry()
    MultiProcessCollector(all_processes)
    return all_processes


class SiteCollector:
    """The state of the site, asked for at each request for the metrics. Without the database there is none."""

    def collect(self) -> Iterator[Metric]:
        with suppress(DatabaseError, InterfaceError):
            for name, (value, meaning) in site_figures(timezone.now()).items():
                if value is not None:
                    yield GaugeMetricFamily(f"commonplace_{name}", meaning, value)
