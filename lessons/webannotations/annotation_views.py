"""An annotation or a reply at its IRI: read, changed and deleted by the Web Annotation Protocol."""

from contextlib import suppress
from functools import wraps
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.annotations import passages
from lessons.annotations.models import Annotation
from lessons.annotations.services import annotate
from lessons.courses.models import Course
from lessons.discussions.models import Post, Thread
from lessons.discussions.services import errors, moderation
from lessons.markup.sanitise import InvalidText
from lessons.memo import memoizing
from lessons.permissions import can_delete_post, can_edit_annotation, can_edit_post, require
from lessons.webannotations import deserialize, from_jsonld, iris, protocol, selectors
from lessons.webannotations.deserialize import IncomingAnnotation

ALLOW = "GET, HEAD, OPTIONS, PUT, DELETE"
TYPES = {"http://www.w3.org/ns/ldp#Resource": "type", "http://www.w3.org/ns/oa#Annotation": "type"}


def annotation_protocol(allow: str, links: dict[str, str], varies: str = "Accept"):
    """Return the decorator of a view whose responses, including errors, carry the protocol's headers; browsers get
    the site's own 404 without them."""

    def decorate(view):
        inner = protocol.answer_api_clients(view)

        @wraps(inner)
        def wrapper(request, *args, **kwargs):
            try:
                response = inner(request, *args, **kwargs)
            except protocol.HttpProblem as problem:
                response = protocol.problem_response(problem)
            except PermissionDenied:
                response = protocol.problem_response(
                    protocol.HttpProblem(403, _("You can read this, but not change it."))
                )
            except (errors.ActionRefused, InvalidText) as error:
                response = protocol.problem_response(protocol.HttpProblem(_status(error), str(error)))
            return protocol.with_protocol_headers(response, allow=allow, links=links, varies=varies)

        return wrapper

    return decorate


def _status(error: Exception) -> int:
    """Return 422 for what cannot be understood or placed, 409 for what conflicts with the current state."""
    if isinstance(error, errors.RateLimited):
        return 429
    unprocessable = (
        from_jsonld.UnsupportedAnnotation,
        passages.PassageNotFound,
        passages.PassageTooLong,
        annotate.CommentRequired,
        InvalidText,
    )
    return 422 if isinstance(error, unprocessable) else 409


@annotation_protocol(ALLOW, TYPES)
def annotation(request: AuthenticatedHttpRequest, uid: UUID, pk: int | None = None) -> HttpResponse:
    """Read, change or delete an annotation: JSON-LD, or for people a redirect to its position. `pk` is the lesson in
    whose container it is."""
    annotations = selectors.readable_annotations(request.user).filter(uid=uid, **({"lesson": pk} if pk else {}))
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return _respond(request, annotations, Post.objects.none())
    _check_method(request)
    with memoizing():
        if note := annotations.select_related("lesson__module__course").first():
            opening = _opening(note)
            _prepare_text(request, note.lesson.module.course, opening.idempotency_key if opening else note.uid)
        return _change_annotation(request, annotations)


@transaction.atomic
def _change_annotation(request: AuthenticatedHttpRequest, annotations: QuerySet) -> HttpResponse:
    locked = _lock_annotation(annotations)
    document = _check(request, annotations, Post.objects.none())
    require(can_edit_annotation(request.user, locked))
    if request.method == "DELETE":
        annotate.delete_annotation(annotation=locked, by=request.user)
        return HttpResponse(status=204)
    opening = _opening(locked)
    require(opening is None or can_edit_post(request.user, opening))
    from_jsonld.update_from_jsonld(
        annotation=locked,
        opening=opening,
        current_target=deserialize.deserialize(document).current_target,
        item=_incoming(request),
        by=request.user,
        root=iris.site_root(request),
    )
    return _respond(request, annotations, Post.objects.none())


