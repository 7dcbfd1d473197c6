"""Pages beside the form of a lesson: its history, its withdrawal."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.authoring.access import admin_url, get_lesson, get_user, render_lesson_page
from lessons.authoring.base import limited_text
from lessons.authoring.lessons.comparison import diff_html
from lessons.markup.formulas import formula
from lessons.markup.tex_delimiters import MAX_TEX
from lessons.models import Lesson
from lessons.services import restore_draft, withdraw


def urls(model_admin) -> list:
    """Return the URL patterns of one model's admin: lessons and case studies each have their own."""
    guard, prefix = model_admin.admin_site.admin_view, f"lessons_{model_admin.opts.model_name}"
    return [
        path("<int:pk>/history/", guard(revision_history), name=f"{prefix}_history"),
        path("<int:pk>/history/<int:number>/", guard(revision_diff), name=f"{prefix}_revision"),
        path("<int:pk>/history/<int:number>/draft/", guard(restore_revision), name=f"{prefix}_restore"),
        path("<int:pk>/withdrawal/", guard(withdraw_lesson), name=f"{prefix}_withdraw"),
        path("formula/", guard(show_formula), name=f"{prefix}_formula"),
    ]


def revision_history(request: HttpRequest, pk: int) -> HttpResponse:
    lesson = get_lesson(request, pk)
    revisions = lesson.revisions.select_related("author").defer("html", "text")
    return render_lesson_page(request, "authoring/revision_history.html", lesson, revisions=revisions)


def revision_diff(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Show what a revision changed from the one before it."""
    lesson = get_lesson(request, pk)
    revision = get_object_or_404(lesson.revisions.select_related("author"), number=number)
    previous = lesson.revisions.filter(number__lt=number).first()
    diff = diff_html(previous.html if previous else "", revision.html)
    context = {"revision": revision, "previous": previous, "diff": diff}
    return render_lesson_page(request, "authoring/revision_diff.html", lesson, **context)


@require_POST
def restore_revision(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Copy a revision into the draft."""
    lesson = get_lesson(request, pk)
    restore_draft(revision=get_object_or_404(lesson.revisions, number=number), by=get_user(request))
    messages.success(
        request, _("Revision %d was copied into the draft. Readers see no change until you publish.") % number
    )
    return redirect(admin_url(lesson, "change"))


def withdraw_lesson(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for confirmation. POST withdraws the lesson."""
    lesson = get_lesson(request, pk)
    if request.method != "POST":
        return render_lesson_page(request, "authoring/withdraw_lesson.html", lesson)
    if lesson.state == Lesson.State.PUBLISHED:
        withdraw(lesson=lesson, by=get_user(request), reason=limited_text(request.POST, "reason"))
    messages.success(request, _("“%s” was withdrawn. Publish it to show it again.") % lesson)
    return redirect(admin_url(lesson, "change"))


def show_formula(request: HttpRequest) -> JsonResponse:
    """Return the MathML of `tex`, which the editor's dialog previews and inserts."""
    is_displayed = request.GET.get("display") == "block"
    return JsonResponse({"html": formula(limited_text(request.GET, "tex", MAX_TEX), display=is_displayed)})
