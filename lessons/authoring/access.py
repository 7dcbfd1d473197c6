"""What the pages beside a text's form have in common."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from lessons.authoring.status import lesson_status
from lessons.models import Lesson, Module
from lessons.services import resolve_subclass


def get_lesson(request: HttpRequest, pk: int) -> Lesson:
    """A lesson or case study that the person may edit, with its place; raises Http404."""
    return get_object_or_404(Lesson.objects.editable_by(request.user).with_course(), pk=pk)


def admin_url(lesson: Lesson, page: str, *more) -> str:
    """The address of a page of the lesson in the admin, as the kind of text it is. One query for a Lesson."""
    return reverse(f"admin:lessons_{resolve_subclass(lesson)._meta.model_name}_{page}", args=[lesson.pk, *more])


def render_lesson_page(request: HttpRequest, template: str, lesson: Lesson, **context) -> HttpResponse:
    site = admin.site.each_context(request)
    own = {"lesson": lesson, "opts": resolve_subclass(lesson)._meta, "stage": lesson_status(lesson)}
    return render(request, template, site | own | context)


def get_module(request: HttpRequest, pk: int) -> Module:
    """A module that the person may edit, with its course; raises Http404."""
    return get_object_or_404(Module.objects.editable_by(request.user).select_related("course"), pk=pk)
