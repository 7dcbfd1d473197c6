"""A lesson's annotations as a container of the Linked Data Platform, in pages; new ones are posted to it."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie

from lessons.annotations.models import Annotation
from lessons.db.ids import parse_number
from lessons.discussions.models import Post
from lessons.discussions.views.access import get_lesson
from lessons.models import Lesson
from lessons.permissions import can_annotate, can_moderate, can_reply, require
from lessons.webannotations import deserialize, exchange_views, from_jsonld, iris, protocol, selectors
from lessons.webannotations.annotation_views import annotation_protocol
from lessons.webannotations.selectors import CollectionEntry
from lessons.webannotations.serialize import CONTEXT

PAGE_SIZE = 50
ALLOW = "GET, HEAD, OPTIONS, POST"
LINKS = {
    "http://www.w3.org/ns/ldp#BasicContainer": "type",
    "http://www.w3.org/TR/annotation-protocol/": "http://www.w3.org/ns/ldp#constrainedBy",
}
LDP = "http://www.w3.org/ns/ldp.jsonld"
MINIMAL = "http://www.w3.org/ns/ldp#PreferMinimalContainer"
IRIS = "http://www.w3.org/ns/oa#PreferContainedIRIs"
DESCRIPTIONS = "http://www.w3.org/ns/oa#PreferContainedDescriptions"
INCLUDE = re.compile(r'(?:^|[;,\s])include\s*=\s*(?:"([^"]*)"|([^\s;,]+))')


@ensure_csrf_cookie
@annotation_protocol(ALLOW, LINKS, "Accept Prefer")
def container(request, pk):
    """The container, a page of it with `?page=`, or what was posted to it."""
    lesson = get_lesson(request.user, pk)
    if request.method == "POST":
        return _create(request, lesson)
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        raise protocol.HttpProblem(405, _("A container is read, and takes annotations by POST."))
    response = HttpResponse() if request.method == "OPTIONS" else _shown(request, lesson)
    response.headers["Accept-Post"] = f"{protocol.JSON_LD}, application/json"
    return response


def _shown(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    entries = selectors.collection_entries(lesson, request.user)
    if protocol.wants_html(request):
        return _page_for_people(request, lesson, len(entries))
    book = AnnotationCollection(request, lesson, entries)
    if "page" in request.GET:
        return protocol.jsonld_response(request, book.page(_number(request.GET["page"])) | book.part_of())
    wishes = _preferences(request)
    if IRIS in wishes:
        book.only_iris = True
    response = protocol.jsonld_response(request, book.as_json(is_minimal=MINIMAL in wishes))
    response.headers["Content-Location"] = book.iri
    if wishes:
        response.headers["Preference-Applied"] = "return=representation"
    return response


def _page_for_people(request, lesson: Lesson, count: int) -> HttpResponse:
    course = lesson.module.course
    takes = can_moderate(request.user, course) and can_annotate(request.user, course)
    context = {"lesson": lesson, "course": course, "count": count, "takes": takes}
    return render(request, "webannotations/container.html", context)


def _number(given: str) -> int:
    number = parse_number(given)
    if number is None:
        raise Http404
    return number


def _preferences(request: HttpRequest) -> set[str]:
    """What `Prefer` asks to be included. Raises Unanswerable for two that cannot be had together."""
    header = request.headers.get("Prefer", "")
    found = INCLUDE.search(header) if "return=representation" in header.replace(" ", "") else None
    wishes = set((found[1] or found[2] or "").split()) & {MINIMAL, IRIS, DESCRIPTIONS} if found else set()
    if {IRIS, DESCRIPTIONS} <= wishes:
        raise protocol.HttpProblem(400, _("Annotations come as IRIs or as descriptions: prefer one of the two."))
    return wishes


class AnnotationCollection:
    """The container in pages. Its IRI says whether they hold whole annotations or IRIs alone."""

    def __init__(self, request: HttpRequest, lesson: Lesson, entries: list[CollectionEntry]):
        self.user, self.lesson, self.entries = request.user, lesson, entries
        self.root = iris.site_root(request)
        self.only_iris = request.GET.get("iris") == "1"
        self.last = max(0, len(entries) - 1) // PAGE_SIZE

    @property
    def iri(self) -> str:
        return f"{iris.container_iri(self.root, self.lesson.pk)}?iris={int(self.only_iris)}"

    def as_json(self, *, is_minimal: bool) -> dict:
        described = {
            "@context": [CONTEXT, LDP],
            "id": self.iri,
            "type": ["BasicContainer", "AnnotationCollection"],
            "label": exchange_views.collection_label(self.lesson),
            "total": len(self.entries),
        }
        if self.entries:
            described["first"] = self._address(0) if is_minimal else self.page(0)
            described["last"] = self._address(self.last)
        return described

    def page(self, number: int) -> dict:
        """Raises Http404 for a page that there is not."""
        if number > self.last or not self.entries:
            raise Http404
        around = {"prev": number - 1} if number else {}
        around |= {"next": number + 1} if number < self.last else {}
        return {
            "@context": CONTEXT,
            "id": self._address(number),
            "type": "AnnotationPage",
            "partOf": self.iri,
            "startIndex": number * PAGE_SIZE,
            **{name: self._address(n) for name, n in around.items()},
            "items": self._items(self.entries[number * PAGE_SIZE : (number + 1) * PAGE_SIZE]),
        }

    def part_of(self) -> dict:
        """What a page that stands alone says of the whole."""
        return {"partOf": {"id": self.iri, "type": "AnnotationCollection", "total": len(self.entries)}}

    def _address(self, number: int) -> str:
        return f"{self.iri}&page={number}"

    def _items(self, entries: list[CollectionEntry]) -> list:
        notes = Annotation.objects.filter(pk__in=[entry.pk for entry in entries if not entry.is_reply])
        replies = Post.objects.filter(pk__in=[entry.pk for entry in entries if entry.is_reply])
        if self.only_iris:
            uids = dict(notes.order_by().values_list("pk", "uid"))
            return [self._iri(entry, uids) for entry in entries if entry.is_reply or entry.pk in uids]
        found = selectors.serialized(notes, replies, self.user, self.root)
        return [found[entry[1:]] for entry in entries if entry[1:] in found]

    def _iri(self, entry: CollectionEntry, uids: dict) -> str:
        if entry.is_reply:
            return iris.reply_iri(self.root, self.lesson.pk, entry.pk)
        return iris.annotation_iri(self.root, self.lesson.pk, uids[entry.pk])


def _create(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    """A note, or with the motivation `replying` an answer to an annotation of this container."""
    require(can_annotate(request.user, lesson.module.course))
    item, root = deserialize.deserialize(protocol.read_json(request)), iris.site_root(request)
    notes, replies = Annotation.objects.none(), Post.objects.none()
    if item.is_reply:
        thread, answered = _reply_target(request, lesson, item, root)
        require(can_reply(request.user, thread))
        post = from_jsonld.create_reply_from_jsonld(
            item=item, by=request.user, lesson=lesson, thread=thread, reply_to=answered
        )
        if post.seq is None:
            return _pending_moderation()
        replies = Post.objects.filter(pk=post.pk)
        iri = iris.reply_iri(root, lesson.pk, post.pk)
    else:
        note = from_jsonld.create_from_jsonld(item=item, by=request.user, lesson=lesson, root=root)
        notes = Annotation.objects.filter(pk=note.pk)
        iri = iris.annotation_iri(root, lesson.pk, note.uid)
    described = next(iter(selectors.serialized(notes, replies, request.user, root).values()))
    response = protocol.jsonld_response(request, described, status=201)
    response.headers["Location"] = response.headers["Content-Location"] = iri
    return response


def _pending_moderation() -> HttpResponse:
    """Accepted, but nobody reads it yet, and it has no address before staff have looked."""
    sentence = _("Your post has a link and your account is new: staff will look at it first.")
    return protocol.problem_response(protocol.HttpProblem(202, sentence))


def _reply_target(request: HttpRequest, lesson: Lesson, item: deserialize.IncomingAnnotation, root: str):
    """The thread, and the post in it that is answered, None for the note itself."""
    own, notes = (
        iris.local_annotation(root, item.source),
        selectors.readable_annotations(request.user).filter(lesson=lesson),
    )
    if own and own.uid:
        note = notes.filter(uid=own.uid, thread__isnull=False).select_related("thread__course").first()
        if note:
            return note.thread, None
    if own and own.post:
        replies = selectors.readable_replies(request.user, notes).filter(pk=own.post).select_related("thread__course")
        if post := replies.first():
            return post.thread, post
    raise from_jsonld.UnsupportedAnnotation(
        _("A reply answers a note or a reply of this lesson that you can read, by its IRI.")
    )
