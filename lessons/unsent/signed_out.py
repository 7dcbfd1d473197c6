"""Give back what was submitted with a stale token, after the session had ended, or to a server that failed.

With the signed field of its form the text is kept for its author, and shown again once they have signed in. What
cannot be kept is on the page that answers, in a form that can be sent again. Only a request that came from a page of
this site gets its text back: another site must not make people send a form that it has filled in.
"""

import re
import sys
from contextlib import suppress
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote, unquote, urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.csrf import csrf_failure as django_csrf_failure
from structlog.contextvars import get_contextvars

from lessons.accounts.models import User
from lessons.db.availability import is_disk_full, is_service_unavailable, is_temporary
from lessons.db.unsent_texts import (
    KEPT_FOR,
    SECRET_FIELD,
    WRITER_FIELD,
    UnsentTextNotSaved,
    Writer,
    read_writer,
    save_unsent_text,
    written_fields,
)
from lessons.unsent.form_pages import FormPage, find_form_page

JSON_LD = "application/ld+json"
RETRY_SECONDS = 2
# Names the forms that were accepted, as draft key and idempotency key.
SENT_COOKIE = "unsent_sent"
SENT_NAME = re.compile(r"[\w-]+\.[\w-]*")
MAX_SENT_FORMS, MAX_SENT_NAME_LENGTH = 4, 130
# Pages about passwords, codes and keys never show again what was sent to them.
SECRET_PAGES = ("account_", "mfa_", "socialaccount_", "usersessions_")
# The fields in which people write; in others, whatever has a space in it is text as well.
TEXT_FIELDS = {
    "source": gettext_lazy("Your text"),
    "title": gettext_lazy("Title"),
    "tags": gettext_lazy("Tags"),
    "body": gettext_lazy("Text"),
    "text": gettext_lazy("Text"),
    "summary": gettext_lazy("Summary"),
    "description": gettext_lazy("Description"),
    "definition": gettext_lazy("Definition"),
    "term": gettext_lazy("Term"),
    "event": gettext_lazy("Event"),
    "detail": gettext_lazy("Detail"),
    "about": gettext_lazy("About you"),
    "reason": gettext_lazy("Reason"),
    "message": gettext_lazy("Message"),
    "alt": gettext_lazy("Alternative text"),
}
# What a form says about the passage of a note, which its author did not write.
QUOTED_FIELDS = {"exact", "prefix", "suffix"}


class ReturnedField(NamedTuple):
    """A field of a submitted form. Text is shown, the rest is hidden."""

    name: str
    value: str

    @property
    def is_text(self) -> bool:
        if self.name in QUOTED_FIELDS or not self.value.strip():
            return False
        return self.name.rpartition("-")[2] in TEXT_FIELDS or " " in self.value.strip() or "\n" in self.value.strip()

    @property
    def label(self) -> str:
        name = self.name.rpartition("-")[2]
        return str(TEXT_FIELDS.get(name) or name.replace("_", " ").capitalize())


def returned_fields(request: HttpRequest) -> list[ReturnedField]:
    """Return what may be shown again of a submitted form: nothing from a page about secrets or from another site.

    An empty list means that nobody wrote anything.
    """
    match = request.resolver_match
    if not is_from_this_site(request) or (match and match.view_name.startswith(SECRET_PAGES)):
        return []
    fields = [
        ReturnedField(name, value)
        for name, values in request.POST.lists()
        if name == WRITER_FIELD or not (name == "csrfmiddlewaretoken" or SECRET_FIELD.search(name))
        for value in values
    ]
    return fields if any(field.is_text for field in fields) else []


def is_from_this_site(request: HttpRequest) -> bool:
    """Return whether a page of this site sent the request, as far as the browser says."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()


class SignedOutMiddleware(LoginRequiredMiddleware):
    """Ask visitors to sign in, and keep what they sent from a page that was opened while they were signed in.

    A form that one person wrote is never sent as another, who has signed in on the same browser since.
    """

    def process_view(self, request, view_func, view_args, view_kwargs):
        writer = read_writer(request.POST) if request.method == "POST" else None
        if writer and request.user.is_authenticated and writer.user_id != request.user.pk:
            return answer_other_account(request, writer)
        request.unsent_text_of = writer
        return super().process_view(request, view_func, view_args, view_kwargs)

    def process_response(self, request, response):
        """Name a form that was accepted in a cookie, so that the browser forgets what it has kept of it."""
        writer = getattr(request, "unsent_text_of", None)
        if writer and _is_accepted(request, response):
            key = request.POST.get("key") or request.POST.get("form_key") or ""
            name_sent(request, response, f"{writer.draft_key}.{key}")
        return response

    def handle_no_permission(self, request, view_func):
        answer = answer_signed_out(request) if request.method == "POST" else None
        return answer or super().handle_no_permission(request, view_func)


def _is_accepted(request: HttpRequest, response: HttpResponse) -> bool:
    """Return whether a form was processed: it then redirects, or answers a script with a success status."""
    if request.user.is_anonymous or request.resolver_match is None or request.resolver_match.namespace == "unsent":
        return False
    is_success = response.status_code < HTTPStatus.MULTIPLE_CHOICES and "json" in response.get("Content-Type", "")
    return is_success or response.status_code in (HTTPStatus.FOUND, HTTPStatus.SEE_OTHER)


def name_sent(request: HttpRequest, response: HttpResponse, sent: str) -> None:
    """Add a form to those that the cookie names for `static/js/unsent/sent-cookie.js`."""
    before = unquote(request.COOKIES.get(SENT_COOKIE, "")).split("|")
    names = [name for name in before if SENT_NAME.fullmatch(name)][-MAX_SENT_FORMS:]
    value = quote("|".join([*names, sent[:MAX_SENT_NAME_LENGTH]]))
    response.set_cookie(
        SENT_COOKIE, value, max_age=KEPT_FOR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=False
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a request without a valid CSRF token, and give back what was written: as a page that can be sent again,
    or as JSON to scripts and to programs that exchange annotations.
    """
    accepted = request.headers.get("Accept", "")
    if "text/html" not in accepted and JSON_LD in (*accepted.replace(";", ",").split(","), request.content_type):
        cookie = settings.CSRF_COOKIE_NAME
        message = _("The CSRF token is missing. Send the value of the %s cookie in the X-CSRFToken header.") % cookie
        return JsonResponse({"errors": [message]}, status=403)
    fields, writer = returned_fields(request), read_writer(request.POST)
    if fields and request.user.is_anonymous:
        return answer_signed_out(request) or django_csrf_failure(request, reason)
    if fields and writer and writer.user_id != request.user.pk:
        return answer_other_account(request, writer)
    if fields and is_script(request):
        get_token(request)  # sets the cookie whose value the script sends next time
        return JsonResponse({"errors": [_("The form has expired. Send it again.")], "expired": True}, status=403)
    if fields:
        return _give_back(request, fields, "expired")
    return django_csrf_failure(request, reason)


