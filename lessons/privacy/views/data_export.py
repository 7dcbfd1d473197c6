"""My data: asked for, waited for, downloaded."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lessons.db.idempotency import submit_once
from lessons.privacy.data_export import ExportAlreadyRequested, latest_export, next_request_at, request_export
from lessons.privacy.models import DataExport


def data_export(request):
    """What is kept of one, the way to all of it, and the way out. `POST` asks for it."""
    if request.method == "POST":

        def ask() -> str:
            request_export(user=request.user)
            messages.success(request, _("Your data is being put together. We will write to you when it is ready."))
            return reverse("privacy:data_export")

        try:
            submit_once(request, ask)
        except ExportAlreadyRequested as refusal:
            messages.info(request, str(refusal))
        return redirect("privacy:data_export")
    latest = latest_export(request.user)
    now = timezone.now()
    ready = latest if latest and latest.file and latest.expires_at > now else None
    context = {
        "latest": latest,
        "ready": ready,
        "again_at": next_request_at(latest),
        "seats": request.user.memberships.active().select_related("course").order_by("course__title"),
    }
    return render(request, "privacy/data_export.html", context)


def download_export(request, uid):
    """The ZIP, for whose data it is, until it expires; for others it does not exist."""
    archive = get_object_or_404(DataExport, uid=uid, user=request.user, expires_at__gt=timezone.now())
    try:
        found = archive.file.open("rb")
    except (FileNotFoundError, ValueError):
        raise Http404 from None
    response = FileResponse(found, as_attachment=True, filename="my-data.zip", content_type="application/zip")
    response.headers["Cache-Control"] = "private, no-store"
    return response
