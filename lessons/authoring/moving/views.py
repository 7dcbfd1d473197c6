"""The pages that move or copy a lesson, and a module."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.authoring.access import admin_url, get_lesson, get_module, get_user, render_lesson_page, render_page
from lessons.authoring.breadcrumbs import trail
from lessons.authoring.courses.forms import ModuleCopyForm
from lessons.authoring.moving.forms import LessonTargetForm
from lessons.authoring.moving.services import MoveRefused, member_data, move_lesson, move_module, place_lesson
from lessons.copying.services import copy_lesson, copy_module
from lessons.courses.models import Course
from lessons.db.idempotency import submit_once
from lessons.models import Lesson, Module
from lessons.permissions import can_copy_course, require

COPY = "copy"


def urls(model_admin) -> list:
    """Return the URL patterns of lessons or case studies."""
    page = model_admin.admin_site.admin_view(move_lesson_page)
    return [path("<int:pk>/move/", page, name=f"lessons_{model_admin.opts.model_name}_move")]


def move_lesson_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the form; POST moves the lesson or, by the button `copy`, copies it."""
    lesson, user = get_lesson(request, pk), get_user(request)
    form = LessonTargetForm(request.POST if request.method == "POST" else None, user=user, lesson=lesson)
    if form.is_valid():
        module, position = form.cleaned_data["module"], form.cleaned_data["position"]
        try:
            return _submit(request, lambda: _move_or_copy_lesson(request, user, lesson, module, position))
        except MoveRefused as refusal:
            form.add_error("module", str(refusal))
    title = _("Move or copy “%(title)s”") % {"title": lesson.title}
    context = {"title": title, "form": form, "member_data": member_data([lesson.pk], lesson.module.course)}
    status = 422 if form.is_bound else 200
    return render_lesson_page(request, "authoring/move_lesson.html", lesson, context, status)


def _move_or_copy_lesson(
    request: HttpRequest, user: User, lesson: Lesson, module: Module, position: int | None
) -> str:
    if COPY in request.POST:
        copy = copy_lesson(by=user, lesson=lesson, module=module, hosts=[request.get_host()])
        if position is not None:
            place_lesson(lesson=copy, position=position)
        messages.success(request, _("The lesson was copied as a draft. Check it, then publish it."))
        return admin_url(copy, "change")
    move_lesson(lesson=lesson, module=module, position=position, by=user)
    messages.success(request, _("“%(title)s” was moved.") % {"title": lesson.title})
    return reverse("admin:lessons_module_change", args=[module.pk])


def move_module_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the form; POST moves the module to another course or, by the button `copy`, copies it to any."""
    module, user = get_module(request, pk), get_user(request)
    require(can_copy_course(user, module.course))
    data = request.POST if request.method == "POST" else None
    form = ModuleCopyForm(data, user=user, initial={"course": module.course_id})
    if form.is_valid():
        course = form.cleaned_data["course"]
        try:
            return _submit(request, lambda: _move_or_copy_module(request, user, module, course))
        except MoveRefused as refusal:
            form.add_error("course", str(refusal))
    title = _("Move or copy “%(title)s”") % {"title": module.title}
    members = member_data(list(module.lessons.values_list("pk", flat=True)), module.course)
    context = {"title": title, "parents": trail(module), "form": form, "module": module, "member_data": members}
    return render_page(request, "authoring/move_module.html", context, 422 if form.is_bound else 200)


def _move_or_copy_module(request: HttpRequest, user: User, module: Module, course: Course) -> str:
    if COPY in request.POST:
        copy = copy_module(by=user, module=module, course=course, hosts=[request.get_host()])
        messages.success(request, _("The module was copied as a draft. Check it, then publish it."))
        return reverse("admin:lessons_module_change", args=[copy.pk])
    move_module(module=module, course=course, by=user)
    messages.success(request, _("“%(title)s” was moved to “%(course)s”.") % {"title": module, "course": course})
    return reverse("admin:lessons_module_change", args=[module.pk])


def _submit(request: HttpRequest, work: Callable[[], str]) -> HttpResponse:
    """Do the work once, even if the form is submitted twice."""
    return redirect(submit_once(request, work).address)