def answer_signed_out(request: HttpRequest) -> HttpResponse | None:
    """Keep what was sent without a session, for its author, and ask them to sign in; None if nothing was written."""
    fields, writer = returned_fields(request), read_writer(request.POST)
    if not fields:
        return None
    page = _keep(request, writer) if writer else None
    if is_script(request):
        kept = _("You’ve been signed out. Your text has been saved: sign in in another tab, then send it again.")
        not_kept = _("You’ve been signed out. Sign in in another tab, then send it again.")
        return JsonResponse({"errors": [kept if page else not_kept], "signed_out": True}, status=403)
    if page:
        messages.info(request, _("You were signed out. Your text has been saved: sign in to continue writing."))
        address = page.address(written_fields(request.POST))
        return redirect(f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': address})}")
    return _give_back(request, fields, "signed_out")


def answer_other_account(request: HttpRequest, writer: Writer) -> HttpResponse:
    """Keep what was sent from a page of another account, and say so without showing it."""
    _keep(request, writer)
    message = _("Somebody has signed in with another account in this browser. Nothing was sent.")
    if is_script(request):
        return JsonResponse({"errors": [message], "signed_out": True}, status=403)
    return _unstored(render(request, "unsent/other_account.html", status=403))


def _keep(request: HttpRequest, writer: Writer) -> FormPage | None:
    """Keep the submitted text for its author; return where they wrote it, None if it could not be kept."""
    user = User.objects.filter(pk=writer.user_id, is_active=True).first()
    page = find_form_page(user, writer.draft_key) if user else None
    if page is None or not page.can_write:
        return None
    with suppress(UnsentTextNotSaved):
        fields = written_fields(request.POST)
        save_unsent_text(user_id=writer.user_id, draft_key=writer.draft_key, fields=fields, max_bytes=page.max_bytes)
        return page
    return None


def is_script(request: HttpRequest) -> bool:
    """Return whether a page's script sent the request, and shows a message itself."""
    return "text/html" not in request.headers.get("Accept", "text/html")


def _give_back(request: HttpRequest, fields: list[ReturnedField], reason: str) -> HttpResponse:
    context = {"fields": fields, "files": list(request.FILES), "reason": reason, "address": request.get_full_path()}
    return _unstored(render(request, "unsent/returned.html", context, status=403))


def _unstored(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that the server failed, and give back what was written. Django calls this while it handles the error; a
    temporary one, such as an unavailable database, is answered with 503.

    Rendered without the request, so that no context processor and no query can fail a second time.
    """
    error = sys.exc_info()[1]
    if is_temporary(error):
        return unavailable(request, error)
    context = _returned_context(request) | {"request_id": get_contextvars().get("request_id", "")}
    return HttpResponseServerError(render_to_string("errors/500.html", context))


def unavailable(request: HttpRequest, error: BaseException | None = None) -> HttpResponse:
    """Answer 503 without database, session and cache, and give back what was written.

    The attribute `is_service_unavailable` of the response says whether that is the reason.
    """
    if "json" in request.headers.get("Accept", "") and is_script(request):
        message = _("The site is busy, or part of it can’t be reached. Try again in a moment.")
        response: HttpResponse = JsonResponse({"errors": [message]}, status=503)
    else:
        context = _returned_context(request) | {"is_disk_full": is_disk_full(error)}
        if request.method in ("GET", "HEAD"):
            context["retry_address"] = request.get_full_path()
        response = HttpResponse(render_to_string("errors/503.html", context), status=503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.is_service_unavailable = is_service_unavailable(error)  # type: ignore[attr-defined]
    return _unstored(response)


def _returned_context(request: HttpRequest) -> dict[str, object]:
    context: dict[str, object] = {"site_name": settings.SITE_NAME}
    with suppress(Exception):  # whatever is wrong with the request, the page must be shown
        if request.method == "POST":
            address, token = request.get_full_path(), get_token(request)
            context |= {"fields": returned_fields(request), "files": list(request.FILES)}
            context |= {"address": address, "csrf_token": token}
    return context
