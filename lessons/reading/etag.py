"""The ETag of a lesson's page. Add any new value that the page shows; `tests/reading/test_etag.py` compares pages with
their ETags.
"""

from typing import NamedTuple

from lessons.annotations.margin.counts import LessonCounts
from lessons.courses.due_dates import DueDate
from lessons.discussions.rendering.page_etag import page_etag
from lessons.discussions.rendering.thread_list import ThreadPage
from lessons.reading.selectors.published_lesson import PublishedLesson
from lessons.reading.structured_data import site_root


class ReaderState(NamedTuple):
    """What a lesson's page shows of a reader's course besides the lesson: comments, which are None for those who may
    not discuss, counts, and when the module's lessons are due.
    """

    threads: ThreadPage | None
    counts: LessonCounts
    due_dates: dict[int, DueDate]


def lesson_etag(request, published: PublishedLesson, state: ReaderState) -> str | None:
    """Return the ETag of the lesson's page; None if the page must be rendered."""
    threads, (notes, course), due_dates = state
    thread_values = threads and (threads.html, threads.total)
    context = (thread_values, notes and sorted(notes.items()), course, list(due_dates.items()))
    return page_etag(request, site_root(request), published.etag_values, context)
