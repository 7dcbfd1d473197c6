"""Notes for tests, made as people make them."""

from uuid import uuid4

from lessons.annotations.models import DEFAULT_LABELS
from lessons.annotations.passages import locate_passage
from lessons.annotations.services.annotate import annotate
from lessons.discussions.services.posting import prepare_post
from lessons.models import Lesson
from tests.discussions.make import known

KIND = {kind.key: kind for kind in DEFAULT_LABELS}


def note_by(user, lesson, exact="sun and moon", source="Which pulls harder?", *, kind="note", **fields):
    """A note on the words `exact` of the lesson as it is published; a bare mark with an empty `source`."""
    lesson = Lesson.objects.with_course().get(pk=lesson.pk)
    words = None
    key = fields.pop("key", None) or uuid4()
    if source:
        words = prepare_post(source, course=lesson.module.course, key=key)
        fields = {"audience": "course", **fields}
    there = locate_passage(lesson.current_revision, exact=exact)
    return annotate(by=known(user), lesson=lesson, passage=there, label=KIND[kind], prepared=words, key=key, **fields)


def mark_by(user, lesson, exact="sun and moon", **fields):
    """A bare mark, a highlight unless its kind is told."""
    return note_by(user, lesson, exact, source="", **{"kind": "highlight", **fields})
