"""Who is in a course: the list, a page at a time in the order of handles, and as CSV."""

import csv
from html import escape
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lessons.joining.pages.access import course_of_staff
from lessons.people.models import Course, Membership, User
from lessons.people.rosters import guarded
from lessons.permissions import can_seat

PAGE = 50
EVERYBODY = "all"
NO_GROUP = "none"
ROLES, STATES = dict(Membership.Role.choices), dict(Membership.State.choices)


class FilterForm(forms.Form):
    """What to list. Nonsense in the address is as if it were not there."""

    state = forms.ChoiceField(choices=[*STATES.items(), (EVERYBODY, gettext_lazy("Everybody"))], required=False)
    role = forms.ChoiceField(choices=ROLES.items(), required=False)
    group = forms.RegexField(rf"^([0-9]{{1,18}}|{NO_GROUP})$", required=False)
    q = forms.CharField(max_length=80, required=False)
    after = forms.CharField(max_length=40, required=False)
    before = forms.CharField(max_length=40, required=False)

    def wish(self) -> dict[str, str]:
        self.is_valid()
        given = {name: self.cleaned_data.get(name, "") for name in self.fields}
        return given | {"state": given["state"] or Membership.State.ACTIVE}


def members(request, slug):
    """The seats of a state; requests wait in a list of their own at the top. Constant queries, no OFFSET."""
    course = course_of_staff(request.user, slug)
    wish = FilterForm(request.GET).wish()
    counts = _counts(course)
    seats, newer, older = _page(_wished(course, wish), wish)
    asking = course.memberships.filter(state=Membership.State.PENDING).select_related("user").order_by("pk")
    context = {
        "course": course,
        "may_seat": can_seat(request.user, course),
        "wish": wish,
        "tabs": [(state, name, counts.get(state, 0)) for state, name in STATES.items()],
        "roles": ROLES,
        "groups": course.groups.values_list("pk", "name"),
        "is_filtered": any(wish[name] for name in ("role", "group", "q")),
        "rows": mark_safe("".join(_printed(course, seats))),
        "newer": newer,
        "older": older,
        "asking": asking[:PAGE] if counts.get(Membership.State.PENDING) else [],
    }
    return render(request, "joining/members.html", context)


def _counts(course: Course) -> dict[str, int]:
    """State to number of seats. One query, answered from an index."""
    return dict(course.memberships.order_by().values_list("state").annotate(Count("pk")))


def _wished(course: Course, wish: dict[str, str]):
    seats = course.memberships.all()
    if wish["state"] != EVERYBODY:
        seats = seats.filter(state=wish["state"])
    if wish["role"]:
        seats = seats.filter(role=wish["role"])
    if wish["group"]:
        seats = seats.filter(group=None if wish["group"] == NO_GROUP else int(wish["group"]))
    if wish["q"]:
        words = wish["q"].removeprefix("@")
        seats = seats.filter(Q(user__display_name__icontains=words) | Q(handle__icontains=words))
    return seats


COLUMNS = ("pk", "user_id", "user__display_name", "handle", "role", "group__name", "state")


def _page(seats, wish: dict[str, str]) -> tuple[list[tuple], str, str]:
    """The rows, and the queries that lead to those before and after; empty at an end."""
    if wish["before"]:
        rows = list(seats.filter(handle__lt=wish["before"]).order_by("-handle").values_list(*COLUMNS)[: PAGE + 1])
        has_newer, has_older, rows = len(rows) > PAGE, True, rows[:PAGE][::-1]
    else:
        rows = list(seats.filter(handle__gt=wish["after"]).order_by("handle").values_list(*COLUMNS)[: PAGE + 1])
        has_newer, has_older, rows = bool(wish["after"]), len(rows) > PAGE, rows[:PAGE]
    kept = {name: value for name, value in wish.items() if value and name not in ("after", "before")}
    newer = urlencode(kept | {"before": rows[0][3]}) if has_newer and rows else ""
    older = urlencode(kept | {"after": rows[-1][3]}) if has_older and rows else ""
    return rows, newer, older


def _last_seen(course: Course, users) -> dict[int, object]:
    """Person to when they last opened a lesson or a thread of the course. Two queries; nothing is kept for it."""
    people = User.objects.filter(pk__in=users).order_by().values_list("pk")
    read = people.filter(progress__lesson__module__course=course).annotate(Max("progress__seen_at"))
    talked = people.filter(marks__thread__course=course).annotate(Max("marks__read_at"))
    seen = dict(read)
    for user, moment in talked:
        if moment and (user not in seen or seen[user] < moment):
            seen[user] = moment
    return seen


def _printed(course: Course, rows: list[tuple]):
    """Table rows, escaped here: a template takes several times as long."""
    seen = _last_seen(course, [row[1] for row in rows])
    roles, states = ({key: escape(str(name)) for key, name in names.items()} for names in (ROLES, STATES))
    never, address = _("never"), reverse("people:seat", args=[course.slug, 0]).removesuffix("0/")
    for pk, user, name, handle, role, group, state in rows:
        when = _day(seen[user]) if user in seen else never
        yield (
            f'<tr><th scope="row"><a href="{address}{pk}/"><bdi>{escape(name)}</bdi></a></th>'
            f'<td class="handle"><bdi>@{escape(handle)}</bdi></td><td>{roles[role]}</td>'
            f"<td><bdi>{escape(group or '–')}</bdi></td><td>{states[state]}</td><td>{when}</td></tr>"
        )


def _day(moment) -> str:
    day = timezone.localdate(moment)
    return f'<time datetime="{day.isoformat()}">{escape(formats.date_format(day, "SHORT_DATE_FORMAT"))}</time>'


def export(request, slug):
    """The list as CSV, as it is filtered; a roster that can be brought back in. For those who give seats."""
    course = course_of_staff(request.user, slug)
    if not can_seat(request.user, course):
        raise PermissionDenied
    seats = _wished(course, FilterForm(request.GET).wish()).order_by("handle")
    fields = ("user_id", "user__email", "user__display_name", "role", "group__name", "handle", "state", "created_at")
    rows = list(seats.values_list(*fields))
    seen = _last_seen(course, course.memberships.values("user"))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="members.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(["email", "name", "role", "group", "handle", "state", "since", "last seen"])
    for user, *words, since in rows:
        when = seen.get(user)
        days = [since.date().isoformat(), when.date().isoformat() if when else ""]
        writer.writerow([*(guarded(word or "") for word in words), *days])
    return response
