"""HTTP for the Web Annotation Protocol: content negotiation, bodies, ETags, problems."""

import hashlib
import json
import re
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from lessons.markup.sanitise import InvalidText
from lessons.webannotations import parse

JSON_LD = 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
JSON_TYPES = ("application/ld+json", "application/json")
HTML_TYPES = ("text/html", "application/xhtml+xml")
TAG = re.compile(r'(W/)?"[^"]*"')
MAX_BYTES = 200_000


class HttpProblem(Exception):
    """A request that cannot be fulfilled: a status, and sentences for the person who made it."""

    def __init__(self, status: int, *messages: str):
        super().__init__(*messages)
        self.status, self.messages = status, messages


def wants_html(request: HttpRequest) -> bool:
    """Return whether HTML is preferred to JSON-LD, which is the default. Raise HttpProblem (406)."""
    for accepted in request.accepted_types:
        name = f"{accepted.main_type}/{accepted.sub_type}"
        if name in JSON_TYPES or name in ("*/*", "application/*"):
            return False
        if name in HTML_TYPES or name == "text/*":
            return True
    raise HttpProblem(406, _("This URL offers application/ld+json, application/json and text/html."))


def prefers_html(request: HttpRequest) -> bool:
    """Return whether the client prefers HTML; False if it accepts neither."""
    try:
        return wants_html(request)
    except HttpProblem:
        return False


def answer_api_clients(view):
    """Answer programs that are not signed in with 401, and those that request what they may not see with 404.
    Browsers are redirected to sign in, or get the site's own 404."""

    @login_not_required
    @wraps(view)
    def inner(request, *args, **kwargs):
        is_browser = prefers_html(request)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path()) if is_browser else _unauthorised()
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if is_browser:
                raise
            return problem_response(HttpProblem(404, _("There is nothing here that you can read.")))

    return inner


def _unauthorised() -> HttpResponse:
    """Return a 401 with the scheme of draft-broyer-http-cookie-auth: clients sign in with a form and are
    identified by a cookie."""
    form, cookie = resolve_url(settings.LOGIN_URL), settings.SESSION_COOKIE_NAME
    response = problem_response(HttpProblem(401, _("Sign in first, and send your session cookie.")))
    response.headers["WWW-Authenticate"] = f'Cookie realm="notes", form-action="{form}", cookie-name="{cookie}"'
    return response


def jsonld_response(request: HttpRequest, document: dict, *, status: int = 200) -> HttpResponse:
    """Return JSON-LD with an ETag of its bytes; 304 if the client has them."""
    body = to_json_bytes(document)
    tag = etag_of(body)
    if status == 200 and request.method in ("GET", "HEAD") and _matches(request, "If-None-Match", tag, weak=True):
        return HttpResponseNotModified(headers={"ETag": tag})
    return HttpResponse(body, status=status, content_type=JSON_LD, headers={"ETag": tag})


def problem_response(problem: HttpProblem) -> HttpResponse:
    """Return the messages as JSON: it is mostly programs that use this protocol, and people can read it too."""
    body = json.dumps({"errors": list(problem.messages)}, ensure_ascii=False)
    return HttpResponse(body, status=problem.status, content_type="application/json")


def with_protocol_headers(
    response: HttpResponse, *, allow: str, links: dict[str, str], varies: str = "Accept"
) -> HttpResponse:
    """Add the headers that every response of an annotation or a container has."""
    response.headers["Allow"] = allow
    response.headers["Link"] = ", ".join(f'<{iri}>; rel="{rel}"' for iri, rel in links.items())
    patch_vary_headers(response, [*varies.split(), "Cookie"])
    return response


def read_json(request: HttpRequest) -> object:
    """Return the JSON of the request. Raise HttpProblem: 415 for another format, 413 where it is too large, 400 for
    invalid JSON."""
    if request.content_type not in JSON_TYPES:
        raise HttpProblem(415, _("Send the annotation as application/ld+json or application/json."))
    if len(request.body) > MAX_BYTES:
        raise HttpProblem(413, _("This annotation is too large: a note can hold 20 kB of text."))
    try:
        return parse.parse_json(request.body)
    except InvalidText as error:
        raise HttpProblem(400, str(error)) from None


def require_if_match(request: HttpRequest, document: dict) -> None:
    """Raise HttpProblem unless `If-Match` names the annotation as it is: 428 without the header, 412 for another
    ETag."""
    if "If-Match" not in request.headers:
        raise HttpProblem(428, _("Send the ETag you received as If-Match, so that newer changes are not overwritten."))
    if not _matches(request, "If-Match", etag_of(to_json_bytes(document)), weak=False):
        raise HttpProblem(412, _("This annotation has changed since. Fetch it again, then repeat your change."))


def to_json_bytes(document: object) -> bytes:
    """Return JSON in UTF-8, without lone surrogates."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "ignore")


def etag_of(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _matches(request: HttpRequest, header: str, tag: str, *, weak: bool) -> bool:
    """Return whether a header names the ETag, as in RFC 9110, 13.1: a weak tag never matches for a change."""
    value = request.headers.get(header, "").strip()
    if value == "*":
        return True
    tags = [match[0] for match in TAG.finditer(value)]
    return tag in ([one.removeprefix("W/") for one in tags] if weak else tags)
