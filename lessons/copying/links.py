"""Rewrite the links in copied texts, so that a link to something that was copied with them leads to its copy.

An address may be whole (of this site, however its host is spelled), without a scheme, from the root, or relative to
the page that shows the text. What has no copy keeps its address; but a link to a conversation, which is never
copied, leads to the page of the copy where conversations will be.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape
from posixpath import normpath
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve, reverse
from django.utils.html import escape

from lessons.annotations.models import Annotation
from lessons.courses.models import Course
from lessons.db.ids import parse_id
from lessons.discussions.models import Post, Thread
from lessons.indexed_texts import CHECK_ANCHOR
from lessons.markup.blocks import TAG
from lessons.models import GlossaryTerm, Lesson, Module, TimelineEvent, lesson_url_slug

HREF = re.compile(r'(?<=\shref=")[^"]*(?=")')
# In plain text and in Markdown: a whole address, one from the root, and the destination of Markdown's links.
WHOLE = re.compile(r"(?<![\w/.:@])https?://[^\s<>\"“”]+", re.IGNORECASE)
FROM_ROOT = re.compile(r"(?<![\w/.:@<])/(?:lessons|courses|tags|threads|posts|notes)/[^\s<>\"“”]+")
DESTINATION = re.compile(r"(?<=\]\()[ ]*<?[^\s<>]+|(?<=\]:)[ ]*<?[^\s<>]+|(?<=<)//?[^\s<>]+(?=>)")
AFTER_ADDRESS = re.compile(r"[.,;:!?…'’»*_~]+\Z")
CONVERSATION_FRAGMENT = re.compile(r"(note|post|p)-")
MAX_QUERY_FIELDS = 50


class Target(NamedTuple):
    """What an address of this site leads to: the name of its view, and the view's arguments."""

    view: str
    kwargs: dict[str, Any]


class Conversation(NamedTuple):
    """Where a thread, post or note is: the ids of its course and its lesson."""

    course: int
    lesson: int | None


class OwnHosts:
    """The names of this site's host: those in the settings, and `others`. They are compared as browsers do."""

    def __init__(self, others: Iterable[str] = ()):
        named = (urlsplit(url).hostname for url in (settings.SITE_URL, *(f"//{host}" for host in others)))
        self._names = {_host(name) for name in named if name}
        self._patterns = [_host(host.strip("[]")) for host in settings.ALLOWED_HOSTS if host != "*"]

    def __contains__(self, host: str) -> bool:
        name = _host(host)
        return name in self._names or any(
            name == pattern or (pattern.startswith(".") and (name.endswith(pattern) or name == pattern[1:]))
            for pattern in self._patterns
        )


