"""HTTP as the Web Annotation Protocol asks for it: what is wanted, what is sent, and whether it changed meanwhile."""

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
    """What was asked cannot be done: a status, and sentences for the person who asked."""

    def __init__(self, status: int, *sentences: str):
        super().__init__(*sentences)
        self.status, self.messages = status, sentences


def wants_html(request: HttpRequest) -> bool:
    """Whether HTML is liked better than JSON-LD, which is what those get who do not say. Raises Unanswerable (406)."""
    for wanted in request.accepted_types:
        name = f"{wanted.main_type}/{wanted.sub_type}"
        if name in JSON_TYPES or name in ("*/*", "application/*"):
            return False
        if name in HTML_TYPES or name == "text/*":
            return True
    raise HttpProblem(406, _("This address answers application/ld+json, application/json and text/html."))


def prefers_html(request: HttpRequest) -> bool:
    """Whether pages are wanted, rather than what a program reads."""
    try:
        return wants_html(request)
    except HttpProblem:
        return False


def answer_api_clients(view):
    """Who is not signed in, or asks for what is not there for them, is led to sign in or shown the site's own 404 if
    they are a person; a program gets 401 or 404, whatever there is."""

    @login_not_required
    @wraps(view)
    def inner(request, *args, **kwargs):
        for_people = prefers_html(request)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path()) if for_people else _unauthorised()
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if for_people:
                raise
            return problem_response(HttpProblem(404, _("There is nothing here that you may read.")))

    return inner


def _unauthorised() -> HttpResponse:
    """The scheme is that of draft-broyer-http-cookie-auth: one signs in by a form, and is known by a cookie."""
    form, cookie = resolve_url(settings.LOGIN_URL), settings.SESSION_COOKIE_NAME
    response = problem_response(HttpProblem(401, _("Sign in first, and send the cookie of your session along.")))
    response.headers["WWW-Authenticate"] = f'Cookie realm="notes", form-action="{form}", cookie-name="{cookie}"'
    return response


def jsonld_response(request: HttpRequest, described: dict, *, status: int = 200) -> HttpResponse:
    """JSON-LD with an ETag of its very bytes; 304 to who has them."""
    body = to_json_bytes(described)
    tag = etag_of(body)
    if status == 200 and request.method in ("GET", "HEAD") and _matches(request, "If-None-Match", tag, weak=True):
        return HttpResponseNotModified(headers={"ETag": tag})
    return HttpResponse(body, status=status, content_type=JSON_LD, headers={"ETag": tag})


def problem_response(refused: HttpProblem) -> HttpResponse:
    """The sentences as JSON, since who speaks this protocol is a program; people read them all the same."""
    body = json.dumps({"errors": list(refused.messages)}, ensure_ascii=False)
    return HttpResponse(body, status=refused.status, content_type="application/json")


def with_protocol_headers(
    response: HttpResponse, *, allow: str, links: dict[str, str], varies: str = "Accept"
) -> HttpResponse:
    """With the headers that every answer of an annotation or a container carries."""
    response.headers["Allow"] = allow
    response.headers["Link"] = ", ".join(f'<{iri}>; rel="{rel}"' for iri, rel in links.items())
    patch_vary_headers(response, [*varies.split(), "Cookie"])
    return response


def read_json(request: HttpRequest) -> object:
    """The JSON that was sent. Raises Unanswerable: 415 for another format, 413 for a book, 400 for what is none."""
    if request.content_type not in JSON_TYPES:
        raise HttpProblem(415, _("Send the annotation as application/ld+json or application/json."))
    if len(request.body) > MAX_BYTES:
        raise HttpProblem(413, _("This annotation is too large: a note holds 20 kB of words."))
    try:
        return parse.parse_json(request.body)
    except InvalidText as refused:
        raise HttpProblem(400, str(refused)) from None


def require_if_match(request: HttpRequest, described: dict) -> None:
    """Raises Unanswerable unless `If-Match` names the annotation as it stands: 428 without one, 412 for another."""
    if "If-Match" not in request.headers:
        raise HttpProblem(
            428, _("Send the ETag you were given as If-Match, so that nothing newer is written over unseen.")
        )
    if not _matches(request, "If-Match", etag_of(to_json_bytes(described)), weak=False):
        raise HttpProblem(412, _("This annotation was changed meanwhile. Fetch it again, then repeat your change."))


def to_json_bytes(described: object) -> bytes:
    """JSON in UTF-8, without the half characters that no text has."""
    return json.dumps(described, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "ignore")


def etag_of(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _matches(request: HttpRequest, header: str, tag: str, *, weak: bool) -> bool:
    """As RFC 9110, 13.1: a weak tag never fits where something is to be changed."""
    given = request.headers.get(header, "").strip()
    if given == "*":
        return True
    tags = [found[0] for found in TAG.finditer(given)]
    return tag in ([one.removeprefix("W/") for one in tags] if weak else tags)
