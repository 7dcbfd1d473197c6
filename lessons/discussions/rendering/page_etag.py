"""The ETag of a page, computed before the page is rendered: a reader who has the page gets 304.

It is a digest of the values that the page shows, not of times of change, so that every change changes it. Whoever adds
a value to such a page adds it there, too; a test compares pages with their ETags.
"""

from collections.abc import Callable
from hashlib import blake2b

import django
from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language

from lessons.permissions import can_enter_authoring


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


def page_etag(request: HttpRequest, *values: object) -> str | None:
    """Return the ETag of a page that shows these values, besides the site bar and its forms.

    None if the page must be rendered: it shows a message once, or templates may change while the server runs.
    """
    if settings.DEBUG or len(get_messages(request)):
        return None
    static = getattr(staticfiles_storage, "manifest_hash", "")
    site = (CODE_DIGEST, static, settings.SITE_NAME, get_language(), timezone.get_current_timezone_name())
    shown = (site, _viewer_values(request), values)
    return f'"{blake2b(repr(shown).encode(errors="surrogatepass"), digest_size=16).hexdigest()}"'


def _viewer_values(request) -> tuple:
    """Return what the site bar shows, and the CSRF secret: an unchanged page can still submit its forms."""
    user = request.user
    if not user.is_authenticated:
        return ()
    get_token(request)
    appearance = (user.theme, user.text_size)
    account = (user.pk, user.display_name, user.email, user.unread_count, user.is_superuser, can_enter_authoring(user))
    return *account, *appearance, request.META["CSRF_COOKIE"]


def render_unless_known(request: HttpRequest, etag: str | None, render: Callable[[], HttpResponse]) -> HttpResponse:
    """Return 304 to a reader who has the page with this ETag, otherwise what `render` returns, with it."""
    response = get_conditional_response(request, etag=etag) or render()
    if etag:
        response.headers["ETag"] = etag
    return response
