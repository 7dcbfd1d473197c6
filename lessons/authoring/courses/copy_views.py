"""A module to another course, a course to the next term: each a page that asks, and a button."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from lessons.authoring.courses.forms import CourseCopyForm, ModuleCopyForm
from lessons.copying.services import copy_course, copy_module
from lessons.courses.models import Course
from lessons.db.idempotency import FormInvalid, submit_once
from lessons.models import Module
from lessons.permissions import can_copy_course, require


def copy_module_page(request: HttpRequest, pk: int) -> HttpResponse:
    module = get_object_or_404(Module.objects.editable_by(request.user).select_related("course"), pk=pk)
    require(can_copy_course(request.user, module.course))
    given = (request.POST,) if request.method == "POST" else ()
    form = ModuleCopyForm(*given, user=request.user, initial={"course": module.course_id})
    if not form.is_valid():
        title = _("Copy “%(title)s”") % {"title": module.title}
        return _page(request, "authoring/copy_module.html", form, module=module, title=title)
    course = form.cleaned_data["course"]

    def copy() -> str:
        copied = copy_module(by=request.user, module=module, course=course)
        return reverse("admin:lessons_module_change", args=[copied.pk])

    outcome = submit_once(request, copy)
    if not outcome.is_repeat:
        messages.success(request, _("The module is copied, as a draft. Look through it, then publish."))
    return redirect(outcome.address)


def copy_course_page(request: HttpRequest, pk: int) -> HttpResponse:
    course = get_object_or_404(Course.objects.editable_by(request.user), pk=pk)
    require(can_copy_course(request.user, course))
    given = (request.POST,) if request.method == "POST" else ()
    form = CourseCopyForm(*given, initial={"title": course.title})

    def copy() -> str:
        # Not earlier: the copy that the same form made has this address already.
        if not form.is_valid():
            raise FormInvalid
        copied = copy_course(by=request.user, course=course, **form.cleaned_data)
        return reverse("admin:courses_course_change", args=[copied.pk])

    try:
        outcome = submit_once(request, copy)
    except FormInvalid:
        title = _("Copy course for the next term")
        return _page(request, "authoring/copy_course.html", form, course=course, title=title)
    if not outcome.is_repeat:
        messages.success(request, _("The course is copied: its modules are drafts, and you are its only member."))
    return redirect(outcome.address)


def _page(request, template: str, form, **context) -> HttpResponse:
    context["form"] = form
    return render(request, template, admin.site.each_context(request) | context, status=422 if form.is_bound else 200)
