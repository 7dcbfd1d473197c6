"""The IRIs of annotations. Each begins with that of its container, as the Web Annotation Protocol requires (5.1)."""

import re
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse

from lessons.models import lesson_url_slug

REVISION = re.compile(r"/lessons/([0-9]{1,18})/revisions/([0-9]{1,9})/(?:#text)?")
LESSON = re.compile(r"/lessons/([0-9]{1,18})/(?:[-\w%]+/)?(?:#.*)?")
ANNOTATION = re.compile(
    r"(?:/lessons/([0-9]{1,18}))?/annotations/(?:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|([0-9]{1,18}))/"
)

# Placeholders for what differs between the paths of one lesson's annotations; no row has these ids.
ANY_UID, ANY_POST = UUID(int=0), 10**18 - 1


class LocalAnnotation(NamedTuple):
    """An annotation of this site: a note or highlight by its `uid`, or a reply by the id of its `post`."""

    uid: UUID | None
    post: int | None


def site_root(request) -> str:
    return f"{request.scheme}://{request.get_host()}"


@lru_cache(maxsize=1024)
def _path(name: str, *args: int | str | UUID) -> str:
    """Return the path of a URL, cached: a page of a container names hundreds."""
    return reverse(name, args=args)


def container_iri(root: str, lesson: int) -> str:
    return root + _path("webannotations:container", lesson)


def annotation_iri(root: str, lesson: int, uid: UUID) -> str:
    return root + _path("webannotations:contained", lesson, ANY_UID).replace(str(ANY_UID), str(uid))


def reply_iri(root: str, lesson: int, post: int) -> str:
    return root + _path("webannotations:reply", lesson, ANY_POST).replace(str(ANY_POST), str(post))


def lesson_iri(root: str, lesson: int, slug: str) -> str:
    return root + _path("reading:lesson", lesson, lesson_url_slug(slug))


def source_iri(root: str, lesson: int, number: int) -> str:
    """Return the IRI of a revision's text: the element of its page that offsets refer to."""
    return f"{root}{_path('reading:revision', lesson, number)}#text"


def local_annotation(root: str, iri: str) -> LocalAnnotation | None:
    """Return the annotation of this site that an IRI names, None for any other IRI."""
    match = ANNOTATION.fullmatch(iri.removeprefix(root)) if iri.startswith(root + "/") else None
    if match is None or (match[3] and not match[1]):
        return None
    return LocalAnnotation(UUID(match[2]) if match[2] else None, int(match[3]) if match[3] else None)


def parse_revision_iri(root: str, iri: str) -> tuple[int, int] | None:
    """Return the id of the lesson and the number of the revision that an IRI of this site names."""
    match = REVISION.fullmatch(iri.removeprefix(root)) if iri.startswith(root + "/") else None
    return (int(match[1]), int(match[2])) if match else None


def parse_lesson_iri(root: str, iri: str) -> int | None:
    """Return the id of the lesson whose page an IRI of this site names."""
    match = LESSON.fullmatch(iri.removeprefix(root)) if iri.startswith(root + "/") else None
    return int(match[1]) if match else None
