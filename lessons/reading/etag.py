"""Whether somebody already has a lesson's page as it would be printed now: known before it is printed.

The ETag is made of the values that the page shows, not of times of change, so that nothing can change without it. Who
prints something new on the page adds it here; `tests/reading/lessons/test_unchanged.py` compares pages with their
ETags.
"""

from hashlib import blake2b

import django
from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.staticfiles.storage import staticfiles_storage
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.translation import get_language

from lessons.discussions.rendering.thread_list import ThreadPage
from lessons.models import Lesson
from lessons.permissions import can_enter_authoring
from lessons.reading.structured_data import site_root


def _code_digest() -> str:
    """What prints the page: its code and templates, by their content, so that all workers and machines agree."""
    release = blake2b(django.__version__.encode(), digest_size=16)
    for folder in ("lessons", "portal", "templates"):
        for file in sorted((settings.BASE_DIR / folder).rglob("*.*")):
            if file.suffix in (".html", ".mo", ".py"):
                release.update(str(file.relative_to(settings.BASE_DIR)).encode() + b"\0" + file.read_bytes())
    return release.hexdigest()


# When the code is loaded, not when it is first needed: then the files may be those of the next release.
CODE_DIGEST = _code_digest()


def lesson_etag(request, lesson: Lesson, talk: ThreadPage | None, notes: dict[int, int] | None = None) -> str | None:
    """For a lesson of `published_lesson`, what is said about it, and the counts of its module's notes; None where the
    page must be printed: it has a message that is shown once, or templates may change while the server runs."""
    if settings.DEBUG or len(get_messages(request)):
        return None
    static = getattr(staticfiles_storage, "manifest_hash", "")
    site = (CODE_DIGEST, static, settings.SITE_NAME, get_language(), timezone.get_current_timezone_name())
    about = (talk and talk.html, notes and sorted(notes.items()))
    shown = (site, site_root(request), _viewer_values(request), lesson.row, about)
    return f'"{blake2b(repr(shown).encode(errors="surrogatepass"), digest_size=16).hexdigest()}"'


def _viewer_values(request) -> tuple:
    """The bar, and what the tokens of the forms are made with: a page kept from before posts as long as it is this."""
    user = request.user
    if not user.is_authenticated:
        return ()
    get_token(request)
    looks = (user.theme, user.text_size)
    account = (user.pk, user.display_name, user.email, user.unread_count, user.is_superuser, can_enter_authoring(user))
    return *account, *looks, request.META["CSRF_COOKIE"]
