"""What the site knows of a text's links and images, for the pre-publish report. Nothing asks another host.

What the editor may not read is as dead as what does not exist, or a link would tell which ids exist.
"""

from collections.abc import Iterable, Mapping
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.authoring.publishing.pre_publish_report import LinkState, SiteKnowledge, addresses
from lessons.copying.links import OwnHosts, find_target
from lessons.courses.models import Course
from lessons.db.ids import parse_id
from lessons.discussions.models import Post, Thread
from lessons.markup.sanitise import ASSET_URL, GENERATED_ID
from lessons.models import Asset, GlossaryTerm, Lesson, Module, TimelineEvent

CONVERSATIONS = {"threads": Thread, "posts": Post, "notes": Annotation}
ITEMS: dict[str, type[GlossaryTerm | TimelineEvent]] = {"term-": GlossaryTerm, "event-": TimelineEvent}


class Link(NamedTuple):
    """A link to this site: the kind of page that it leads to, and which.

    kind: "lesson" with an id, "course" with a slug, "module" with those of course and module, a key of CONVERSATIONS
    or ITEMS with an id, "staff", "page" for every other page of the site, and "" for none.
    """

    kind: str
    key: Any = None
    fragment: str = ""


DEAD_LINK = Link("")


def site_knowledge(html: str, lesson: Lesson, user: User) -> SiteKnowledge:
    """Return what the site knows of the links and images in the draft's `html`, as far as the user may know it.

    lesson: with its module and course. A query for each kind of page that the text links to, at most ten.
    """
    hrefs, sources = addresses(html)
    page = reverse("reading:preview", args=[lesson.pk])
    links = {href: link for href in hrefs if (link := _own_link(href, page)) is not None}
    states = _LinkStates(html, lesson, user, links.values())
    return SiteKnowledge({href: states.state(link) for href, link in links.items()}, _images(sources, lesson))


def _images(sources: set[str], lesson: Lesson) -> dict[str, str]:
    """Return the descriptions of the images that the course's readers can see. At most one query."""
    by_uid = {source.strip("/").rpartition("/")[2]: source for source in sources if ASSET_URL.fullmatch(source)}
    if not by_uid:
        return {}
    readable = Q(course=lesson.module.course_id) | Q(course__visibility__in=Course.PUBLICLY_READABLE)
    assets = Asset.objects.filter(readable, uid__in=by_uid).values_list("uid", "alt")
    return {by_uid[str(uid)]: alt for uid, alt in assets}


def _own_link(href: str, page: str) -> Link | None:
    """Return the link of a text on `page`; None for one to another site, and for one within the text."""
    try:
        parts = urlsplit(unescape(href).strip())
        host = parts.hostname
    except ValueError:
        return DEAD_LINK
    if parts.scheme not in ("", "http", "https"):
        return None if parts.path else DEAD_LINK
    if host is None and parts.scheme:
        return DEAD_LINK
    if host is not None and host not in OwnHosts():
        return None
    if host is None and not parts.path and not parts.query:
        return _item_link(parts.fragment)
    path = parts.path or ("/" if host else page)
    return _link_to(path if path.startswith("/") else urljoin(page, path), parts)


def _link_to(path: str, parts: SplitResult) -> Link:
    if path.startswith(settings.STATIC_URL):
        return Link("page")
    target = find_target(path)
    if target is None:
        return DEAD_LINK
    view, kwargs = target
    if view.startswith("admin:") or view == "reading:preview":
        return Link("staff")
    first = path.strip("/").partition("/")[0]
    if first == "lessons" and "pk" in kwargs:
        return Link("lesson", kwargs["pk"], parts.fragment)
    if view == "reading:module":
        return Link("module", (kwargs["course_slug"], kwargs["slug"]))
    if first == "courses":
        return _item_link(parts.fragment) or Link("course", kwargs.get("slug", kwargs.get("course_slug")))
    return Link(first, kwargs["pk"]) if first in CONVERSATIONS and "pk" in kwargs else Link("page")


def _item_link(fragment: str) -> Link | None:
    """Return the link to a term of the glossary or an event of the timeline."""
    for prefix in ITEMS:
        if fragment.startswith(prefix):
            return Link(prefix, parse_id(fragment.removeprefix(prefix)))
    return None


