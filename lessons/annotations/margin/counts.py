"""What a lesson's page says of its notes before the script asks: how many there are, and by what to tell the text."""

from functools import lru_cache
from zlib import crc32

from django.db.models import Count

from lessons.annotations.models import Annotation
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.discussions.selectors.query_viewer import QueryViewer, viewer_params
from lessons.markup.plain_text import plain_text


def annotation_counts(module: int, course: Course, user) -> dict[int, int]:
    """How many notes with words the person may read, by lesson of the module. One query."""
    found = fetch_rows(_query, QueryViewer.for_user(user, course.pk), module=module, **viewer_params(user, course.pk))
    return dict(found)


def _query(reader: QueryViewer):
    notes = Annotation.objects.visible_to(reader.placeholder()).displayed()
    notes = notes.filter(lesson__module=int_param("module")).order_by().values("lesson")
    return notes.values_list("lesson", Count("thread"))


@lru_cache(maxsize=512)
def text_fingerprint(html: str) -> tuple[int, int]:
    """The length in code points and the CRC-32 of the text of a revision's html, remembered: browsers that changed
    the text, to translate it say, must not paint by its offsets."""
    text = plain_text(html)
    return len(text), crc32(text.encode())
