"""Annotations for tests, created as people create them."""

from uuid import uuid4

from lessons.annotations.models import DEFAULT_LABELS
from lessons.annotations.passages import locate_passage
from lessons.annotations.services.annotate import annotate
from lessons.discussions.services.posting import prepare_post
from lessons.models import Lesson
from tests.discussions.make import known

LABELS = {label.key: label for label in DEFAULT_LABELS}


def note_by(user, lesson, exact="sun and moon", source="Which pulls harder?", *, label="note", **fields):
    """Create a note on the passage `exact` of the published lesson; a highlight with an empty `source`."""
    lesson = Lesson.objects.with_course().get(pk=lesson.pk)
    prepared = None
    key = fields.pop("key", None) or uuid4()
    if source:
        prepared = prepare_post(source, course=lesson.module.course, key=key)
        fields = {"audience": "course", **fields}
    passage = locate_passage(lesson.current_revision, exact=exact)
    return annotate(
        by=known(user), lesson=lesson, passage=passage, label=LABELS[label], prepared=prepared, key=key, **fields
    )


def highlight_by(user, lesson, exact="sun and moon", **fields):
    """Create a highlight, with the label Highlight unless another is given."""
    return note_by(user, lesson, exact, source="", **{"label": "highlight", **fields})
