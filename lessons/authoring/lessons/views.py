"""Pages beside the form of a lesson: their addresses, its withdrawal, formulas for the editor."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _

from lessons.authoring.access import admin_url, get_lesson, get_user, render_lesson_page
from lessons.authoring.base import limited_text
from lessons.authoring.checks import views as checks
from lessons.authoring.lessons import history_views
from lessons.authoring.lessons.autosave import save_text
from lessons.authoring.lessons.glossary import glossary_terms
from lessons.authoring.lessons.presence import editing_presence
from lessons.authoring.publishing.scheduling import withdraw_now
from lessons.markup.formulas import formula
from lessons.markup.tex_delimiters import MAX_TEX
from lessons.models import Lesson


def urls(model_admin) -> list:
    """Return the URL patterns of one model's admin: lessons and case studies each have their own."""
    guard, prefix = model_admin.admin_site.admin_view, f"lessons_{model_admin.opts.model_name}"
    return [
        path("<int:pk>/history/", guard(history_views.lesson_history), name=f"{prefix}_history"),
        path("<int:pk>/history/comparison/", guard(history_views.comparison), name=f"{prefix}_comparison"),
        path("<int:pk>/history/restoration/", guard(history_views.restoration), name=f"{prefix}_restoration"),
        path("<int:pk>/history/<int:number>/", guard(history_views.revision), name=f"{prefix}_revision"),
        path("<int:pk>/history/<int:number>/draft/", guard(history_views.restore_revision), name=f"{prefix}_restore"),
        path("<int:pk>/history/<str:key>/", guard(history_views.version), name=f"{prefix}_version"),
        path("<int:pk>/presence/", guard(editing_presence), name=f"{prefix}_presence"),
        path("<int:pk>/withdrawal/", guard(withdraw_lesson), name=f"{prefix}_withdraw"),
        path("<int:pk>/draft/", guard(save_text), name=f"{prefix}_draft"),
        *checks.urls(guard, prefix),
        path("formula/", guard(show_formula), name=f"{prefix}_formula"),
        path("terms/", guard(glossary_terms), name=f"{prefix}_terms"),
    ]


def withdraw_lesson(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for confirmation. POST withdraws the lesson."""
    lesson = get_lesson(request, pk)
    if request.method != "POST":
        return render_lesson_page(request, "authoring/withdraw_lesson.html", lesson, {})
    if lesson.state == Lesson.State.PUBLISHED:
        withdraw_now(lesson=lesson, by=get_user(request), reason=limited_text(request.POST, "reason"))
    messages.success(request, _("“%s” was withdrawn. Publish it to show it again.") % lesson)
    return redirect(admin_url(lesson, "change"))


def show_formula(request: HttpRequest) -> JsonResponse:
    """Return the MathML of `tex`, which the editor's dialog previews and inserts."""
    is_displayed = request.GET.get("display") == "block"
    return JsonResponse({"html": formula(limited_text(request.GET, "tex", MAX_TEX), display=is_displayed)})
