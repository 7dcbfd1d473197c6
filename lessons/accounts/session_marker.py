"""Tell pages that the browser kept whether they still belong to whoever is signed in.

Pressing “Back” shows a page as it was, from the browser's memory or disk, without asking the server. So each page of
an account says whose it is by a marker, and a cookie, which scripts can read, has the marker of the account that is
signed in. `session-guard.js` compares them. The marker is not secret: it grants no access and names
nobody.
"""

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.utils.crypto import salted_hmac

COOKIE = "session_marker"
LENGTH = 16


def session_marker(request) -> str:
    """Return the marker of the account that is signed in; empty if none is, or the request was refused before."""
    user = getattr(request, "user", None)
    user_id = request.session.get(SESSION_KEY) if user and user.is_authenticated else None
    return salted_hmac("lessons.accounts.session_marker", user_id).hexdigest()[:LENGTH] if user_id else ""


class SessionMarkerMiddleware:
    """Keep the cookie with the marker in step with the session. It expires when the session's cookie does.

    Once somebody has signed out, or another account has signed in, the browser is told to empty its cache, too,
    which it does only over HTTPS. Runs no query: responses that did not need the session are left as they are.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        session = request.session
        if not session.accessed:
            return response
        marker, sent = session_marker(request), request.COOKIES.get(COOKIE, "")
        if marker and (marker != sent or session.modified):
            response.set_cookie(
                COOKIE,
                marker,
                max_age=None if session.get_expire_at_browser_close() else session.get_expiry_age(),
                path=settings.SESSION_COOKIE_PATH,
                domain=settings.SESSION_COOKIE_DOMAIN,
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Lax",
            )
        elif sent and not marker:
            response.delete_cookie(
                COOKIE, path=settings.SESSION_COOKIE_PATH, domain=settings.SESSION_COOKIE_DOMAIN, samesite="Lax"
            )
        if sent and marker != sent:
            response.headers["Clear-Site-Data"] = '"cache"'
        return response
