"""Pages beside a text's form: its history, its withdrawal."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.authoring.access import lesson_for, own_address, text_page
from lessons.authoring.base import short_text
from lessons.authoring.lessons.comparison import change
from lessons.models import Lesson
from lessons.services import restore, withdraw


def addresses(model_admin) -> list:
    """The pages of one model's admin, so that a lesson and a case study have theirs under their own address."""
    guard, stem = model_admin.admin_site.admin_view, f"lessons_{model_admin.opts.model_name}"
    return [
        path("<int:pk>/history/", guard(history), name=f"{stem}_history"),
        path("<int:pk>/history/<int:number>/", guard(revision_change), name=f"{stem}_revision"),
        path("<int:pk>/history/<int:number>/draft/", guard(copy_into_draft), name=f"{stem}_restore"),
        path("<int:pk>/withdrawal/", guard(withdrawal), name=f"{stem}_withdraw"),
    ]


def history(request: HttpRequest, pk: int) -> HttpResponse:
    lesson = lesson_for(request, pk)
    revisions = lesson.revisions.select_related("author").defer("html", "text")
    return text_page(request, "authoring/revision_history.html", lesson, revisions=revisions)


def revision_change(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What a revision changed in the one before it."""
    lesson = lesson_for(request, pk)
    revision = get_object_or_404(lesson.revisions.select_related("author"), number=number)
    before = lesson.revisions.filter(number__lt=number).first()
    words = change(before.html if before else "", revision.html)
    return text_page(request, "authoring/revision_diff.html", lesson, revision=revision, before=before, change=words)


@require_POST
def copy_into_draft(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    lesson = lesson_for(request, pk)
    restore(revision=get_object_or_404(lesson.revisions, number=number), by=request.user)
    messages.success(request, _("Revision %d is the draft now. Readers see no change until you publish.") % number)
    return redirect(own_address(lesson, "change"))


def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks, POST withdraws."""
    lesson = lesson_for(request, pk)
    if request.method != "POST":
        return text_page(request, "authoring/withdraw_lesson.html", lesson)
    if lesson.state == Lesson.State.PUBLISHED:
        withdraw(lesson=lesson, by=request.user, why=short_text(request.POST, "why"))
    messages.success(request, _("“%s” is withdrawn. Publish it to show it again.") % lesson)
    return redirect(own_address(lesson, "change"))
