"""The page for copying a course for the next term."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from lessons.authoring.access import get_user, render_page
from lessons.authoring.breadcrumbs import trail
from lessons.authoring.courses.forms import CourseCopyForm
from lessons.copying.services import copy_course
from lessons.courses.models import Course
from lessons.db.idempotency import FormInvalid, submit_once
from lessons.permissions import can_copy_course, can_create_courses, require


def copy_course_page(request: HttpRequest, pk: int) -> HttpResponse:
    course, user = get_object_or_404(Course.objects.editable_by(request.user), pk=pk), get_user(request)
    require(can_copy_course(user, course) and can_create_courses(user))
    data = request.POST if request.method == "POST" else None
    form = CourseCopyForm(data, initial={"title": course.title})

    def copy() -> str:
        # Not earlier: when the same form was submitted before, its own copy already has this slug.
        if not form.is_valid():
            raise FormInvalid
        copied = copy_course(by=user, course=course, hosts=[request.get_host()], **form.cleaned_data)
        return reverse("admin:courses_course_change", args=[copied.pk])

    try:
        outcome = submit_once(request, copy)
    except FormInvalid:
        title = _("Copy course for the next term")
        context = {"title": title, "parents": trail(course), "course": course, "form": form}
        return render_page(request, "authoring/copy_course.html", context, 422 if form.is_bound else 200)
    if not outcome.is_repeat:
        messages.success(request, _("The course was copied. Its modules are drafts, and you are its only member."))
    return redirect(outcome.address)
