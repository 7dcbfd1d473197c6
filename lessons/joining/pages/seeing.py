"""Beginning and ending to see a course as a learner does. The looking itself is `joining.viewing`."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.joining.pages.access import course_of_staff
from lessons.joining.printing import options
from lessons.joining.viewing import KEY
from lessons.people.actions import record
from lessons.people.models import Course
from lessons.permissions import can_seat, can_view_as_learner, require


def beginning(request, slug):
    """Asks as whom; POST begins, and writes it into the log."""
    course = course_of_staff(request.user, slug)
    require(can_view_as_learner(request.user, course))
    if request.method != "POST":
        groups = options(course.groups.values_list("pk", "name"), "")
        context = {"course": course, "groups": groups, "may_seat": can_seat(request.user, course)}
        return render(request, "enrolment/view_as_learner.html", context)
    group = _group_of(course, request.POST.get("group", ""))
    with transaction.atomic():
        record(by=request.user, verb="view as learner", course=course, target=group or _("no group"))
        request.session[KEY] = [course.pk, group and group.pk]
    return redirect(course)


def _group_of(course: Course, given: str):
    return get_object_or_404(course.groups, pk=int(given)) if given.isascii() and given.isdigit() else None


@require_POST
def ending(request):
    """The way out, also where nothing was begun."""
    course = Course.objects.filter(pk=(request.session.pop(KEY, None) or [None])[0]).first()
    messages.success(request, _("You see with your own eyes again."))
    return redirect("enrolment:members", course.slug) if course else redirect("reading:library")
