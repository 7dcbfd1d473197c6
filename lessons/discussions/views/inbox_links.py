"""The address of the inbox, and where a request leads back to."""

from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from lessons.courses.models import Course
from lessons.db.ids import parse_id


def inbox_url(course: Course, group: int = 0) -> str:
    url = reverse("discussions:moderator_inbox", args=[course.slug])
    return f"{url}?group={group}" if group else url


def local_url(request: HttpRequest) -> str:
    """Return the URL on this site that the request names as `next`, in its form or address; empty without one."""
    url = request.POST.get("next") or request.GET.get("next", "")
    return url if url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None) else ""


def group_in_url(request: HttpRequest) -> int:
    """Return the id of the group that the inbox shows, or that the page showed to which the request leads back."""
    value = request.GET.get("group") or QueryDict(urlsplit(local_url(request)).query).get("group")
    return parse_id(value)


def with_next(url: str, back: str) -> str:
    """Return the address with the page to go to afterwards."""
    return f"{url}?{urlencode({'next': back})}"
