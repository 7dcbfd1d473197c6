"""The ETag of a lesson's page, computed before the page is rendered: a reader who has the page gets 304.

It is a digest of the values that the page shows, not of times of change, so that every change changes it. Add any
new value that the page shows; `tests/reading/test_etag.py` compares pages with their ETags.
"""

from hashlib import blake2b
from typing import NamedTuple

import django
from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.staticfiles.storage import staticfiles_storage
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.translation import get_language

from lessons.annotations.margin.counts import LessonCounts
from lessons.courses.due_dates import DueDate
from lessons.discussions.rendering.thread_list import ThreadPage
from lessons.permissions import can_enter_authoring
from lessons.reading.selectors.published_lesson import PublishedLesson
from lessons.reading.structured_data import site_root


def _code_digest() -> str:
    """Return a digest of the code and templates that render the page; all workers and machines get the same."""
    digest = blake2b(django.__version__.encode(), digest_size=16)
    for folder in ("lessons", "portal", "templates"):
        for file in sorted((settings.BASE_DIR / folder).rglob("*.*")):
            if file.suffix in (".html", ".mo", ".py"):
                digest.update(str(file.relative_to(settings.BASE_DIR)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


# Computed when the code is loaded: when it is first needed, the files may already be those of the next release.
CODE_DIGEST = _code_digest()


class ReaderState(NamedTuple):
    """What a lesson's page shows of a reader's course besides the lesson: comments, which are None for those who may
    not discuss, counts, and when the module's lessons are due.
    """

    threads: ThreadPage | None
    counts: LessonCounts
    due_dates: dict[int, DueDate]


def lesson_etag(request, published: PublishedLesson, state: ReaderState) -> str | None:
    """Return the ETag of the lesson's page.

    None if the page must be rendered: it shows a message once, or templates may change while the server runs.
    """
    if settings.DEBUG or len(get_messages(request)):
        return None
    static = getattr(staticfiles_storage, "manifest_hash", "")
    site = (CODE_DIGEST, static, settings.SITE_NAME, get_language(), timezone.get_current_timezone_name())
    threads, (notes, course), due_dates = state
    thread_values = threads and (threads.html, threads.total)
    context = (thread_values, notes and sorted(notes.items()), course, list(due_dates.items()))
    values = (site, site_root(request), _viewer_values(request), published.etag_values, context)
    return f'"{blake2b(repr(values).encode(errors="surrogatepass"), digest_size=16).hexdigest()}"'


def _viewer_values(request) -> tuple:
    """Return what the site bar shows, and the CSRF secret: an unchanged page can still submit its forms."""
    user = request.user
    if not user.is_authenticated:
        return ()
    get_token(request)
    appearance = (user.theme, user.text_size)
    account = (user.pk, user.display_name, user.email, user.unread_count, user.is_superuser, can_enter_authoring(user))
    return *account, *appearance, request.META["CSRF_COOKIE"]
