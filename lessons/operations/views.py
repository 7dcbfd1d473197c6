"""Health checks, for load balancers, containers and monitors; and the page for those who run the site.

Anybody may ask for the health checks; nothing in the answers is private.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lessons.authoring.access import render_page
from lessons.operations import overview
from lessons.operations.findings import Status
from lessons.operations.health import examine
from lessons.permissions import can_administer_site, require


@login_not_required
def health_live(request):
    """Answer through all of the middleware, without the database."""
    return HttpResponse("live\n", content_type="text/plain")


@login_not_required
def health_ready(request):
    """Say whether the site can serve: 200, or 503 without database, migrations, cache or room on the disk.

    A scheduler that does not run and e-mails that wait are reported with the status `warn`, and 200.
    """
    findings = dict(examine())
    statuses = {finding.status for finding in findings.values()}
    overall = next((status for status in (Status.FAIL, Status.WARN) if status in statuses), Status.OK)
    checks = {name: {"status": finding.status, "message": finding.sentence} for name, finding in findings.items()}
    answer = JsonResponse({"status": overall, "checks": checks}, status=503 if overall == Status.FAIL else 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """Show administrators how the site is running: jobs, mail, backups, disk and versions."""
    require(can_administer_site(request.user))
    context = {"title": _("Operations"), "overview": overview.overview(timezone.now())}
    return render_page(request, "operations/overview.html", context)
