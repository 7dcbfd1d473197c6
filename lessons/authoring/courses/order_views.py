"""The order of the lessons of a module and of the modules of a course: one form, one script, one page for conflicts.

A form sends `up` or `down` with the id of a row, or the order of all rows (`lesson` or `module`, repeated). `version`
is the order that the page showed: ids, separated by commas.
"""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.authoring.access import get_module, render_page
from lessons.authoring.breadcrumbs import trail
from lessons.courses.models import Course
from lessons.db.edit_conflicts import CONFLICT_STATUS
from lessons.db.ids import parse_id, parse_numbers
from lessons.models import Module
from lessons.services import OrderConflict, reorder_lessons, reorder_modules

MAX_ROWS = 2000


@require_POST
def order_lessons(request: HttpRequest, pk: int) -> HttpResponse:
    module = get_module(request, pk)
    page = reverse("admin:lessons_module_change", args=[pk])
    saved = list(module.lessons.order_by("position", "pk").values_list("pk", flat=True))
    order, shown = _submitted_order(request.POST, "lesson", saved)
    try:
        reorder_lessons(module=module, lesson_ids=order, shown_ids=shown)
    except OrderConflict as conflict:
        return _conflict_page(request, conflict, "lesson", module, page)
    return redirect(page)


@require_POST
def order_modules(request: HttpRequest, pk: int) -> HttpResponse:
    course = get_object_or_404(Course.objects.editable_by(request.user), pk=pk)
    page = reverse("admin:courses_course_change", args=[pk])
    saved = list(course.modules.order_by("position", "pk").values_list("pk", flat=True))
    order, shown = _submitted_order(request.POST, "module", saved)
    try:
        reorder_modules(course=course, module_ids=order, shown_ids=shown)
    except OrderConflict as conflict:
        return _conflict_page(request, conflict, "module", course, page)
    return redirect(page)


def _submitted_order(data: QueryDict, field: str, saved: list[int]) -> tuple[list[int], list[int] | None]:
    """Return the new order, and the one that the page showed, if the form says so."""
    shown = parse_numbers(data.get("version"), max_count=MAX_ROWS)
    ids = shown or saved
    for button, step in (("up", -1), ("down", 1)):
        moved = parse_id(data.get(button, ""))
        if moved in ids:
            return _moved(ids, moved, step), shown
    return [pk for pk in map(parse_id, data.getlist(field)) if pk in ids] or ids, shown


def _moved(ids: list[int], pk: int, step: int) -> list[int]:
    old_index = ids.index(pk)
    new_index = min(max(old_index + step, 0), len(ids) - 1)
    order = list(ids)
    order[old_index], order[new_index] = order[new_index], order[old_index]
    return order


def _conflict_page(
    request: HttpRequest, conflict: OrderConflict, field: str, parent: Course | Module, page: str
) -> HttpResponse:
    title = _("Order of the lessons") if field == "lesson" else _("Order of the modules")
    context = {"conflict": conflict, "field": field, "parents": trail(parent), "page": page, "title": title}
    return render_page(request, "authoring/order_conflict.html", context, CONFLICT_STATUS)
