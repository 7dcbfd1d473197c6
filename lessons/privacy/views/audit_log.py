"""The audit log of a course: what staff did, for its staff to read."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.courses.audit_log_messages import detail_messages, entry_message, verb_message
from lessons.courses.models import AuditEntry, Course
from lessons.db.pagination import Keyset, make_page
from lessons.discussions.models import Thread
from lessons.permissions import can_manage_members, can_view_audit_log

PAGE_SIZE = 50
KEYSET = Keyset("-pk")
MAX_ID = 2**62


class AuditRow(NamedTuple):
    """An entry as a sentence around its target, which may have a URL; `details` are phrases that follow."""

    entry: AuditEntry
    before: str
    target: str
    url: str
    after: str
    details: list[str]


class DateInput(forms.DateInput):
    """The browser's date picker, which needs ISO dates."""

    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class AuditLogFilter(forms.Form):
    """Which entries to show. Invalid fields are not applied, and show an error."""

    actor = forms.ModelChoiceField(User.objects.none(), required=False, label=_("Who"), empty_label=_("Everybody"))
    verb = forms.ChoiceField(required=False, label=_("What"))
    since = forms.DateField(required=False, label=_("From"), widget=DateInput)
    until = forms.DateField(required=False, label=_("To"), widget=DateInput)
    before = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID, widget=forms.HiddenInput)

    def __init__(self, data, *, course):
        super().__init__(data, label_suffix="")
        actors = course.audit_entries.order_by().exclude(actor=None).values("actor")
        actor, verb = self.fields["actor"], self.fields["verb"]
        if isinstance(actor, forms.ModelChoiceField):
            actor.queryset = User.objects.filter(pk__in=actors).order_by("display_name", "pk")
        verbs = course.audit_entries.order_by("verb").values_list("verb", flat=True).distinct()
        if isinstance(verb, forms.ChoiceField):
            choices = sorted(((name, _verb_choice(name)) for name in verbs), key=lambda choice: choice[1])
            verb.choices = [("", _("Everything")), *choices]

    def apply(self, entries: QuerySet) -> QuerySet:
        filters = self.cleaned_data
        if filters.get("actor"):
            entries = entries.filter(actor=filters["actor"])
        if filters.get("verb"):
            entries = entries.filter(verb=filters["verb"])
        if filters.get("since"):
            entries = entries.filter(created_at__gte=_midnight(filters["since"]))
        if filters.get("until"):
            entries = entries.filter(created_at__lt=_midnight(filters["until"]) + timedelta(days=1))
        return entries

    @property
    def is_filtered(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("actor", "verb", "since", "until"))


def _midnight(day: date) -> datetime:
    """Return the beginning of the day in the user's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def audit_log(request, slug):
    """Show the newest entries first, a page at a time. Eight queries at most, however long the log."""
    course = get_object_or_404(Course, slug=slug)
    if not can_view_audit_log(request.user, course):
        raise Http404
    form = AuditLogFilter(request.GET, course=course)
    form.is_valid()
    entries = form.apply(
        course.audit_entries.select_related("actor", "affected_user", "text").order_by(*KEYSET.order_by)
    )
    before = form.cleaned_data.get("before")
    entries = entries.filter(KEYSET.after([before])) if before else entries
    page = make_page(list(entries[: PAGE_SIZE + 1]), PAGE_SIZE, lambda entry: entry.pk)
    context = {
        "course": course,
        "can_manage_members": can_manage_members(request.user, course),
        "form": form,
        "rows": _rows(course, page.rows),
        "older_url": _older_url(request, page.next_cursor) if page.next_cursor else "",
        "has_newer": bool(before),
    }
    return render(request, "privacy/audit_log.html", context, status=400 if form.errors else 200)


def _verb_choice(verb: str) -> str:
    return verb_message(verb).replace("%s", "…")


def _rows(course: Course, entries: list[AuditEntry]) -> list[AuditRow]:
    """Return the entries as sentences. Threads and people appear under the names they have now."""
    threads = course.threads.in_bulk({e.detail["thread"] for e in entries if "thread" in e.detail})
    names_groups = any(entry.verb == "change group" for entry in entries)
    groups = dict(course.groups.values_list("pk", "name")) if names_groups else {}
    return [_row(entry, threads.get(entry.detail.get("thread")), groups) for entry in entries]


def _row(entry: AuditEntry, thread: Thread | None, groups: dict[int, str]) -> AuditRow:
    before, placeholder, after = entry_message(entry).partition("%s")
    target, url = _target(entry, thread) if placeholder else ("", "")
    return AuditRow(entry, before, target, url, after, detail_messages(entry, groups))


def _target(entry: AuditEntry, thread: Thread | None) -> tuple[str, str]:
    """Return what the entry calls its target, and its URL if it has a page."""
    if thread:
        return thread.title_for_staff, thread.get_absolute_url()
    if entry.affected_user:
        return str(entry.affected_user), ""
    deleted = {"user": gettext("Former member"), "thread": gettext("a deleted discussion")}
    return deleted.get(entry.target.partition(" ")[0], entry.target_name), ""


def _older_url(request, cursor: str) -> str:
    query = request.GET.copy()
    query["before"] = cursor
    return f"?{query.urlencode()}"
