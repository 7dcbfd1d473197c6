"""What staff did in a course: for its staff to read, for nobody to change."""

from datetime import datetime, time, timedelta
from typing import NamedTuple

from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.courses.audit_log_messages import detail_messages, entry_message, verb_message
from lessons.courses.models import AuditEntry, Course
from lessons.db.pagination import Keyset, make_page
from lessons.permissions import can_manage_members, can_view_audit_log

PAGE_SIZE = 50
KEYSET = Keyset("-pk")
LARGEST = 2**62


class AuditRow(NamedTuple):
    """An entry as a sentence: what stands before and after what it was done to, that thing's address if it has one,
    and in words what more is known."""

    entry: AuditEntry
    before: str
    target: str
    address: str
    after: str
    details: list[str]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class AuditLogFilter(forms.Form):
    """What to show; what is wrong is left out and said."""

    who = forms.ModelChoiceField(User.objects.none(), required=False, label=_("Who"), empty_label=_("Everybody"))
    what = forms.ChoiceField(required=False, label=_("What"))
    since = forms.DateField(required=False, label=_("From"), widget=DayInput)
    until = forms.DateField(required=False, label=_("To"), widget=DayInput)
    before = forms.IntegerField(required=False, min_value=1, max_value=LARGEST, widget=forms.HiddenInput)

    def __init__(self, data, *, course):
        super().__init__(data, label_suffix="")
        actors = course.audit_entries.order_by().exclude(actor=None).values("actor")
        self.fields["who"].queryset = User.objects.filter(pk__in=actors).order_by("display_name", "pk")
        verbs = course.audit_entries.order_by("verb").values_list("verb", flat=True).distinct()
        self.fields["what"].choices = [
            ("", _("Everything")),
            *sorted(((verb, _verb_choice(verb)) for verb in verbs), key=lambda choice: choice[1]),
        ]

    def apply(self, entries: QuerySet) -> QuerySet:
        given = self.cleaned_data
        if given.get("who"):
            entries = entries.filter(actor=given["who"])
        if given.get("what"):
            entries = entries.filter(verb=given["what"])
        if given.get("since"):
            entries = entries.filter(created_at__gte=_midnight(given["since"]))
        if given.get("until"):
            entries = entries.filter(created_at__lt=_midnight(given["until"]) + timedelta(days=1))
        return entries


def _midnight(day) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def audit_log(request, slug):
    """Newest first, AT_A_TIME by keyset. Eight queries at most, however long the log."""
    course = get_object_or_404(Course, slug=slug)
    if not can_view_audit_log(request.user, course):
        raise Http404
    form = AuditLogFilter(request.GET, course=course)
    form.is_valid()
    entries = form.apply(course.audit_entries.select_related("actor", "affected_user").order_by(*KEYSET.order_by))
    before = form.cleaned_data.get("before")
    found = list((entries.filter(KEYSET.after([before])) if before else entries)[: PAGE_SIZE + 1])
    page = make_page(found, PAGE_SIZE, lambda entry: entry.pk)
    context = {
        "course": course,
        "may_seat": can_manage_members(request.user, course),
        "form": form,
        "filtered": any(form.cleaned_data.get(name) for name in ("who", "what", "since", "until")),
        "rows": _rows(course, page.rows),
        "older": _older(request, page.next_cursor) if page.next_cursor else "",
        "newest": bool(before),
    }
    return render(request, "privacy/audit_log.html", context, status=400 if form.errors else 200)


def _verb_choice(verb: str) -> str:
    return verb_message(verb).replace("%s", "…")


def _rows(course: Course, entries: list[AuditEntry]) -> list["AuditRow"]:
    """A conversation and a person are called what they are called now: their names stand in themselves alone."""
    threads = course.threads.in_bulk({e.detail["thread"] for e in entries if "thread" in e.detail})
    names_groups = any(entry.verb == "change group" for entry in entries)
    groups = dict(course.groups.values_list("pk", "name")) if names_groups else {}
    return [_row(entry, threads.get(entry.detail.get("thread")), groups) for entry in entries]


def _row(entry: AuditEntry, thread, groups: dict[int, str]) -> "AuditRow":
    before, hole, after = entry_message(entry).partition("%s")
    target, address = _target(entry, thread) if hole else ("", "")
    return AuditRow(entry, before, target, address, after, detail_messages(entry, groups))


def _target(entry: AuditEntry, thread) -> tuple[str, str]:
    if thread:
        return thread.display_title, thread.get_absolute_url()
    if entry.affected_user:
        return str(entry.affected_user), ""
    nameless = {"user": _("Former member"), "thread": _("A conversation that is gone")}
    return nameless.get(entry.target.partition(" ")[0] if entry.target_is_reference else "", entry.target), ""


def _older(request, last: str) -> str:
    query = request.GET.copy()
    query["before"] = last
    return f"?{query.urlencode()}"
