"""One annotation at its IRI, a note or a reply: read, changed, deleted, as the Web Annotation Protocol has it."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from lessons.annotations.actions import making, receiving
from lessons.annotations.jsonld import addresses, contents, reading
from lessons.annotations.jsonld.reading import Item
from lessons.annotations.models import Annotation
from lessons.annotations.protocol import http
from lessons.discussions.actions import order, writing
from lessons.discussions.models import Post, Thread
from lessons.permissions import can_change_annotation, can_change_post, can_delete_post, require
from lessons.text import UnreadableText

ALLOW = "GET, HEAD, OPTIONS, PUT, DELETE"
TYPES = {"http://www.w3.org/ns/ldp#Resource": "type", "http://www.w3.org/ns/oa#Annotation": "type"}


def speaks_protocol(allow: str, links: dict[str, str], varies: str = "Accept"):
    """A view whose answers carry the protocol's headers, refusals too; people get the site's own 404 without them."""

    def dress(view):
        told = http.tells_programs(view)

        @wraps(told)
        def dressed(request, *args, **kwargs):
            try:
                response = told(request, *args, **kwargs)
            except http.Unanswerable as refused:
                response = http.refusal(refused)
            except PermissionDenied:
                response = http.refusal(http.Unanswerable(403, _("You may read this, but not change it.")))
            except (writing.Refused, UnreadableText) as refused:
                response = http.refusal(http.Unanswerable(_status(refused), str(refused)))
            return http.dressed(response, allow=allow, links=links, varies=varies)

        return dressed

    return dress


def _status(refused: Exception) -> int:
    """What cannot be understood or placed is 422, what stands against it meanwhile 409."""
    if isinstance(refused, writing.TooFast):
        return 429
    wrong = (receiving.NotTaken, making.NoSuchPassage, making.PassageTooLong, making.WordsMissing, UnreadableText)
    return 422 if isinstance(refused, wrong) else 409


@speaks_protocol(ALLOW, TYPES)
def annotation(request, uid, pk=None):
    """A note: JSON-LD, or for people its place in the margin. `pk` is the lesson in whose container it is."""
    notes = contents.notes_for(request.user).filter(uid=uid, **({"lesson": pk} if pk else {}))
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return _shown(request, notes, Post.objects.none())
    _check_method(request)
    with transaction.atomic():
        note = _locked(notes)
        described = _check(request, notes, Post.objects.none())
        require(can_change_annotation(request.user, note))
        if request.method == "DELETE":
            making.remove(annotation=note, by=request.user)
            return HttpResponse(status=204)
        opening = _opening(note)
        require(opening is None or can_change_post(request.user, opening))
        root, now = addresses.root_of(request), reading.item_of(described).now
        item = _item(request)
        receiving.replace_note(annotation=note, opening=opening, now=now, item=item, by=request.user, root=root)
        return _shown(request, notes, Post.objects.none())


@speaks_protocol(ALLOW, TYPES)
def reply(request, pk, post):
    """A reply, by the id of its post: JSON-LD, or for people its permanent address."""
    notes = contents.notes_for(request.user).filter(lesson=pk)
    replies = contents.replies_for(request.user, notes).filter(pk=post)
    none = Annotation.objects.none()
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return _shown(request, none, replies)
    _check_method(request)
    with transaction.atomic():
        found = replies.select_related("thread__course", "origin").first()
        if found is None:
            raise Http404
        Thread.objects.select_for_update().get(pk=found.thread_id)
        described = _check(request, none, replies)
        if request.method == "DELETE":
            require(can_delete_post(request.user, found))
            order.delete(post=found, by=request.user)
            return HttpResponse(status=204)
        require(can_change_post(request.user, found))
        target, root = described["target"], addresses.root_of(request)
        receiving.replace_reply(post=found, target=target, item=_item(request), by=request.user, root=root)
        return _shown(request, none, replies)


def _shown(request: HttpRequest, notes, replies) -> HttpResponse:
    if request.method in ("GET", "HEAD") and http.wants_html(request):
        return _page(notes, replies)
    described = _described(request, notes, replies)
    if request.method == "OPTIONS":
        return HttpResponse()
    response = http.answer(request, described)
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
    found = contents.described(notes, replies, request.user, addresses.root_of(request))
    if not found:
        raise Http404
    return next(iter(found.values()))


def _check(request: HttpRequest, notes, replies) -> dict:
    described = _described(request, notes, replies)
    http.check_match(request, described)
    return described


def _check_method(request: HttpRequest) -> None:
    if request.method not in ("PUT", "DELETE"):
        raise http.Unanswerable(405, _("An annotation is read, changed by PUT and deleted by DELETE."))


def _locked(notes) -> Annotation:
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
    return posts.filter(pk__in=Annotation.objects.filter(pk=note.pk).values(opening=contents.first_post())).first()


def _item(request: HttpRequest) -> Item:
    return reading.item_of(http.document(request))
