"""The page where staff close and reopen a course, and set when personal data is removed from it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lessons.courses.models import Course
from lessons.courses.services.memberships import lock_course
from lessons.db.edit_conflicts import VersionedForm, save_edit, status_of
from lessons.permissions import can_close_course
from lessons.privacy.course_retention import MAX_MONTHS, close_course, reopen_course, set_retention


class RetentionForm(VersionedForm, forms.Form):
    months = forms.IntegerField(
        label=gettext_lazy("Months after closing"),
        required=False,
        min_value=1,
        max_value=MAX_MONTHS,
        help_text=gettext_lazy("Leave this empty to keep personal data indefinitely."),
    )

    def saved_values(self, row) -> dict[str, Any]:
        return {"months": row.purge_after_months}


def course_closing(request, slug):
    """Show what closing and removing personal data mean. POST with `action`: close, reopen or set_retention."""
    course = get_object_or_404(Course, slug=slug)
    if not can_close_course(request.user, course):
        raise Http404
    action = request.POST.get("action", "")
    data = request.POST if action == "set_retention" else None
    form = RetentionForm(data, row=course, initial={"months": course.purge_after_months})
    if form.is_valid() and _set_retention(request.user, course, form):
        messages.success(request, _retention_message(form.cleaned_data["months"]))
    elif action == "close":
        close_course(course=course, by=request.user)
        messages.success(request, _("The course is closed. You can reopen it here."))
    elif action == "reopen":
        reopen_course(course=course, by=request.user)
        messages.success(request, _("The course is open again."))
    elif request.method != "POST" or form.errors:
        context = {"course": course, "form": form}
        return render(request, "privacy/course_closing.html", context, status=status_of(form))
    return redirect("privacy:course_closing", course.slug)


def _set_retention(user, course: Course, form: RetentionForm) -> bool:
    def save(current: Course) -> None:
        set_retention(course=current, by=user, months=form.cleaned_data["months"])

    return save_edit(form, lock=lambda: lock_course(course.pk), save=save)


def _retention_message(months: int | None) -> str:
    if months is None:
        return _("Saved. Personal data is kept indefinitely.")
    message = ngettext(
        "Saved. Personal data is removed %(n)s month after closing.",
        "Saved. Personal data is removed %(n)s months after closing.",
        months,
    )
    return message % {"n": months}
