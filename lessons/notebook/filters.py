"""The filter of the notebook."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable

from lessons.db.ids import parse_id
from lessons.discussions.models import Post, ThreadTag
from lessons.indexing.folded import folded_line

MAX_LENGTH = 200
MAX_TERMS = 12


@dataclass(frozen=True)
class NotebookFilter:
    """Which entries are requested; invalid values are ignored."""

    course: int = 0
    lesson: int = 0
    tag: str = ""
    label: str = ""
    text: str = ""

    @classmethod
    def from_query(cls, query) -> "NotebookFilter":
        def text(name: str) -> str:
            return query.get(name, "")[:MAX_LENGTH].replace("\x00", "").strip()

        return cls(
            course=parse_id(query.get("course")),
            lesson=parse_id(query.get("lesson")),
            tag=text("tag"),
            label=text("label"),
            text=text("q"),
        )

    @property
    def is_filtered(self) -> bool:
        return self != NotebookFilter()

    def query_string(self, **more: object) -> str:
        fields = {"course": self.course, "lesson": self.lesson, "tag": self.tag, "label": self.label, "q": self.text}
        return urlencode({name: value for name, value in (fields | more).items() if value})

    @property
    def terms(self) -> list[str]:
        return self.text.split()[:MAX_TERMS]

    def apply(self, annotations: QuerySet) -> QuerySet:
        """Return those of `annotations` that match."""
        if self.course:
            annotations = annotations.filter(lesson__module__course=self.course)
        if self.lesson:
            annotations = annotations.filter(lesson=self.lesson)
        if self.label:
            annotations = annotations.filter(label=self.label)
        if self.tag:
            annotations = annotations.filter(has_tag(self.tag, "thread"))
        for term in self.terms:
            annotations = annotations.filter(_contains(term))
        return annotations


def has_tag(tag: str, thread: str) -> Exists:
    """Return the condition that a thread has the tag, given by its name or its slug; `thread` is the field with its
    id."""
    tags = ThreadTag.objects.shown().named(tag, folded_line(tag))
    return Exists(tags.filter(content_object=OuterRef(thread)))


def _contains(term: str) -> Combinable:
    """Return the condition that a term is in the passage, or in what the author wrote on it."""
    comments = Post.objects.filter(
        Q(seq=1) | Q(seq=None), thread=OuterRef("thread"), author=OuterRef("author"), source__folded=term
    )
    return Q(exact__folded=term) | Exists(comments)
