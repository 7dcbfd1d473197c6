"""The lecture note: as a page to print, and as Markdown."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.insight.lecture import lecture_lines, lecture_markdown, lecture_rows
from lessons.insight.views.access import get_insight_course


@require_safe
def lecture_note(request: AuthenticatedHttpRequest, slug: str) -> HttpResponse:
    """Show the passages to explain, with what learners ask about them."""
    course = get_insight_course(request.user, slug)
    page = {"course": course, "lines": lecture_lines(lecture_rows(course)), "here": request.path}
    return render(request, "insight/lecture_note.html", page)


@require_safe
def download(request: AuthenticatedHttpRequest, slug: str) -> HttpResponse:
    """Return the lecture note as a file."""
    course = get_insight_course(request.user, slug)
    lines = lecture_lines(lecture_rows(course))
    root = f"{request.scheme}://{request.get_host()}"
    headers = {
        "Content-Disposition": 'attachment; filename="lecture-note.md"',
        "Cache-Control": "private, no-store",
    }
    text = lecture_markdown(course.title, lines, root)
    return HttpResponse(text, content_type="text/markdown; charset=utf-8", headers=headers)
