"""One annotation at its IRI, a note or a reply: read, changed, deleted, as the Web Annotation Protocol has it."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from lessons.annotations import passages
from lessons.annotations.models import Annotation
from lessons.annotations.services import annotate
from lessons.discussions.models import Post, Thread
from lessons.discussions.services import errors, moderation
from lessons.markup.sanitise import InvalidText
from lessons.permissions import can_delete_post, can_edit_annotation, can_edit_post, require
from lessons.webannotations import deserialize, from_jsonld, iris, protocol, selectors
from lessons.webannotations.deserialize import IncomingAnnotation

ALLOW = "GET, HEAD, OPTIONS, PUT, DELETE"
TYPES = {"http://www.w3.org/ns/ldp#Resource": "type", "http://www.w3.org/ns/oa#Annotation": "type"}


def annotation_protocol(allow: str, links: dict[str, str], varies: str = "Accept"):
    """A view whose answers carry the protocol's headers, refusals too; people get the site's own 404 without them."""

    def dress(view):
        told = protocol.answer_api_clients(view)

        @wraps(told)
        def dressed(request, *args, **kwargs):
            try:
                response = told(request, *args, **kwargs)
            except protocol.HttpProblem as refused:
                response = protocol.problem_response(refused)
            except PermissionDenied:
                response = protocol.problem_response(
                    protocol.HttpProblem(403, _("You may read this, but not change it."))
                )
            except (errors.ActionRefused, InvalidText) as refused:
                response = protocol.problem_response(protocol.HttpProblem(_status(refused), str(refused)))
            return protocol.with_protocol_headers(response, allow=allow, links=links, varies=varies)

        return dressed

    return dress


def _status(refused: Exception) -> int:
    """What cannot be understood or placed is 422, what stands against it meanwhile 409."""
    if isinstance(refused, errors.RateLimited):
        return 429
    wrong = (
        from_jsonld.UnsupportedAnnotation,
        passages.PassageNotFound,
        passages.PassageTooLong,
        annotate.CommentRequired,
        InvalidText,
    )
    return 422 if isinstance(refused, wrong) else 409


@annotation_protocol(ALLOW, TYPES)
def annotation(request, uid, pk=None):
    """A note: JSON-LD, or for people its place in the margin. `pk` is the lesson in whose container it is."""
    notes = selectors.readable_annotations(request.user).filter(uid=uid, **({"lesson": pk} if pk else {}))
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return _respond(request, notes, Post.objects.none())
    _check_method(request)
    with transaction.atomic():
        note = _lock_annotation(notes)
        described = _check(request, notes, Post.objects.none())
        require(can_edit_annotation(request.user, note))
        if request.method == "DELETE":
            annotate.delete_annotation(annotation=note, by=request.user)
            return HttpResponse(status=204)
        opening = _opening(note)
        require(opening is None or can_edit_post(request.user, opening))
        root, now = iris.site_root(request), deserialize.deserialize(described).current_target
        item = _incoming(request)
        from_jsonld.update_from_jsonld(
            annotation=note, opening=opening, now=now, item=item, by=request.user, root=root
        )
        return _respond(request, notes, Post.objects.none())


@annotation_protocol(ALLOW, TYPES)
def reply(request, pk, post):
    """A reply, by the id of its post: JSON-LD, or for people its permanent address."""
    notes = selectors.readable_annotations(request.user).filter(lesson=pk)
    replies = selectors.readable_replies(request.user, notes).filter(pk=post)
    none = Annotation.objects.none()
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return _respond(request, none, replies)
    _check_method(request)
    with transaction.atomic():
        found = replies.select_related("thread__course", "origin").first()
        if found is None:
            raise Http404
        Thread.objects.select_for_update().get(pk=found.thread_id)
        described = _check(request, none, replies)
        if request.method == "DELETE":
            require(can_delete_post(request.user, found))
            moderation.delete_post(post=found, by=request.user)
            return HttpResponse(status=204)
        require(can_edit_post(request.user, found))
        target, root = described["target"], iris.site_root(request)
        from_jsonld.update_reply_from_jsonld(
            post=found, target=target, item=_incoming(request), by=request.user, root=root
        )
        return _respond(request, none, replies)


def _respond(request: HttpRequest, notes, replies) -> HttpResponse:
    if request.method in ("GET", "HEAD") and protocol.wants_html(request):
        return _page(notes, replies)
    described = _described(request, notes, replies)
    if request.method == "OPTIONS":
        return HttpResponse()
    response = protocol.jsonld_response(request, described)
    response.headers["Content-Location"] = described["id"]
    return response


def _page(notes, replies) -> HttpResponse:
    """Where people read it."""
    note, post = notes.first(), replies.first()
    if note:
        return redirect(note)
    if post:
        return redirect(post)
    raise Http404


def _described(request: HttpRequest, notes, replies) -> dict:
    found = selectors.serialized(notes, replies, request.user, iris.site_root(request))
    if not found:
        raise Http404
    return next(iter(found.values()))


def _check(request: HttpRequest, notes, replies) -> dict:
    described = _described(request, notes, replies)
    protocol.require_if_match(request, described)
    return described


def _check_method(request: HttpRequest) -> None:
    if request.method not in ("PUT", "DELETE"):
        raise protocol.HttpProblem(405, _("An annotation is read, changed by PUT and deleted by DELETE."))


def _lock_annotation(notes) -> Annotation:
    """The note and its thread under their locks, so that nothing changes between its ETag and its change."""
    found = Annotation.objects.select_for_update(of=["self"]).filter(pk__in=notes.values("pk")).first()
    if found is None:
        raise Http404
    if found.thread_id:
        Thread.objects.select_for_update().get(pk=found.thread_id)
    rows = Annotation.objects.select_related("thread__course", "lesson__module__course", "origin", "revision")
    return rows.defer("revision__html", "revision__text").get(pk=found.pk)


def _opening(note: Annotation) -> Post | None:
    posts = Post.objects.select_related("thread__course")
    return posts.filter(pk__in=Annotation.objects.filter(pk=note.pk).values(opening=selectors.opening_post())).first()


def _incoming(request: HttpRequest) -> IncomingAnnotation:
    return deserialize.deserialize(protocol.read_json(request))
