"""A lesson's annotations as a container of the Linked Data Platform, in pages; new ones are posted to it."""

import re
from typing import NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie

from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.annotations.models import Annotation
from lessons.db.pagination import Keyset
from lessons.discussions.models import Post, Thread
from lessons.discussions.views.access import get_lesson
from lessons.models import Lesson
from lessons.permissions import can_annotate, can_moderate, can_reply, require
from lessons.webannotations import deserialize, exchange_views, from_jsonld, iris, protocol, selectors
from lessons.webannotations.annotation_views import annotation_protocol
from lessons.webannotations.selectors import CollectionEntry, Row
from lessons.webannotations.serialize import CONTEXT

PAGE_SIZE = 100
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
def container(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Return the container, or a page of it with `?page=`; create what is posted to it."""
    lesson = get_lesson(request.user, pk)
    if request.method == "POST":
        return _create(request, lesson)
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        raise protocol.HttpProblem(405, _("Use GET to read a container, and POST to add annotations to it."))
    response = HttpResponse() if request.method == "OPTIONS" else _respond(request, lesson)
    response.headers["Accept-Post"] = f"{protocol.JSON_LD}, application/json"
    return response


def _respond(request: AuthenticatedHttpRequest, lesson: Lesson) -> HttpResponse:
    if protocol.wants_html(request):
        return _render_page(request, lesson, selectors.count_entries(lesson, request.user))
    collection = AnnotationCollection(request, lesson)
    if "page" in request.GET:
        page = collection.page(_parse_page(request.GET["page"]))
        return protocol.jsonld_response(request, page | collection.part_of())
    preferences = _preferences(request)
    if IRIS in preferences:
        collection.only_iris = True
    response = protocol.jsonld_response(request, collection.as_json(is_minimal=MINIMAL in preferences))
    response.headers["Content-Location"] = collection.iri
    if preferences:
        response.headers["Preference-Applied"] = "return=representation"
    return response


def _render_page(request, lesson: Lesson, count: int) -> HttpResponse:
    course = lesson.module.course
    can_import = can_moderate(request.user, course) and can_annotate(request.user, course)
    context = {"lesson": lesson, "course": course, "count": count, "can_import": can_import}
    return render(request, "webannotations/container.html", context)


class PageStart(NamedTuple):
    """Where a page begins: after the position (annotation, seq), with the entry number `offset` when it was linked."""

    annotation: int
    seq: int
    offset: int


FIRST_PAGE = PageStart(0, 0, 0)
PAGE_STARTS = Keyset("annotation", "seq", "offset")


def _parse_page(text: str) -> PageStart:
    """Return what `page=` names; `page=0` is the first page. Raise Http404 for what no link names."""
    position = PAGE_STARTS.parse_cursor(text)
    if text != "0" and position is None:
        raise Http404
    return PageStart(*position) if position else FIRST_PAGE


def _preferences(request: AuthenticatedHttpRequest) -> set[str]:
    """Return what `Prefer` asks to include. Raise HttpProblem for two that exclude each other."""
    header = request.headers.get("Prefer", "")
    match = INCLUDE.search(header) if "return=representation" in header.replace(" ", "") else None
    preferences = set((match[1] or match[2] or "").split()) & {MINIMAL, IRIS, DESCRIPTIONS} if match else set()
    if {IRIS, DESCRIPTIONS} <= preferences:
        raise protocol.HttpProblem(400, _("Prefer either IRIs or descriptions of annotations, not both."))
    return preferences


class AnnotationCollection:
    """The container in pages. Its IRI says whether they hold whole annotations or only IRIs."""

    def __init__(self, request: AuthenticatedHttpRequest, lesson: Lesson):
        self.user, self.lesson = request.user, lesson
        self.root = iris.site_root(request)
        self.only_iris = request.GET.get("iris") == "1"

    @property
    def iri(self) -> str:
        return f"{iris.container_iri(self.root, self.lesson.pk)}?iris={int(self.only_iris)}"

    def as_json(self, *, is_minimal: bool) -> dict:
        total = selectors.count_entries(self.lesson, self.user)
        document = {
            "@context": [CONTEXT, LDP],
            "id": self.iri,
            "type": ["BasicContainer", "AnnotationCollection"],
            "label": exchange_views.collection_label(self.lesson),
            "total": total,
        }
        if total:
            document["first"] = self._page_iri(FIRST_PAGE) if is_minimal else self.page(FIRST_PAGE)
            document["last"] = self._page_iri(self._last_page(total))
        return document

    def page(self, start: PageStart) -> dict:
        """Return a page. Raise Http404 where nothing is after its start."""
        rows = selectors.rows_after(self.lesson, self.user, start[:2], PAGE_SIZE + 1)
        if not rows:
            raise Http404
        shown, neighbours = rows[:PAGE_SIZE], {}
        if start != FIRST_PAGE:
            neighbours["prev"] = self._page_before(start)
        if len(rows) > PAGE_SIZE:
            neighbours["next"] = PageStart(*shown[-1][0][:2], start.offset + PAGE_SIZE)
        return {
            "@context": CONTEXT,
            "id": self._page_iri(start),
            "type": "AnnotationPage",
            "partOf": self.iri,
            "startIndex": start.offset,
            **{name: self._page_iri(neighbour) for name, neighbour in neighbours.items()},
            "items": self._items(shown),
        }

    def part_of(self) -> dict:
        """Return what a page served alone says about its collection."""
        return {"partOf": {"id": self.iri, "type": "AnnotationCollection"}}

    def _last_page(self, total: int) -> PageStart:
        if total <= PAGE_SIZE:
            return FIRST_PAGE
        count = (total - 1) % PAGE_SIZE + 1
        return self._page_after(selectors.entries_up_to(self.lesson, self.user, None, count + 1), count, total - count)

    def _page_before(self, start: PageStart) -> PageStart:
        entries = selectors.entries_up_to(self.lesson, self.user, start[:2], PAGE_SIZE + 1)
        return self._page_after(entries, PAGE_SIZE, start.offset - PAGE_SIZE)

    def _page_after(self, backward: list[CollectionEntry], count: int, offset: int) -> PageStart:
        """Return the page of the first `count` entries of `backward`, which begins after the one that follows them."""
        return PageStart(*backward[count][:2], max(offset, 0)) if len(backward) > count else FIRST_PAGE

    def _page_iri(self, start: PageStart) -> str:
        return f"{self.iri}&page={PAGE_STARTS.format_cursor(start) if start != FIRST_PAGE else 0}"

    def _items(self, rows: list[Row]) -> list:
        if self.only_iris:
            return [self._iri(entry, row) for entry, row in rows]
        annotations = [row for entry, row in rows if not entry.seq]
        replies = [row for entry, row in rows if entry.seq]
        items = selectors.serialize_rows(annotations, replies, self.user, self.root)
        return [items[entry.seq > 0, entry.pk] for entry, _row in rows]

    def _iri(self, entry: CollectionEntry, row: dict) -> str:
        if entry.seq:
            return iris.reply_iri(self.root, self.lesson.pk, entry.pk)
        return iris.annotation_iri(self.root, self.lesson.pk, row["uid"])


def _create(request: AuthenticatedHttpRequest, lesson: Lesson) -> HttpResponse:
    """Create an annotation, or with the motivation `replying` a reply to an annotation of this container."""
    require(can_annotate(request.user, lesson.module.course))
    item, root = deserialize.deserialize(protocol.read_json(request)), iris.site_root(request)
    annotations, replies = Annotation.objects.none(), Post.objects.none()
    if item.is_reply:
        thread, reply_to = _reply_target(request, lesson, item, root)
        require(can_reply(request.user, thread))
        post = from_jsonld.create_reply_from_jsonld(
            item=item, by=request.user, lesson=lesson, thread=thread, reply_to=reply_to
        )
        if post.seq is None:
            return _pending_moderation()
        replies = Post.objects.filter(pk=post.pk)
        iri = iris.reply_iri(root, lesson.pk, post.pk)
    else:
        annotation = from_jsonld.create_from_jsonld(item=item, by=request.user, lesson=lesson, root=root)
        annotations = Annotation.objects.filter(pk=annotation.pk)
        iri = iris.annotation_iri(root, lesson.pk, annotation.uid)
    rows = selectors.annotation_rows(annotations), selectors.reply_rows(replies, request.user)
    document = next(iter(selectors.serialize_rows(*rows, request.user, root).values()))
    response = protocol.jsonld_response(request, document, status=201)
    response.headers["Location"] = response.headers["Content-Location"] = iri
    return response


def _pending_moderation() -> HttpResponse:
    """Return 202: the post is accepted, but has no IRI until staff have reviewed it."""
    message = _("Your post has a link and your account is new, so staff will review it first.")
    return protocol.problem_response(protocol.HttpProblem(202, message))


def _reply_target(
    request: AuthenticatedHttpRequest, lesson: Lesson, item: deserialize.IncomingAnnotation, root: str
) -> tuple[Thread, Post | None]:
    """Return the thread, and the post in it that is replied to, None for the note itself. Raise
    UnsupportedAnnotation."""
    target = iris.local_annotation(root, item.source)
    annotations = selectors.readable_annotations(request.user).filter(lesson=lesson)
    if target and target.uid:
        note = annotations.filter(uid=target.uid, thread__isnull=False).select_related("thread__course").first()
        if note and note.thread:
            return note.thread, None
    if target and target.post:
        replies = selectors.readable_replies(request.user, lesson.pk).filter(pk=target.post)
        post = replies.select_related("thread__course").first()
        if post:
            return post.thread, post
    raise from_jsonld.UnsupportedAnnotation(
        _("The target of a reply is the IRI of a note or reply of this lesson that you can read.")
    )
