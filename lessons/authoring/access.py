"""What the pages beside a text's form have in common."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from lessons.authoring.status import stage
from lessons.models import Lesson, Module
from lessons.services import whole


def lesson_for(request: HttpRequest, pk: int) -> Lesson:
    """A lesson or case study that the person may edit, with its place; raises Http404."""
    return get_object_or_404(Lesson.objects.authored_by(request.user).with_place(), pk=pk)


def own_address(lesson: Lesson, page: str, *more) -> str:
    """The address of a page of the lesson in the admin, as the kind of text it is. One query for a Lesson."""
    return reverse(f"admin:lessons_{whole(lesson)._meta.model_name}_{page}", args=[lesson.pk, *more])


def text_page(request: HttpRequest, template: str, lesson: Lesson, **context) -> HttpResponse:
    site = admin.site.each_context(request)
    own = {"lesson": lesson, "opts": whole(lesson)._meta, "stage": stage(lesson)}
    return render(request, template, site | own | context)


def module_for(request: HttpRequest, pk: int) -> Module:
    """A module that the person may edit, with its course; raises Http404."""
    return get_object_or_404(Module.objects.authored_by(request.user).select_related("course"), pk=pk)
