"""The address of the inbox, and the messages there about what has just been done, which offer to undo it."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.db.ids import parse_id
from lessons.discussions.models import Thread
from lessons.discussions.services.undo import last_undoable


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


def say_done(request: HttpRequest, text: str, thread: Thread, back: str, *, by: User) -> None:
    """Say what the user has done with the thread or a post in it; where it can be undone, offer that."""
    entry = last_undoable(thread=thread, by=by)
    undo_url = reverse("discussions:undo", args=[thread.course.slug, entry.pk]) if entry else ""
    messages.success(request, text, extra_tags=with_next(undo_url, back) if undo_url else "")


def with_next(url: str, back: str) -> str:
    """Return the address with the page to go to afterwards."""
    return f"{url}?{urlencode({'next': back})}"
