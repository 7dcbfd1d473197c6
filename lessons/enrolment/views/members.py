"""Who is in a course: the list, a page at a time in the order of handles, and as CSV."""

import csv
from html import escape
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, OuterRef, Q, Subquery, Value
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.courses.models.active_memberships import active_memberships
from lessons.courses.roster_csv import escape_formula
from lessons.db.compiled_queries import fetch_rows, int_param, str_param
from lessons.db.ids import parse_id
from lessons.db.pagination import Keyset, Position, make_page
from lessons.enrolment.rendering import option_tags
from lessons.enrolment.views.access import get_course_as_staff
from lessons.permissions import can_manage_members

PAGE_SIZE = 50
KEYSET, BEGINNING = Keyset("handle", is_text=True), ("",)
ALL_STATES = "all"
NO_GROUP = "none"
ROLES, STATES = dict(Membership.Role.choices), dict(Membership.State.choices)


class MemberFilterForm(forms.Form):
    """What to list. Nonsense in the address is as if it were not there."""

    state = forms.ChoiceField(choices=[*STATES.items(), (ALL_STATES, gettext_lazy("Everybody"))], required=False)
    role = forms.ChoiceField(choices=ROLES.items(), required=False)
    group = forms.RegexField(rf"^([0-9]{{1,18}}|{NO_GROUP})$", required=False)
    q = forms.CharField(max_length=80, required=False)
    after = forms.CharField(max_length=40, required=False)
    before = forms.CharField(max_length=40, required=False)

    def filters(self) -> dict[str, str]:
        self.is_valid()
        given = {name: self.cleaned_data.get(name, "") for name in self.fields}
        return given | {"state": given["state"] or Membership.State.ACTIVE}


def members(request, slug):
    """The seats of a state; requests wait in a list of their own at the top. Constant queries, no OFFSET."""
    course = get_course_as_staff(request.user, slug)
    wish = MemberFilterForm(request.GET).filters()
    counts = dict(fetch_rows(_counts, course=course.pk))
    states = [(state, f"{name} ({counts.get(state, 0)})") for state, name in STATES.items()]
    groups = [(NO_GROUP, _("no group")), *fetch_rows(_groups, course=course.pk)]
    may_seat = can_manage_members(request.user, course)
    seats, newer, older = _page(course, wish, may_seat)
    context = {
        "course": course,
        "may_seat": may_seat,
        "wish": wish,
        "states": option_tags([*states, (ALL_STATES, _("Everybody"))], wish["state"]),
        "roles": option_tags([("", _("Any")), *ROLES.items()], wish["role"]),
        "groups": option_tags([("", _("Any")), *groups], wish["group"]),
        "is_filtered": any(wish[name] for name in ("role", "group", "q")),
        "rows": mark_safe("".join(_table_rows(course, seats, may_seat))),
        "newer": newer,
        "older": older,
        "waiting": counts.get(Membership.State.PENDING, 0),
        "asking": _join_requests(course) if counts.get(Membership.State.PENDING) else [],
    }
    return render(request, "enrolment/members.html", context)


def _join_requests(course: Course):
    seats = course.memberships.filter(state=Membership.State.PENDING)
    return seats.select_related("user").order_by("pk")[:PAGE_SIZE]


def _counts():
    """State and number of seats, answered from an index."""
    seats = Membership.objects.filter(course=int_param("course")).order_by()
    return seats.values("state").annotate(n=Count("pk")).values_list("state", "n")


def _groups():
    return ReadingGroup.objects.filter(course=int_param("course")).values_list("pk", "name")


COLUMNS = ("pk", "user__display_name", "handle", "role", "group__name", "state", "read", "talked")


def _page(course: Course, wish: dict[str, str], search_email: bool) -> tuple[list[tuple], str, str]:
    """The rows, and the queries that lead to those before and after; empty at an end. One query."""
    is_backward = bool(wish["before"])
    found = _found(course, wish, is_backward, search_email)
    page = make_page(found, PAGE_SIZE, lambda row: row[2], is_backward=is_backward, has_before=bool(wish["after"]))
    kept = {name: value for name, value in wish.items() if value and name not in ("after", "before")}
    newer = urlencode(kept | {"before": page.previous_cursor}) if page.previous_cursor else ""
    older = urlencode(kept | {"after": page.next_cursor}) if page.next_cursor else ""
    return page.rows, newer, older


def _found(course: Course, wish: dict[str, str], is_backward: bool, search_email: bool) -> list[tuple]:
    """PAGE rows and one more. Addresses are searched for those who may know them."""
    group = wish["group"] if wish["group"] == NO_GROUP else bool(wish["group"])
    words = wish["q"].removeprefix("@")
    values = {"course": course.pk, "group": parse_id(wish["group"]), "words": words}
    values |= KEYSET.params(KEYSET.parse_cursor(wish["before"] or wish["after"]) or BEGINNING)
    return fetch_rows(_prepared, wish["state"], wish["role"], group, bool(words), is_backward, search_email, **values)


