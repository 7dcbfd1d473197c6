"""IRIs. That of an annotation begins with its container's, as the Web Annotation Protocol asks (5.1)."""

import re
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse

REVISION = re.compile(r"/lessons/(\d{1,18})/revisions/(\d{1,9})/(?:#text)?")
LESSON = re.compile(r"/lessons/(\d{1,18})/(?:[-\w%]+/)?(?:#.*)?")
OWN = re.compile(r"(?:/lessons/(\d{1,18}))?/annotations/(?:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|(\d{1,18}))/")


class LocalAnnotation(NamedTuple):
    """An annotation of this site: a note by its `uid`, a reply by its post."""

    uid: UUID | None
    post: int | None


def site_root(request) -> str:
    return f"{request.scheme}://{request.get_host()}"


def container_iri(root: str, lesson: int) -> str:
    return root + reverse("webannotations:container", args=[lesson])


def annotation_iri(root: str, lesson: int, uid: UUID) -> str:
    return root + reverse("webannotations:contained", args=[lesson, uid])


def reply_iri(root: str, lesson: int, post: int) -> str:
    return root + reverse("webannotations:reply", args=[lesson, post])


def source_iri(root: str, lesson: int, number: int) -> str:
    """The text of a revision: the element of its page in which offsets count."""
    return f"{root}{reverse('reading:revision', args=[lesson, number])}#text"


def local_annotation(root: str, iri: str) -> LocalAnnotation | None:
    """Which annotation of this site the IRI names, None for any other IRI."""
    found = OWN.fullmatch(iri.removeprefix(root)) if iri.startswith(root + "/") else None
    if found is None or (found[3] and not found[1]):
        return None
    return LocalAnnotation(UUID(found[2]) if found[2] else None, int(found[3]) if found[3] else None)


def parse_revision_iri(root: str, iri: str) -> tuple[int, int] | None:
    """Lesson and number of the revision that an IRI of this site names."""
    found = REVISION.fullmatch(iri.removeprefix(root)) if iri.startswith(root + "/") else None
    return (int(found[1]), int(found[2])) if found else None


def parse_lesson_iri(root: str, iri: str) -> int | None:
    """The lesson whose page, as it stands today, an IRI of this site names."""
    found = LESSON.fullmatch(iri.removeprefix(root)) if iri.startswith(root + "/") else None
    return int(found[1]) if found else None
