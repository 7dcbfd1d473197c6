"""What a list of one's notes is asked for."""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet

from lessons.db.ids import parse_id
from lessons.discussions.models import Post, ThreadTag
from lessons.tagging.models import normalise_tag

MAX_LENGTH = 200
MAX_TERMS = 12


@dataclass(frozen=True)
class NotebookFilter:
    """The filters of a notebook, without what is not understood."""

    course: int = 0
    lesson: int = 0
    tag: str = ""
    label: str = ""
    words: str = ""

    @classmethod
    def from_query(cls, query) -> "NotebookFilter":
        def said(name):
            return query.get(name, "")[:MAX_LENGTH].replace("\x00", "").strip()

        return cls(parse_id(query.get("course")), parse_id(query.get("lesson")), said("tag"), said("label"), said("q"))

    @property
    def is_filtered(self) -> bool:
        return self != NotebookFilter()

    def query_string(self, **more) -> str:
        """This wish as the query of an address."""
        wanted = {"course": self.course, "lesson": self.lesson, "tag": self.tag, "label": self.label, "q": self.words}
        return urlencode({name: value for name, value in (wanted | more).items() if value})

    def apply(self, notes: QuerySet) -> QuerySet:
        """Those of `notes` that are asked for."""
        if self.course:
            notes = notes.filter(lesson__module__course=self.course)
        if self.lesson:
            notes = notes.filter(lesson=self.lesson)
        if self.label:
            notes = notes.filter(label=self.label)
        if self.tag:
            notes = notes.filter(has_tag(self.tag, "thread"))
        for word in self.words.split()[:MAX_TERMS]:
            notes = notes.filter(_contains(word))
        return notes


def has_tag(tag: str, thread: str) -> Exists:
    """That a thread has the tag, told by its name or its slug; `thread` is the field that names it."""
    named = Q(tag__key=normalise_tag(tag)) | Q(tag__slug=tag)
    return Exists(ThreadTag.objects.filter(named, content_object=OuterRef(thread)))


def _contains(word: str) -> Q:
    """In the quote, or in what the person wrote to it."""
    pattern = search_regex(word)
    written = Post.objects.filter(
        Q(seq=1) | Q(seq=None), thread=OuterRef("thread"), author=OuterRef("author"), source__iregex=pattern
    )
    return Q(exact__iregex=pattern) | Exists(written)


def search_regex(word: str) -> str:
    """A regular expression that finds the word however it is written: capital or small, also beyond ASCII, where
    databases do not agree, and with accents of their own or within their letter. As tags are compared (`tag_key`)."""
    return "".join(map(_letter, normalise_tag(word))).replace("ss", "(?:ss|[ßẞ])")


def _letter(letter: str) -> str:
    if letter.isascii():
        return re.escape(letter)
    composed = {letter, letter.upper(), letter.title()}
    ways = composed | {unicodedata.normalize("NFD", way) for way in composed}
    return f"(?:{'|'.join(map(re.escape, sorted(ways)))})"
