"""What the pages beside the admin's forms share: the signed-in user, rows that this user may edit, and rendering."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from lessons.accounts.models import User
from lessons.authoring.breadcrumbs import trail
from lessons.authoring.status import lesson_status
from lessons.models import Lesson, Module
from lessons.services import resolve_subclass


def get_user(request: HttpRequest) -> User:
    """Return the signed-in user. The admin lets nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def get_lesson(request: HttpRequest, pk: int) -> Lesson:
    """Return a lesson or case study that the user may edit, with its module and course; raise Http404."""
    return get_object_or_404(Lesson.objects.editable_by(request.user).with_course(), pk=pk)


def get_module(request: HttpRequest, pk: int) -> Module:
    """Return a module that the user may edit, with its course; raise Http404."""
    return get_object_or_404(Module.objects.editable_by(request.user).select_related("course"), pk=pk)


def admin_url(lesson: Lesson, page: str, *args) -> str:
    """Return the URL of a page of the lesson or case study in the admin. One query for a Lesson."""
    return reverse(f"admin:lessons_{resolve_subclass(lesson)._meta.model_name}_{page}", args=[lesson.pk, *args])


def render_page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render a template that extends `admin/base_site.html`."""
    return render(request, template, admin.site.each_context(request) | context, status=status)


def render_lesson_page(
    request: HttpRequest, template: str, lesson: Lesson, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Render a template that extends `authoring/lesson_page.html`."""
    page = {"lesson": lesson, "opts": resolve_subclass(lesson)._meta, "status": lesson_status(lesson)}
    page["parents"] = trail(lesson.module)
    return render_page(request, template, context | page, status)