def _prepared(state: str, role: str, group: bool | str, has_words: bool, is_backward: bool, search_email: bool):
    # As an expression the words are no part of a pattern: the database makes one of them.
    words = Value(str_param("words")) if has_words else ""
    seats = _filtered(
        int_param("course"), state, role, int_param("group") if group is True else group, words, search_email
    )
    return _shown(seats, KEYSET.placeholders(), is_backward)


def _filtered(course: int, state: str, role: str, group, words: str | Value = "", search_email: bool = False):
    """`group` is an id, NO_GROUP, or nothing."""
    seats = Membership.objects.filter(course=course)
    if state != ALL_STATES:
        seats = seats.filter(state=state)
    if role:
        seats = seats.filter(role=role)
    if group:
        seats = seats.filter(group=None if group == NO_GROUP else group)
    if words:
        fits = Q(user__display_name__icontains=words) | Q(handle__icontains=words)
        seats = seats.filter(fits | Q(user__email__icontains=words) if search_email else fits)
    return seats


def _shown(seats, edge: Position, is_backward: bool):
    """One page from the edge on. When somebody was last here is what they opened last: nothing is kept for it."""
    here, theirs = OuterRef("course"), {"pk": OuterRef("user")}
    people = User.objects.filter(**theirs).order_by().values("pk")
    read = people.filter(progress__lesson__module__course=here).annotate(at=Max("progress__seen_at")).values("at")
    talked = people.filter(thread_states__thread__course=here).annotate(at=Max("thread_states__read_at")).values("at")
    seats = seats.annotate(read=Subquery(read), talked=Subquery(talked)).values_list(*COLUMNS)
    keyset = KEYSET.backward() if is_backward else KEYSET
    return seats.filter(keyset.after(edge)).order_by(*keyset.order_by)[: PAGE_SIZE + 1]


def _last_seen(course: Course) -> dict[int, object]:
    """Person to when they last opened a lesson or a thread of the course. Two queries."""
    people = User.objects.filter(memberships__course=course).order_by().values_list("pk")
    read = people.filter(progress__lesson__module__course=course).annotate(Max("progress__seen_at"))
    talked = people.filter(thread_states__thread__course=course).annotate(Max("thread_states__read_at"))
    seen = dict(read)
    return seen | {user: max(at, seen.get(user, at)) for user, at in talked if at}


def _table_rows(course: Course, seats: list[tuple], with_links: bool):
    """Table rows, escaped here: a template takes several times as long."""
    roles, states = ({key: escape(str(name)) for key, name in names.items()} for names in (ROLES, STATES))
    never, address = _("nothing yet"), reverse("enrolment:membership", args=[course.slug, 0]).removesuffix("0/")
    for pk, name, handle, role, group, state, *moments in seats:
        seen = max(filter(None, moments), default=None)
        when = _day(seen) if seen else never
        name = f"<bdi>{escape(name)}</bdi>"
        name = f'<a href="{address}{pk}/">{name}</a>' if with_links else name
        yield (
            f'<tr><th scope="row">{name}</th>'
            f'<td class="handle"><bdi>@{escape(handle)}</bdi></td><td>{roles[role]}</td>'
            f"<td><bdi>{escape(group or '–')}</bdi></td><td>{states[state]}</td><td>{when}</td></tr>"
        )


def _day(moment) -> str:
    day = timezone.localdate(moment)
    return f'<time datetime="{day.isoformat()}">{escape(formats.date_format(day, "SHORT_DATE_FORMAT"))}</time>'


def export(request, slug):
    """The list as CSV, as it is filtered; a roster that can be brought back in. For those who give seats."""
    course = get_course_as_staff(request.user, slug)
    if not can_manage_members(request.user, course):
        raise PermissionDenied
    wish = MemberFilterForm(request.GET).filters()
    seats = _filtered(course.pk, wish["state"], wish["role"], wish["group"], wish["q"].removeprefix("@"), True)
    seats = seats.order_by("handle")
    fields = ("user_id", "user__email", "user__display_name", "role", "group__name", "handle", "state", "created_at")
    found, seen = list(seats.values_list(*fields)), _last_seen(course)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="members.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(["email", "name", "role", "group", "handle", "state", "since", "last seen"])
    for user, *words, since in found:
        when = seen.get(user)
        days = [since.date().isoformat(), when.date().isoformat() if when else ""]
        writer.writerow([*(escape_formula(word or "") for word in words), *days])
    return response


def member_profile(request, uid):
    """Somebody as their fellow members see them, with the courses both are in. Of others it says nothing: 404."""
    seats = Membership.objects.active().filter(course__in=active_memberships(request.user)).select_related("course")
    person = get_object_or_404(User, uid=uid, is_active=True)
    shared = list(seats.filter(user=person).order_by("course__title"))
    if not shared and person != request.user:
        raise Http404
    return render(request, "enrolment/member_profile.html", {"person": person, "shared": shared})
