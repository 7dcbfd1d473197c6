"""Closing a course, opening it again, and saying when it is emptied of people."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lessons.courses.models import Course
from lessons.permissions import can_close_course
from lessons.privacy.course_retention import MAX_MONTHS, close_course, reopen_course, set_retention


class RetentionForm(forms.Form):
    months = forms.IntegerField(
        label=gettext_lazy("Months after closing"),
        required=False,
        min_value=1,
        max_value=MAX_MONTHS,
        help_text=gettext_lazy("Leave it empty to keep everybody’s names for good."),
    )


def course_closing(request, slug):
    """Says what closing does and what emptying does. `POST` with `act`: close, reopen or keep."""
    course = get_object_or_404(Course, slug=slug)
    if not can_close_course(request.user, course):
        raise Http404
    act = request.POST.get("act", "")
    form = RetentionForm(request.POST if act == "keep" else None, initial={"months": course.purge_after_months})
    if act == "keep" and form.is_valid():
        set_retention(course=course, by=request.user, months=form.cleaned_data["months"])
        messages.success(request, _kept(form.cleaned_data["months"]))
    elif act == "close":
        close_course(course=course, by=request.user)
        messages.success(request, _("The course is closed. You can open it again here."))
    elif act == "reopen":
        reopen_course(course=course, by=request.user)
        messages.success(request, _("The course is open again."))
    elif request.method != "POST" or form.errors:
        context = {"course": course, "form": form}
        return render(request, "privacy/course_closing.html", context, status=400 if form.errors else 200)
    return redirect("privacy:course_closing", course.slug)


def _kept(months: int | None) -> str:
    if months is None:
        return _("Saved: everybody’s names are kept for good.")
    words = (
        "Saved: names are kept for %(n)s month after closing.",
        "Saved: names are kept for %(n)s months after closing.",
    )
    return ngettext(*words, months) % {"n": months}
