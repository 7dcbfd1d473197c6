"""Import a roster: preview the changes first, then apply them in one transaction."""

import re

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.courses.models import Course
from lessons.courses.roster_csv import InvalidRoster, RosterLine, read_roster
from lessons.courses.services.bulk_enrol import RosterOutdated, RosterPlan, bulk_enrol, plan_roster
from lessons.courses.services.memberships import EnrolmentRefused
from lessons.db.idempotency import submit_once
from lessons.enrolment.forms import RosterForm
from lessons.enrolment.views.access import get_course_to_manage
from lessons.markup.csv_text import InvalidCSV, UploadedText, decode_upload

COLUMN_FIELD = re.compile(r"column-([0-9]{1,4})")


def roster(request, slug):
    """Show the roster form; POST previews a roster and, with `confirm`, imports it. The preview holds the text."""
    course = get_course_to_manage(request.user, slug)
    form = RosterForm(request.POST or None, request.FILES or None)
    if request.method != "POST":
        return render(request, "enrolment/roster.html", {"course": course, "form": form})
    try:
        text, encoding = _read(form)
        roster = read_roster(text, _chosen_columns(request.POST))
    except InvalidRoster as error:
        form.add_error(None, str(error))
        return render(request, "enrolment/roster.html", {"course": course, "form": form}, status=400)
    status = 200
    if "confirm" in request.POST:
        try:
            return _import(request, course, roster.lines)
        except (RosterOutdated, EnrolmentRefused) as error:
            messages.error(request, str(error))
            status = 409
    context = {
        "course": course,
        "plan": plan_roster(course, roster.lines),
        "columns": [(column, f"column-{column.position}") for column in roster.unrecognised],
        "column_choices": column_choices(),
        "text": text,
        "encoding": encoding,
    }
    return render(request, "enrolment/roster_preview.html", context, status=status)


def column_choices() -> list[tuple[str, str]]:
    """Return what a column of a roster may be, with its name."""
    return [
        ("", _("Ignore")),
        ("email", _("E-mail address")),
        ("name", _("Name")),
        ("first", _("First name")),
        ("last", _("Last name")),
        ("role", _("Role")),
        ("group", _("Group")),
    ]


def _chosen_columns(data: QueryDict) -> dict[int, str]:
    """Return, by the position of a column, what the preview's form says that it is."""
    return {int(match[1]): data.get(name, "") for name in data if (match := COLUMN_FIELD.fullmatch(name))}


def _import(request, course: Course, lines: list[RosterLine]):
    """Import the roster. Raise RosterOutdated or EnrolmentRefused."""

    def enrol() -> str:
        digest = request.POST.get("digest", "")
        plan = bulk_enrol(course=course, lines=lines, by=request.user, expected_digest=digest)
        messages.success(request, _summary(plan))
        return reverse("enrolment:members", args=[course.slug])

    return redirect(submit_once(request, enrol).address)


def _read(form: RosterForm) -> UploadedText:
    """Return the text of the file or the pasted text. Raise InvalidRoster."""
    form.is_valid()
    try:
        return decode_upload(form.cleaned_data.get("file"), form.cleaned_data.get("text", ""))
    except InvalidCSV as error:
        raise InvalidRoster(str(error)) from None


def _summary(plan: RosterPlan) -> str:
    new, changed, invalid = len(plan.new), len(plan.changed), len(plan.invalid)
    sentences = [
        ngettext("%(n)s person has been enrolled.", "%(n)s people have been enrolled.", new) % {"n": new},
        ngettext("%(n)s membership has changed.", "%(n)s memberships have changed.", changed) % {"n": changed},
    ]
    if invalid:
        skipped = ngettext("%(n)s row was skipped.", "%(n)s rows were skipped.", invalid)
        sentences.append(skipped % {"n": invalid})
    return " ".join(sentences)
