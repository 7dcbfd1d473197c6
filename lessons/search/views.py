"""The page of search results: in a course, and in all courses of the reader."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lessons.courses.course_by_slug import get_readable_course
from lessons.courses.models import Course
from lessons.search.filters import SearchFilter
from lessons.search.find import find
from lessons.search.narrowing import NarrowingOptions, course_options, searched_courses
from lessons.search.page import page_context, start_context
from lessons.search.results import load_results
from lessons.search.start import start_lessons

MAX_LANGUAGES = 4


@require_safe
@login_not_required
def search_course(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a course has of what is searched: to visitors the texts, if they may read them."""
    course = get_readable_course(request.user, slug)
    filters = SearchFilter.from_query(request.GET)
    if filters.is_empty:
        return _start(request, filters, course_options(course, ()), course)
    found = find(request.user, course, filters, languages=[course.language])
    results = load_results(request.user, course, found, filters)
    options = course_options(course, results.thread_ids)
    return render(request, "search/results.html", page_context(filters, found, results, options, course))


@require_safe
@login_not_required
def search(request: HttpRequest) -> HttpResponse:
    """Show what is searched in all courses that the reader may find: their own, and those that the library lists."""
    filters, courses = SearchFilter.from_query(request.GET), searched_courses(request.user)
    options = NarrowingOptions(courses=[(course.pk, course.title) for course in courses])
    if filters.is_empty:
        return _start(request, filters, options, None)
    own_first = sorted(courses, key=lambda course: course.role is None)
    languages = list(dict.fromkeys(course.language for course in own_first))[:MAX_LANGUAGES]
    found = find(request.user, None, filters, languages=languages)
    results = load_results(request.user, None, found, filters)
    return render(request, "search/results.html", page_context(filters, found, results, options, None))


def _start(request: HttpRequest, filters: SearchFilter, options: NarrowingOptions, course: Course | None):
    """Show the page before anything is searched."""
    lessons = start_lessons(request.user, course)
    context = start_context(filters, lessons, options, course, is_user=request.user.is_authenticated)
    return render(request, "search/results.html", context)
