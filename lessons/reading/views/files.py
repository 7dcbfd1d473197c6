"""Images, the site's mark, and the two addresses by which a machine asks how the site is."""

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import FileResponse, Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.templatetags.static import static

from lessons.courses.models import Course, readable_by
from lessons.models import Asset

IMMUTABLE = "max-age=31536000, immutable"


@login_not_required
def asset(request, uid):
    """An image, with its course's permission. What stands under a uid never changes, so it is kept for a year."""
    asset = get_object_or_404(readable_by(Asset.objects.select_related("course"), request.user, "course"), uid=uid)
    try:
        response = FileResponse(asset.file.open("rb"), content_type="image/webp")
    except FileNotFoundError:
        raise Http404 from None
    shared = "private" if asset.course.visibility == Course.Visibility.MEMBERS else "public"
    response.headers["Cache-Control"] = f"{shared}, {IMMUTABLE}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@login_not_required
def favicon(request):
    return HttpResponsePermanentRedirect(static("favicon.svg"))


@login_not_required
def health_live(request):
    """A constant through the whole middleware, without the database."""
    return HttpResponse("live\n", content_type="text/plain")


@login_not_required
def health_ready(request):
    """Whether the database answers: 200, or 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HttpResponse("the database does not answer\n", content_type="text/plain", status=503)
    return HttpResponse("ready\n", content_type="text/plain")
