"""The root URL configuration: every URL of the site is in `lessons/urls.py`, except that of the metrics."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("", include("lessons.urls"))]
if settings.METRICS_TOKEN:
    from portal.metrics import metrics

    urlpatterns.append(path("metrics/", metrics))

handler404 = "lessons.reading.error_views.not_found"
handler403 = "lessons.reading.error_views.forbidden"
handler400 = "lessons.reading.error_views.bad_request"
handler500 = "lessons.unsent.signed_out.server_error"
