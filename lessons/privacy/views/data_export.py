"""The page where users request and download their data."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lessons.db.idempotency import submit_once
from lessons.privacy.data_export import ExportAlreadyRequested, latest_export, next_request_at, request_export
from lessons.privacy.models import DataExport
from lessons.stored_files import send_file


def data_export(request):
    """Show what is kept about the user, with links to download it or delete the account. POST requests an export."""
    if request.method == "POST":
        try:
            submit_once(request, lambda: _request_export(request))
        except ExportAlreadyRequested as refusal:
            messages.info(request, str(refusal))
        return redirect("privacy:data_export")
    latest = latest_export(request.user)
    context = {
        "latest": latest,
        "ready": latest if latest and _is_available(latest) else None,
        "next_request_at": next_request_at(latest),
        "memberships": request.user.memberships.active().select_related("course").order_by("course__title"),
    }
    return render(request, "privacy/data_export.html", context)


def _request_export(request) -> str:
    request_export(user=request.user)
    messages.success(request, _("Your data is being collected. We will e-mail you when it is ready."))
    return reverse("privacy:data_export")


def _is_available(export: DataExport) -> bool:
    return bool(export.file and export.expires_at and export.expires_at > timezone.now())


def download_export(request, uid):
    """Send the ZIP to its owner until it expires; for others it does not exist."""
    export = get_object_or_404(DataExport, uid=uid, user=request.user, expires_at__gt=timezone.now())
    if not export.file:
        raise Http404
    return send_file(
        request,
        export.file,
        content_type="application/zip",
        cache_control="private, no-store",
        download_as="my-data.zip",
    )
