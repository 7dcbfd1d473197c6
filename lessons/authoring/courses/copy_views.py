"""Copying a module to another course, and a course for the next term: a page with a form each."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from lessons.authoring.access import get_module, get_user
from lessons.authoring.courses.forms import CourseCopyForm, ModuleCopyForm
from lessons.copying.services import copy_course, copy_module
from lessons.courses.models import Course
from lessons.db.idempotency import create_once, form_key
from lessons.permissions import can_copy_course, require


def copy_module_page(request: HttpRequest, pk: int) -> HttpResponse:
    module, user = get_module(request, pk), get_user(request)
    require(can_copy_course(user, module.course))
    data = request.POST if request.method == "POST" else None
    form = ModuleCopyForm(data, user=user, initial={"course": module.course_id})
    if not form.is_valid():
        title = _("Copy “%(title)s”") % {"title": module.title}
        return _render(request, "authoring/copy_module.html", form, module=module, title=title)
    course = form.cleaned_data["course"]
    copy_id = create_once(request, lambda: copy_module(by=user, module=module, course=course))
    messages.success(request, _("The module was copied as a draft. Check it, then publish it."))
    return redirect("admin:lessons_module_change", copy_id) if copy_id else redirect("admin:index")


def copy_course_page(request: HttpRequest, pk: int) -> HttpResponse:
    course, user = get_object_or_404(Course.objects.editable_by(request.user), pk=pk), get_user(request)
    require(can_copy_course(user, course))
    data = request.POST if request.method == "POST" else None
    form = CourseCopyForm(data, initial={"title": course.title})
    if not form.is_valid():
        title = _("Copy course for the next term")
        return _render(request, "authoring/copy_course.html", form, course=course, title=title)
    fields = form.cleaned_data
    copy_id = create_once(request, lambda: copy_course(by=user, course=course, **fields))
    messages.success(request, _("The course was copied. Its modules are drafts, and you are its only member."))
    return redirect("admin:courses_course_change", copy_id) if copy_id else redirect("admin:index")


def _render(request: HttpRequest, template: str, form, **context) -> HttpResponse:
    context |= {"form": form, "form_key": form_key(request)}
    return render(request, template, admin.site.each_context(request) | context, status=422 if form.is_bound else 200)
