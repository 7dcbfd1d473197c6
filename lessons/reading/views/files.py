"""Images, and the icon of the site."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.templatetags.static import static

from lessons.courses.models import Course, readable_by
from lessons.models import Asset
from lessons.stored_files import send_file

IMMUTABLE = "max-age=31536000, immutable"


@login_not_required
def asset(request, uid):
    """Serve an image to those who may read its course. A uid's file never changes, so browsers keep it for a year."""
    asset = get_object_or_404(readable_by(Asset.objects.select_related("course"), request.user, "course"), uid=uid)
    shared = "private" if asset.course.visibility == Course.Visibility.MEMBERS else "public"
    return send_file(request, asset.file, content_type="image/webp", cache_control=f"{shared}, {IMMUTABLE}")


@login_not_required
def favicon(request):
    return HttpResponsePermanentRedirect(static("favicon.svg"))