@dataclass
class CopiedLinks:
    """The originals, by id, with their copies. `course` has the copies; it may itself be a copy, or the same course.
    `checks` are the uids of copies, by those of the originals.

    `hosts` are names of this site besides those in the settings.
    """

    original_course: Course
    course: Course
    hosts: Iterable[str] = ()
    is_course_copied: bool = False
    modules: Mapping[int, Module] = field(default_factory=dict)
    lessons: Mapping[int, Lesson] = field(default_factory=dict)
    terms: Mapping[int, GlossaryTerm] = field(default_factory=dict)
    events: Mapping[int, TimelineEvent] = field(default_factory=dict)
    module_slugs: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, str] = field(default_factory=dict)
    _conversations: dict[tuple[str, int], Conversation] = field(default_factory=dict)

    def __post_init__(self):
        self._own_hosts = OwnHosts(self.hosts)

    def in_html(self, html: str, page: str) -> str:
        """Return sanitised HTML, which `page` shows, with links and addresses in its text that lead to the copies."""
        pieces = TAG.split(html)
        for n, piece in enumerate(pieces):
            if n % 2:
                pieces[n] = HREF.sub(lambda found: self._escaped(found[0], page), piece)
            elif "/" in piece:
                text = unescape(piece)
                copied = self._whole_addresses(text, page)
                pieces[n] = piece if copied == text else str(escape(copied))
        return "".join(pieces)

    def in_text(self, text: str, page: str) -> str:
        """Return plain text or Markdown, which `page` shows, with addresses that lead to the copies."""
        if "/" not in text and "#" not in text:
            return text

        def destination(found: re.Match) -> str:
            start = re.match(r"[ ]*<?", found[0])
            lead = start[0] if start else ""
            address, rest = _without_closing(found[0][len(lead) :])
            return lead + self.copied(address, page) + rest

        text = DESTINATION.sub(destination, text)
        text = FROM_ROOT.sub(lambda found: self._bare(found[0], page), text)
        return self._whole_addresses(text, page)

    def _whole_addresses(self, text: str, page: str) -> str:
        return WHOLE.sub(lambda found: self._bare(found[0], page), text)

    def _bare(self, found: str, page: str) -> str:
        """Return the copy of an address within text, which may end a sentence or be in brackets."""
        address, rest = _without_closing(found)
        end = AFTER_ADDRESS.search(address)
        if end:
            address, rest = address[: end.start()], end[0] + rest
        return self.copied(address, page) + rest

    def _escaped(self, value: str, page: str) -> str:
        address = unescape(value)
        copied = self.copied(address, page)
        return value if copied == address else str(escape(copied))

    def copied(self, address: str, page: str) -> str:
        """Return the address of the copy; the address itself if it leads to nothing that was copied."""
        try:
            parts = urlsplit(address.strip())  # as browsers do
            host = parts.hostname
        except ValueError:
            return address
        if parts.scheme not in ("", "http", "https") or (parts.scheme and not host):
            return address
        if host is not None and host not in self._own_hosts:
            return address
        if not host and not parts.path and not parts.query:
            return f"#{self._fragment(parts.fragment)}" if parts.fragment else address
        target = find_target(parts.path if host or parts.path.startswith("/") else urljoin(page, parts.path or page))
        path = self._path(target) if target else None
        if path is None or target is None:
            return address
        origin = address[: address.index("//") + 2] + parts.netloc if host else ""
        query = self._query(parts.query, target)
        fragment = "" if CONVERSATION_FRAGMENT.match(parts.fragment) else self._fragment(parts.fragment)
        return f"{origin}{path}{'?' if query else ''}{query}{'#' if fragment else ''}{fragment}"

    def _path(self, target: Target) -> str | None:
        """Return the path of the copy; None if there is none."""
        view, kwargs = target
        namespace, _colon, name = view.rpartition(":")
        kind = _first_part(view, kwargs)
        if kind == "lessons":
            return self._lesson_path(view, kwargs)
        if kind in ("threads", "posts", "notes"):
            return self._conversation_path(kind, kwargs)
        if kind == "courses":
            return self._course_path(view, kwargs)
        if kind in ("tags", "notebook"):
            return reverse(view, kwargs=kwargs)  # for its query
        if namespace == "admin" and name in ("lessons_lesson_change", "lessons_casestudy_change"):
            lesson = self.lessons.get(parse_id(kwargs["object_id"]))
            return reverse(view, args=[lesson.pk]) if lesson else None
        if view == "admin:lessons_module_change":
            module = self.modules.get(parse_id(kwargs["object_id"]))
            return reverse(view, args=[module.pk]) if module else None
        return None

    def _lesson_path(self, view: str, kwargs: dict[str, Any]) -> str | None:
        lesson = self.lessons.get(kwargs["pk"])
        if lesson is None:
            return None
        if view == "reading:revision":  # the copy has none
            return reverse("reading:lesson", args=[lesson.pk, lesson_url_slug(lesson.slug)])
        if set(kwargs) <= {"pk", "slug"}:
            return reverse(view, kwargs={**kwargs, "pk": lesson.pk})
        return reverse("annotations:annotation_list", args=[lesson.pk])  # one of its notes

    def _course_path(self, view: str, kwargs: dict[str, Any]) -> str | None:
        name = "course_slug" if "course_slug" in kwargs else "slug"
        if kwargs[name] != self.original_course.slug:
            return None
        if view == "reading:module":
            slug = self.module_slugs.get(kwargs["slug"])
            return reverse(view, args=[self.course.slug, slug]) if slug else None
        if set(kwargs) != {name}:
            return None
        return reverse(view, kwargs={name: self.course.slug})

    def _conversation_path(self, kind: str, kwargs: dict[str, Any]) -> str | None:
        """Return the page for conversations of the copied lesson, or else those of the course."""
        conversation = self._conversations.get((kind, kwargs.get("pk", 0)))
        if conversation is None:
            return None
        lesson = self.lessons.get(conversation.lesson or 0)
        if lesson:
            page = "annotations:annotation_list" if kind == "notes" else "discussions:lesson_comments"
            return reverse(page, args=[lesson.pk])
        is_in_forum = conversation.course == self.original_course.pk and conversation.lesson is None
        return reverse("discussions:forum", args=[self.course.slug]) if is_in_forum else None

    def _query(self, query: str, target: Target) -> str:
        """Return the query with the ids and slugs of the copies, without what is only in the original."""
        try:
            pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_QUERY_FIELDS)
        except ValueError:
            return query
        copied = [
            (name, self._value(name, value)) for name, value in pairs if name not in ("annotation", "note", "revision")
        ]
        return query if copied == pairs else urlencode(copied)

    def _value(self, name: str, value: str) -> str:
        if name == "lesson":
            lesson = self.lessons.get(parse_id(value))
            return str(lesson.pk) if lesson else value
        if name == "module":
            module = self.modules.get(parse_id(value))
            return str(module.pk) if module else self.module_slugs.get(value, value)
        if name == "course":
            old = (self.original_course.slug, str(self.original_course.pk))
            return dict(zip(old, (self.course.slug, str(self.course.pk)), strict=True)).get(value, value)
        return value

    def _fragment(self, fragment: str) -> str:
        for prefix, copies in (("term-", self.terms), ("event-", self.events)):
            if fragment.startswith(prefix):
                copy = copies.get(parse_id(fragment.removeprefix(prefix)))
                return f"{prefix}{copy.pk}" if copy else fragment
        uid = fragment.removeprefix(CHECK_ANCHOR)
        return f"{CHECK_ANCHOR}{self.checks[uid]}" if uid != fragment and uid in self.checks else fragment

    def find_conversations(self, texts: Iterable[str]) -> None:
        """Look up the threads, posts and notes that the texts link to. At most three queries, none without links."""
        found = {(kind, int(pk)) for text in texts for kind, pk in CONVERSATION.findall(text)}
        for kind, rows in CONVERSATIONS.items():
            ids = [pk for other, pk in found if other == kind]
            if ids:
                self._conversations |= {(kind, pk): Conversation(*ids) for pk, *ids in rows(ids)}


