"""Health checks, for load balancers, containers and monitors. Anybody may ask; nothing in the answers is private."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse

from lessons.operations.findings import Status
from lessons.operations.health import examine


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
