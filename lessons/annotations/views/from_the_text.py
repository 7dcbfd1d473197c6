"""A course's notes with their conversations, lesson by lesson in the order of the text."""

from django.http import HttpResponse
from django.shortcuts import render

from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.annotations import course_notes
from lessons.annotations.note_list import note_list
from lessons.discussions.rendering.filter_chips import filter_chips
from lessons.discussions.selectors.filter_options import FilterOption
from lessons.discussions.selectors.list_counts import list_counts
from lessons.discussions.selectors.thread_filter import VIEWS, ThreadFilter
from lessons.discussions.views.access import get_course
from lessons.permissions import can_moderate


def from_the_text(request: AuthenticatedHttpRequest, slug: str) -> HttpResponse:
    """Show a page of the notes, filtered."""
    course = get_course(request.user, slug)
    filters = ThreadFilter.from_query(request.GET)
    course_counts, counts = list_counts(course, request.user)
    options = course_notes.filter_options(course, request.user, filters)
    cursor = course_notes.Cursor.parse(request.GET.get("after"))
    page = course_notes.note_page(course, request.user, filters, options.lessons, cursor or course_notes.BEGINNING)
    lessons = [FilterOption(lesson.pk, "lesson", lesson.title) for lesson in options.lessons]
    chips = filter_chips(
        filters,
        views=[view for view in VIEWS if view != "announcements"],
        options=[*lessons, *options.groups],
        tags=sorted({tag for tags in page.tags.values() for tag in tags}),
        counts={"unread": counts.unread_notes},
        can_order=False,
    )
    context = {
        "course": course,
        "filters": filters,
        "chips": chips,
        "notes": note_list(page, reader=request.user.pk, course_slug=course.slug),
        "next": filters.query_string(after=page.next_cursor) if page.next_cursor else "",
        "course_counts": course_counts,
        "counts": counts,
        "is_first_page": cursor is None,
        "is_staff": can_moderate(request.user, course),
    }
    return render(request, "annotations/from_the_text.html", context)