CONVERSATION = re.compile(r"/(threads|posts|notes)/([0-9]{1,18})/")
CONVERSATIONS: dict[str, Callable[[list[int]], Iterable[tuple]]] = {
    "threads": lambda ids: Thread.objects.filter(pk__in=ids).values_list("pk", "course", "lesson"),
    "posts": lambda ids: Post.objects.filter(pk__in=ids).values_list("pk", "thread__course", "thread__lesson"),
    "notes": lambda ids: Annotation.objects.filter(pk__in=ids).values_list("pk", "lesson__module__course", "lesson"),
}


def find_target(path: str) -> Target | None:
    """Return the target of a path of this site, with or without its trailing slash; None if there is none."""
    path = unquote(path)
    path = normpath(path) + "/" if "/." in path or "//" in path else path
    for spelling in (path, f"{path}/"):
        try:
            match = resolve(spelling)
        except Resolver404:
            continue
        return Target(match.view_name, match.kwargs)
    return None


def _first_part(view: str, kwargs: dict[str, Any]) -> str:
    return "" if view.startswith("admin:") else reverse(view, kwargs=kwargs).split("/")[1]


def _host(name: str) -> str:
    """Return a host as it is compared: in lower case and ASCII, without the dot that may end it."""
    name = name.lower().rstrip(".")
    try:
        return name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        return quote(name)


def _without_closing(address: str) -> tuple[str, str]:
    """Return the address without brackets that close what was opened before it, and the rest."""
    depth = 0
    for n, character in enumerate(address):
        depth += (character in "([") - (character in ")]")
        if depth < 0:
            return address[:n], address[n:]
    return address, ""
