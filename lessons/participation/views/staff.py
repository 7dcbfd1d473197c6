"""What the staff of a course did, by person and period."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.participation.staff_work import staff_work
from lessons.participation.views.access import get_course_as_staff
from lessons.permissions import can_manage_members

PERIODS = {
    "week": (_("Last 7 days"), timedelta(days=7)),
    "month": (_("Last 30 days"), timedelta(days=30)),
    "": (_("The whole course"), None),
}


@require_safe
def staff(request: AuthenticatedHttpRequest, slug: str) -> HttpResponse:
    """Show how many questions each of the staff answered and how soon, and what they decided about posts."""
    course = get_course_as_staff(request.user, slug)
    period = request.GET.get("period", "")
    period = period if period in PERIODS else ""
    length = PERIODS[period][1]
    context = {
        "course": course,
        "can_manage_members": can_manage_members(request.user, course),
        "periods": [(name, label) for name, (label, _length) in PERIODS.items()],
        "period": period,
        "work": staff_work(course, timezone.now() - length if length else None, period),
    }
    return render(request, "participation/staff.html", context)
