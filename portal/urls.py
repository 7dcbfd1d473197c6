"""The root: everything the portal answers stands in `lessons/urls.py`."""

from django.urls import include, path

urlpatterns = [path("", include("lessons.urls"))]

handler404 = "lessons.reading.errors.not_found"
handler403 = "lessons.reading.errors.forbidden"
handler400 = "lessons.reading.errors.bad_request"
handler500 = "lessons.reading.errors.server_error"