class _LinkStates:
    """The states of a text's links, read from the database kind by kind."""

    def __init__(self, html: str, lesson: Lesson, user: User, links: Iterable[Link]):
        self.html, self.lesson, self.user = html, lesson, user
        self.keys: dict[str, set] = {}
        self.fragments: set[int] = set()  # lessons that are linked to with a fragment
        self.revisions: dict[int, str] = {}
        for link in links:
            self.keys.setdefault(link.kind, set()).add(link.key)
            if link.kind == "lesson" and GENERATED_ID.fullmatch(link.fragment):
                self.fragments.add(link.key)
        self.known = {
            "lesson": self._lessons(),
            "module": self._modules(),
            "course": self._courses(),
            **{name: self._conversations(name, model) for name, model in CONVERSATIONS.items()},
            **{prefix: self._items(prefix, model) for prefix, model in ITEMS.items()},
        }

    def state(self, link: Link) -> LinkState:
        if link.kind in ("page", "staff", ""):
            return {"page": LinkState.WORKS, "staff": LinkState.STAFF_ONLY}.get(link.kind, LinkState.DEAD)
        missing = LinkState.UNKNOWN_TERM if link.kind == "term-" else LinkState.DEAD
        state = self.known[link.kind].get(link.key, missing)
        if state == LinkState.WORKS and link.kind == "lesson" and GENERATED_ID.fullmatch(link.fragment):
            return self._anchor_state(link)
        return state

    def _anchor_state(self, link: Link) -> LinkState:
        html = self.html if link.key == self.lesson.pk else self.revisions.get(link.key, "")
        return LinkState.WORKS if f'id="{link.fragment}"' in html else LinkState.DEAD_ANCHOR

    def _lessons(self) -> Mapping[object, LinkState]:
        ids = self.keys.get("lesson", set())
        if not ids:
            return {}
        rows = Lesson.objects.filter(pk__in=ids, module__course__in=self._visible_courses())
        published = set(rows.published().values_list("pk", flat=True))
        states: dict[object, LinkState] = {}
        for pk, course_id, visibility in rows.values_list("pk", "module__course", "module__course__visibility"):
            is_here = course_id == self.lesson.module.course_id
            if pk in published or is_here:
                states[pk] = self._readable(course_id, visibility) if pk in published else LinkState.NOT_PUBLISHED
        states[self.lesson.pk] = LinkState.WORKS
        others = self.fragments - {self.lesson.pk}
        with_html = rows.filter(pk__in=others).values_list("pk", "current_revision__html") if others else ()
        self.revisions = {pk: html or "" for pk, html in with_html}
        return states

    def _modules(self) -> Mapping[object, LinkState]:
        slugs = self.keys.get("module", set())
        if not slugs:
            return {}
        rows = Module.objects.filter(
            slug__in=[slug for _course, slug in slugs], course__in=self._visible_courses()
        ).values_list("course__slug", "slug", "state", "course", "course__visibility")
        states: dict[object, LinkState] = {}
        for course, slug, state, course_id, visibility in rows:
            if state != Module.State.DRAFT:
                states[course, slug] = self._readable(course_id, visibility)
            elif course_id == self.lesson.module.course_id:
                states[course, slug] = LinkState.NOT_PUBLISHED
        return states

    def _courses(self) -> Mapping[object, LinkState]:
        slugs = self.keys.get("course", set())
        rows = self._visible_courses().filter(slug__in=slugs).values_list("slug", "pk", "visibility") if slugs else ()
        return {slug: self._readable(pk, visibility) for slug, pk, visibility in rows}

    def _conversations(self, name: str, model) -> Mapping[object, LinkState]:
        ids = self.keys.get(name, set())
        rows = model.objects.visible_to(self.user).filter(pk__in=ids).values_list("pk", flat=True) if ids else ()
        return dict.fromkeys(rows, LinkState.WORKS)

    def _items(self, prefix: str, model: type[GlossaryTerm | TimelineEvent]) -> Mapping[object, LinkState]:
        course = self.lesson.module.course_id
        rows = model._default_manager.filter(pk__in=self.keys.get(prefix, ()), module__course=course)
        return dict.fromkeys(rows.values_list("pk", flat=True), LinkState.WORKS)

    def _visible_courses(self):
        return Course.objects.visible_to(self.user)

    def _readable(self, course_id: int, visibility: str) -> LinkState:
        is_open = course_id == self.lesson.module.course_id or visibility in Course.PUBLICLY_READABLE
        return LinkState.WORKS if is_open else LinkState.OTHER_COURSE
