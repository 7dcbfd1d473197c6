"""The page on which the times of one lesson's publication and withdrawal are chosen, changed and cancelled."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lessons.authoring.access import admin_url, get_lesson, get_user, render_lesson_page
from lessons.authoring.base import SingleLineField
from lessons.authoring.publishing import placement_session, scheduling
from lessons.authoring.publishing.schedule_notices import schedule_notices
from lessons.authoring.publishing.scheduling import CannotSchedule, ScheduleChanged, schedule_version
from lessons.courses.models import Course
from lessons.courses.moments import CourseDateTimeField, LocalDateTimeInput, course_moment
from lessons.db.edit_conflicts import CONFLICT_STATUS
from lessons.models import Lesson, PublicationSchedule

Action = PublicationSchedule.Action
SCHEDULED = {
    Action.PUBLISH: _("“%(lesson)s” will be published at %(time)s, with the draft it has then."),
    Action.WITHDRAW: _("“%(lesson)s” will be withdrawn at %(time)s."),
}
CHANGED = _("Somebody else has changed this since you opened the page. Nothing was cancelled: see what they chose.")
CANCELLED = {
    Action.PUBLISH: _("“%s” is no longer scheduled to be published."),
    Action.WITHDRAW: _("“%s” is no longer scheduled to be withdrawn."),
}


class ScheduleForm(forms.Form):
    """When a lesson is published or withdrawn. `shown`: the `schedule_version` of what the page showed."""

    due_at = CourseDateTimeField(label=_("Time"), widget=LocalDateTimeInput)
    change_summary = SingleLineField(max_length=300, required=False)
    publishes_module = forms.BooleanField(label=_("Publish the module too"), required=False)
    shown = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None, *, course: Course, action: str, **options):
        super().__init__(data, label_suffix="", **options)
        self.action = action
        is_publication = action == Action.PUBLISH
        due_at = self.fields["due_at"]
        if isinstance(due_at, CourseDateTimeField):
            due_at.label = _("Publish at") if is_publication else _("Withdraw at")
            due_at.use_course(course)
        summary = self.fields["change_summary"]
        summary.label = _("What changed") if is_publication else _("Reason (optional, recorded in the audit log)")
        if not is_publication:
            del self.fields["publishes_module"]

    def show_version(self, version: str) -> None:
        """Submit this version with the form, once the page has shown what is scheduled now."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data[self.add_prefix("shown")] = version
        self.data = data

    @property
    def values(self) -> dict:
        """Return the submitted values as `scheduling.schedule` takes them."""
        names = ("due_at", "change_summary", "publishes_module")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


def schedule_lesson(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the times. POST with `schedule` chooses one of `publish` and `withdraw`, with `cancel` takes it back."""
    lesson = get_lesson(request, pk)
    if request.method != "POST":
        return _render(request, lesson, {})
    for button, act in (("cancel", _cancel), ("schedule", _schedule)):
        if request.POST.get(button) in Action.values:
            return act(request, lesson, Action(request.POST[button]))
    return redirect(admin_url(lesson, "schedule"))


def schedule_saved(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    """Schedule the publication of a draft that was saved by the same form, with the time beside the text."""
    lesson = get_lesson(request, lesson.pk)
    data = request.POST.copy()
    data["publish-change_summary"] = data.get("change_summary", "")
    return _schedule(request, lesson, Action.PUBLISH, data)


def _cancel(request: HttpRequest, lesson: Lesson, action: Action) -> HttpResponse:
    try:
        scheduling.cancel(
            lesson=lesson, action=action, by=get_user(request), expected=request.POST.get(f"{action}-shown")
        )
    except ScheduleChanged:
        messages.error(request, CHANGED)
        return redirect(f"{admin_url(lesson, 'schedule')}#{action}")
    messages.success(request, CANCELLED[action] % lesson)
    return redirect(admin_url(lesson, "change"))


def _schedule(request: HttpRequest, lesson: Lesson, action: Action, data: QueryDict | None = None) -> HttpResponse:
    form = _form(lesson, action, data or request.POST)
    if not form.is_valid():
        return _render(request, lesson, {action: form}, 400)
    user, course = get_user(request), lesson.module.course
    try:
        row = scheduling.schedule(
            lesson=lesson,
            action=action,
            by=user,
            now=timezone.now(),
            placements=placement_session.stored_placements(request.session, lesson),
            expected=form.cleaned_data["shown"],
            **form.values,
        )
    except CannotSchedule as refusal:
        form.add_error("due_at", str(refusal))
        return _render(request, lesson, {action: form}, 400)
    except ScheduleChanged as conflict:
        form.add_error("due_at", str(conflict))
        form.show_version(schedule_version(conflict.saved))
        return _render(request, lesson, {action: form}, CONFLICT_STATUS)
    time = course_moment(row.due_at, course, user).text
    messages.success(request, SCHEDULED[action] % {"lesson": lesson, "time": time})
    return redirect(admin_url(lesson, "change"))


def _form(lesson: Lesson, action: Action, data: QueryDict | None = None) -> ScheduleForm:
    row = lesson.schedules.filter(action=action).first()
    initial = {"shown": schedule_version(row)}
    if row:
        initial |= {name: getattr(row, name) for name in ("due_at", "change_summary", "publishes_module")}
    return ScheduleForm(data, prefix=action, initial=initial, course=lesson.module.course, action=action)


def _render(
    request: HttpRequest, lesson: Lesson, bound: dict[Action, ScheduleForm], status: int = 200
) -> HttpResponse:
    notices = {notice.action: notice for notice in schedule_notices(lesson, request.user)}
    parts = [
        {"action": action, "form": bound.get(action) or _form(lesson, action), "notice": notices.get(action)}
        for action in Action
    ]
    return render_lesson_page(request, "authoring/publish_schedule.html", lesson, {"parts": parts}, status)
