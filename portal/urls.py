"""The root URL configuration: every URL of the site is in `lessons/urls.py`."""

from django.urls import include, path

urlpatterns = [path("", include("lessons.urls"))]

handler404 = "lessons.reading.error_views.not_found"
handler403 = "lessons.reading.error_views.forbidden"
handler400 = "lessons.reading.error_views.bad_request"
handler500 = "lessons.unsent.signed_out.server_error"
