"""What one member has done in a course, for its staff, and for the members themselves as “My work”."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lessons.courses.course_by_slug import get_any_course
from lessons.courses.models import Membership
from lessons.insight.work import Figures, Kind, Work, figures
from lessons.insight.work_list import PAGE_SIZE, PRINTED, WorkFilter, work_page
from lessons.insight.work_rendering import LessonLink, lesson_links, render_work
from lessons.markup.row_templates import render_rows
from lessons.permissions import can_moderate, can_view_work, is_member


@require_safe
def own_work(request, slug):
    """Show members what they have done themselves."""
    course = get_any_course(slug)
    if not is_member(request.user, course):
        raise Http404
    work = Work(request.user, course, is_own=True)
    return _render_work(request, work, is_of_staff=can_moderate(request.user, course))


@require_safe
def member_work(request, slug, pk):
    """Show the course's staff what a learner has done."""
    course = get_any_course(slug)
    if not can_view_work(request.user, course):
        raise Http404
    learners = Membership.objects.active().filter(course=course, role=Membership.Role.LEARNER)
    membership = get_object_or_404(learners.select_related("user", "group"), pk=pk)
    work = Work(membership.user, course, is_own=False)
    return _render_work(request, work, membership=membership)


def _render_work(request, work: Work, **context):
    """Show a page of the work; for printing, as much as there is. A constant number of queries."""
    filters, is_printed = WorkFilter.from_query(request.GET), bool(request.GET.get("print"))
    size = PRINTED if is_printed else PAGE_SIZE
    page = work_page(work, filters, "" if is_printed else request.GET.get("before", ""), size)
    counts, lessons = figures(work), lesson_links(work)
    context |= {
        "course": work.course,
        "work": work,
        "figures": counts,
        "rows": render_work(work, request.user, page.rows, lessons),
        "kinds": _kinds(filters, counts),
        "filters": filters,
        "lessons": render_rows("insight/lesson_options.html", lessons=lessons, chosen=filters.lesson)
        if lessons
        else "",
        "older": filters.query_string(before=page.next_cursor) if page.next_cursor else "",
        "newest": filters.query_string() if page.previous_cursor else "",
        "print_url": filters.query_string(print=1),
        "is_printed": is_printed,
        "url": _url_of(work, context.get("membership")),
    }
    return render(request, "insight/work.html", context)


def _lesson_options(lessons: dict[int, LessonLink], chosen: int) -> SafeString | str:
    return render_rows("insight/lesson_options.html", lessons=lessons, chosen=chosen) if lessons else ""


def _url_of(work: Work, membership: Membership | None) -> str:
    if membership is None:
        return reverse("insight:own_work", args=[work.course.slug])
    return reverse("insight:member_work", args=[work.course.slug, membership.pk])


def _kinds(filters: WorkFilter, counts: Figures) -> list[tuple[str, str, int, bool]]:
    """Return the label, the address, the count and whether it is chosen of each kind. They count what is listed: 0 for
    a single lesson, of which nothing is counted.
    """
    choices = [("", _("Everything"), 0), *((kind.value, str(kind.label), counts.counts[kind]) for kind in Kind)]
    return [
        (
            label,
            WorkFilter(kind, filters.lesson).query_string(),
            0 if filters.lesson else count,
            kind == filters.kind,
        )
        for kind, label, count in choices
    ]
