"""What each learner has done in a lesson."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.insight import links
from lessons.insight.class_context import class_context
from lessons.insight.learner_rows import PAGE_SIZE, SELECTIONS, learner_rows
from lessons.insight.rendering import Chip, filter_chips, group_chips, learner_table
from lessons.insight.views.access import filter_from, get_insight_lesson


@require_safe
def learners(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Show a page of the learners, all of them or of a group, with what each has done in the lesson."""
    shown = get_insight_lesson(request.user, pk, request.GET)
    if not shown.is_current:
        raise Http404
    context = class_context(shown.course, request.user)
    filters = context.valid(filter_from(request.GET))._replace(label="")
    show = request.GET.get("show", "")
    show = show if show in SELECTIONS else ""
    shows = [Chip(str(label), links.query_string(filters, show=key), key == show) for key, label in SELECTIONS.items()]
    page = learner_rows(shown, filters, limit=PAGE_SIZE, show=show, cursor=request.GET.get("after", ""))
    values = {
        "course": shown.course,
        "course_counts": context.counts,
        "lesson": shown,
        "url": links.lesson_url(shown.pk, shown.slug),
        "rows": learner_table(shown, page.rows),
        "check_count": len(shown.checks),
        "groups": filter_chips(_("Group"), group_chips(context, filters, show=show)),
        "shown": filter_chips(_("Which learners"), shows),
        "first": links.query_string(filters, show=show) if page.previous_cursor else "",
        "next": links.query_string(filters, show=show, after=page.next_cursor) if page.next_cursor else "",
    }
    return render(request, "insight/learners.html", values)