@annotation_protocol(ALLOW, TYPES)
def reply(request: AuthenticatedHttpRequest, pk: int, post: int) -> HttpResponse:
    """Read, change or delete a reply, by the id of its post: JSON-LD, or for people a redirect to its permanent
    address."""
    replies = selectors.readable_replies(request.user, pk).filter(pk=post)
    none = Annotation.objects.none()
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return _respond(request, none, replies)
    _check_method(request)
    with memoizing():
        if existing := replies.select_related("thread__course").first():
            _prepare_text(request, existing.thread.course, existing.idempotency_key)
        return _change_reply(request, replies)


@transaction.atomic
def _change_reply(request: AuthenticatedHttpRequest, replies: QuerySet) -> HttpResponse:
    locked = replies.select_related("thread__course", "origin").first()
    if locked is None:
        raise Http404
    Thread.objects.select_for_update().get(pk=locked.thread_id)
    none = Annotation.objects.none()
    document = _check(request, none, replies)
    if request.method == "DELETE":
        require(can_delete_post(request.user, locked))
        moderation.delete_post(post=locked, by=request.user)
        return HttpResponse(status=204)
    require(can_edit_post(request.user, locked))
    target, root = document["target"], iris.site_root(request)
    from_jsonld.update_reply_from_jsonld(
        post=locked, target=target, item=_incoming(request), by=request.user, root=root
    )
    return _respond(request, none, replies)


def _prepare_text(request: AuthenticatedHttpRequest, course: Course, key: UUID | None) -> None:
    """Render the text that is sent before anything is locked; whatever is wrong with it is found again afterwards."""
    if request.method == "PUT":
        with suppress(protocol.HttpProblem, errors.ActionRefused, InvalidText):
            from_jsonld.prepare_text(_incoming(request), course, key)


def _respond(request: AuthenticatedHttpRequest, annotations: QuerySet, replies: QuerySet) -> HttpResponse:
    if request.method in ("GET", "HEAD") and protocol.wants_html(request):
        return _redirect_to_page(annotations, replies)
    document = _document(request, annotations, replies)
    if request.method == "OPTIONS":
        return HttpResponse()
    response = protocol.jsonld_response(request, document)
    response.headers["Content-Location"] = document["id"]
    return response


def _redirect_to_page(annotations: QuerySet, replies: QuerySet) -> HttpResponse:
    """Redirect people to the page of the note or reply."""
    note, post = annotations.first(), replies.first()
    if note:
        return redirect(note)
    if post:
        return redirect(post)
    raise Http404


def _document(request: AuthenticatedHttpRequest, annotations: QuerySet, replies: QuerySet) -> dict:
    """Return the JSON-LD of the first one. Raise Http404 where there is none."""
    rows = selectors.annotation_rows(annotations), selectors.reply_rows(replies, request.user)
    documents = selectors.serialize_rows(*rows, request.user, iris.site_root(request))
    if not documents:
        raise Http404
    return next(iter(documents.values()))


def _check(request: AuthenticatedHttpRequest, annotations: QuerySet, replies: QuerySet) -> dict:
    document = _document(request, annotations, replies)
    protocol.require_if_match(request, document)
    return document


def _check_method(request: AuthenticatedHttpRequest) -> None:
    if request.method not in ("PUT", "DELETE"):
        raise protocol.HttpProblem(405, _("Use GET to read an annotation, PUT to change it and DELETE to delete it."))


def _lock_annotation(annotations: QuerySet) -> Annotation:
    """Return the annotation, locked with its thread, so that nothing changes between its ETag and its change."""
    locked = Annotation.objects.select_for_update(of=["self"]).filter(pk__in=annotations.values("pk")).first()
    if locked is None:
        raise Http404
    if locked.thread_id:
        Thread.objects.select_for_update().get(pk=locked.thread_id)
    rows = Annotation.objects.select_related("thread__course", "lesson__module__course", "origin", "revision")
    return rows.defer("revision__html", "revision__text").get(pk=locked.pk)


def _opening(annotation: Annotation) -> Post | None:
    posts = Post.objects.select_related("thread__course")
    return posts.filter(
        pk__in=Annotation.objects.filter(pk=annotation.pk).values(opening=selectors.opening_post())
    ).first()


def _incoming(request: AuthenticatedHttpRequest) -> IncomingAnnotation:
    return deserialize.deserialize(protocol.read_json(request))
