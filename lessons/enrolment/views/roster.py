"""A roster: shown first as what it would do, then done in one transaction."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.courses import emails
from lessons.courses.models import Course
from lessons.courses.roster_csv import InvalidRoster, RosterLine, read_roster
from lessons.courses.services.bulk_enrol import RosterOutdated, RosterPlan, bulk_enrol, plan_roster
from lessons.courses.services.memberships import EnrolmentRefused
from lessons.db.idempotency import submit_once
from lessons.enrolment.forms import RosterForm
from lessons.enrolment.views.access import get_course_to_manage, site_url
from lessons.markup.decoding import decode, guess_encoding, reject_control_characters
from lessons.markup.sanitise import InvalidText


def roster(request, slug):
    """GET asks for it. POST shows what it would do; with `confirm` does it. The preview carries the text itself."""
    course = get_course_to_manage(request.user, slug)
    form = RosterForm(request.POST or None, request.FILES or None)
    if request.method != "POST":
        return render(request, "enrolment/roster.html", {"course": course, "form": form})
    try:
        text, encoding = _text_of(form)
        lines = read_roster(text)
    except InvalidRoster as refusal:
        form.add_error(None, str(refusal))
        return render(request, "enrolment/roster.html", {"course": course, "form": form}, status=400)
    status = 200
    if "confirm" in request.POST:
        try:
            return _import(request, course, lines)
        except (RosterOutdated, EnrolmentRefused) as refusal:
            messages.error(request, str(refusal))
            status = 409
    context = {"course": course, "plan": plan_roster(course, lines), "text": text, "encoding": encoding}
    return render(request, "enrolment/roster_preview.html", context, status=status)


def _import(request, course: Course, lines: list[RosterLine]):
    """Raises PeopleChanged, SeatRefused."""

    def enrol() -> str:
        shown = request.POST.get("shown", "")
        messages.success(
            request, _summary(bulk_enrol(course=course, lines=lines, by=request.user, expected_digest=shown))
        )
        return reverse("enrolment:members", args=[course.slug])

    outcome = submit_once(request, enrol)
    emails.send_first(course, site_url(request))
    return redirect(outcome.address)


def _text_of(form: RosterForm) -> tuple[str, str]:
    """The file's text, or what was pasted; and the encoding of the file where it was guessed. Raises
    UnreadableRoster."""
    form.is_valid()
    file = form.cleaned_data.get("file")
    try:
        data = file.read() if file else b""
        text = decode(data) if file else form.cleaned_data.get("text", "")
        reject_control_characters(text)
    except InvalidText:
        raise InvalidRoster(
            _("This file is not CSV, or its letters cannot be told apart. In the spreadsheet choose “CSV UTF-8”.")
        ) from None
    return text, guess_encoding(data)


def _summary(done: RosterPlan) -> str:
    words = [
        ngettext("%(n)s person is new.", "%(n)s people are new.", len(done.new)) % {"n": len(done.new)},
        ngettext("%(n)s seat changed.", "%(n)s seats changed.", len(done.changed)) % {"n": len(done.changed)},
    ]
    if done.invalid:
        n = len(done.invalid)
        words.append(ngettext("%(n)s line was left out.", "%(n)s lines were left out.", n) % {"n": n})
    return " ".join(words)
