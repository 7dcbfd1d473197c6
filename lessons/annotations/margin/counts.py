"""What a lesson's page says about its annotations before the script loads them: how many, and for which text."""

from functools import lru_cache
from zlib import crc32

from django.db.models import Count

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.discussions.selectors.query_viewer import QueryViewer, viewer_params
from lessons.markup.plain_text import plain_text


def annotation_counts(module: int, course: Course, user: User) -> dict[int, int]:
    """Return how many notes, without highlights, `user` may read in each lesson of the module. One query."""
    viewer = QueryViewer.for_user(user, course.pk)
    return dict(fetch_rows(_query, viewer, module=module, **viewer_params(user, course.pk)))


def _query(viewer: QueryViewer):
    annotations = Annotation.objects.visible_to(viewer.placeholder()).displayed()
    annotations = annotations.filter(lesson__module=int_param("module")).order_by().values("lesson")
    return annotations.values_list("lesson", Count("thread"))


@lru_cache(maxsize=512)
def text_fingerprint(html: str) -> tuple[int, int]:
    """Return the length in code points and the CRC-32 of the text of a revision's html, cached: the script
    must not paint by offsets in a text that the browser changed, by translating it for example.
    """
    text = plain_text(html)
    return len(text), crc32(text.encode())
