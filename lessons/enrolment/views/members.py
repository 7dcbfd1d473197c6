"""The members of a course: the list, paginated by handle; its CSV export; and a member's profile."""

import csv
from datetime import datetime
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, Max, OuterRef, Q, Subquery, Value
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lessons.accounts.addresses import normalise_part
from lessons.accounts.models import User
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.courses.models.active_memberships import active_memberships
from lessons.courses.models.memberships import MembershipQuerySet, has_name
from lessons.db.compiled_queries import fetch_rows, int_param, str_param
from lessons.db.ids import parse_id
from lessons.db.pagination import Keyset, Page, Position, make_page
from lessons.enrolment.rendering import MemberRow, member_rows, option_tags
from lessons.enrolment.views.access import get_course_as_staff, get_course_to_manage
from lessons.indexing.folded import folded_line
from lessons.markup.csv_text import escape_formula
from lessons.permissions import can_manage_members

PAGE_SIZE = 50
ALL_STATES = "all"
NO_GROUP = "none"
KEYSET, BEGINNING = Keyset("handle", is_text=True), ("",)
ROW_FIELDS = (
    "pk",
    "user__display_name",
    "handle",
    "role",
    "group__name",
    "state",
    "read_at",
    "discussed_at",
    "user_id",
)


class MemberFilterForm(forms.Form):
    """Which members to list. Invalid values in the URL are ignored."""

    state = forms.ChoiceField(
        choices=[*Membership.State.choices, (ALL_STATES, gettext_lazy("Everybody"))], required=False
    )
    role = forms.ChoiceField(choices=Membership.Role.choices, required=False)
    group = forms.RegexField(rf"^([0-9]{{1,18}}|{NO_GROUP})$", required=False)
    q = forms.CharField(max_length=80, required=False)
    after = forms.CharField(max_length=40, required=False)
    before = forms.CharField(max_length=40, required=False)

    def filters(self) -> dict[str, str]:
        """Return the value of each field, empty if it does not filter."""
        self.is_valid()
        filters = {name: self.cleaned_data.get(name, "") for name in self.fields}
        return filters | {"state": filters["state"] or Membership.State.ACTIVE}


def members(request, slug):
    """List the members, with join requests at the top. A constant number of queries, no OFFSET."""
    course = get_course_as_staff(request.user, slug)
    filters = MemberFilterForm(request.GET).filters()
    counts = dict(fetch_rows(_state_counts, course=course.pk))
    states = [(state.value, f"{state.label} ({counts.get(state, 0)})") for state in Membership.State]
    groups = [(NO_GROUP, _("No group")), *fetch_rows(_group_choices, course=course.pk)]
    can_manage = can_manage_members(request.user, course)
    page = _member_page(course, filters, search_email=can_manage)
    query = {name: value for name, value in filters.items() if value and name not in ("after", "before")}
    context = {
        "course": course,
        "can_manage_members": can_manage,
        "filters": filters,
        "states": option_tags([*states, (ALL_STATES, _("Everybody"))], filters["state"]),
        "roles": option_tags([("", _("Any")), *Membership.Role.choices], filters["role"]),
        "groups": option_tags([("", _("Any")), *groups], filters["group"]),
        "is_filtered": any(filters[name] for name in ("role", "group", "q")),
        "rows": member_rows(course, page.rows, with_links=can_manage) if page.rows else "",
        "query": urlencode(query),
        "newer": urlencode(query | {"before": page.previous_cursor}) if page.previous_cursor else "",
        "older": urlencode(query | {"after": page.next_cursor}) if page.next_cursor else "",
        "request_count": counts.get(Membership.State.PENDING, 0),
        "join_requests": _join_requests(course) if counts.get(Membership.State.PENDING) else [],
    }
    return render(request, "enrolment/members.html", context)


def _join_requests(course: Course) -> MembershipQuerySet:
    requests = course.memberships.filter(state=Membership.State.PENDING)
    return requests.select_related("user").order_by("pk")[:PAGE_SIZE]


def _state_counts():
    """Select each state with its number of memberships, using an index."""
    memberships = Membership.objects.filter(course=int_param("course")).order_by()
    return memberships.values("state").annotate(n=Count("pk")).values_list("state", "n")


def _group_choices():
    return ReadingGroup.objects.filter(course=int_param("course")).values_list("pk", "name")


def _member_page(course: Course, filters: dict[str, str], *, search_email: bool) -> Page[MemberRow]:
    """Return one page of members. Addresses are searched only for those who may see them. One query."""
    is_backward = bool(filters["before"])
    # Part of the query's shape: whether there is a group filter. Its id is only a parameter.
    group = NO_GROUP if filters["group"] == NO_GROUP else bool(filters["group"])
    search_text = filters["q"].removeprefix("@")
    shape = (filters["state"], filters["role"], group, bool(search_text), is_backward, search_email)
    params: dict[str, int | str] = {"course": course.pk, "group": parse_id(filters["group"])}
    params |= {"name": folded_line(search_text), "address": normalise_part(search_text)}
    params |= KEYSET.params(KEYSET.parse_cursor(filters["before"] or filters["after"]) or BEGINNING)
    rows = [MemberRow(*row) for row in fetch_rows(_page_query, *shape, **params)]
    return make_page(
        rows, PAGE_SIZE, lambda row: row.handle, is_backward=is_backward, has_before=bool(filters["after"])
    )


def _page_query(state: str, role: str, group: bool | str, is_searched: bool, is_backward: bool, search_email: bool):
    group_id = int_param("group") if group is True else group
    memberships = _filtered(int_param("course"), state, role, group_id)
    if is_searched:
        # As expressions, so that the database escapes the texts and builds the LIKE patterns.
        memberships = _matching(memberships, Value(str_param("name")), Value(str_param("address")), search_email)
    return _page_from(memberships, KEYSET.placeholders(), is_backward)


def _filtered(course: int, state: str, role: str, group) -> MembershipQuerySet:
    """Return the members of a state, role and group. `group` is an id, NO_GROUP, or empty for any."""
    memberships = Membership.objects.filter(course=course)
    if state != ALL_STATES:
        memberships = memberships.filter(state=state)
    if role:
        memberships = memberships.filter(role=role)
    if group:
        memberships = memberships.filter(group=None if group == NO_GROUP else group)
    return memberships


def _matching(
    memberships: MembershipQuerySet, name: str | Value, address: str | Value, search_email: bool
) -> MembershipQuerySet:
    """Keep those with the text in their name or handle, or in their address, if it is searched."""
    return memberships.filter(has_name(name) | Q(user__email__folded=address) if search_email else has_name(name))


def _page_from(memberships: MembershipQuerySet, position: Position, is_backward: bool):
    """Select one page and one more row. Only progress and read states tell when a member was last active."""
    course, users = OuterRef("course"), User.objects.filter(pk=OuterRef("user")).order_by().values("pk")
    read = users.filter(progress__lesson__module__course=course).annotate(at=Max("progress__seen_at"))
    discussed = users.filter(thread_states__thread__course=course).annotate(at=Max("thread_states__read_at"))
    rows = memberships.annotate(
        read_at=Subquery(read.values("at")), discussed_at=Subquery(discussed.values("at"))
    ).values_list(*ROW_FIELDS)
    keyset = KEYSET.backward() if is_backward else KEYSET
    return rows.filter(keyset.after(position)).order_by(*keyset.order_by)[: PAGE_SIZE + 1]


def _last_opened(course: Course) -> dict[int, datetime]:
    """Return when each user last opened a lesson or a thread of the course, by user id. Two queries."""
    users = User.objects.filter(memberships__course=course).order_by().values_list("pk")
    read = users.filter(progress__lesson__module__course=course).annotate(Max("progress__seen_at"))
    discussed = users.filter(thread_states__thread__course=course).annotate(Max("thread_states__read_at"))
    latest: dict[int, datetime] = dict(read)
    for user_id, moment in discussed:
        if moment:
            latest[user_id] = max(moment, latest.get(user_id, moment))
    return latest


def export(request, slug):
    """Download the filtered list as CSV, which can be imported again as a roster."""
    course = get_course_to_manage(request.user, slug)
    filters = MemberFilterForm(request.GET).filters()
    search_text = filters["q"].removeprefix("@")
    memberships = _filtered(course.pk, filters["state"], filters["role"], filters["group"])
    if search_text:
        memberships = _matching(memberships, search_text, search_text, search_email=True)
    fields = ("user_id", "created_at", "user__email", "user__display_name", "role", "group__name", "handle", "state")
    rows, latest = list(memberships.order_by("handle").values_list(*fields)), _last_opened(course)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="members.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(["email", "name", "role", "group", "handle", "state", "since", "last seen"])
    for user_id, joined_at, *cells in rows:
        opened_at = latest.get(user_id)
        days = [joined_at.date().isoformat(), opened_at.date().isoformat() if opened_at else ""]
        writer.writerow([*(escape_formula(cell or "") for cell in cells), *days])
    return response


def member_profile(request, uid):
    """Show a user's profile to fellow members, with the courses they share. Others get a 404."""
    memberships = Membership.objects.active().filter(course__in=active_memberships(request.user))
    user = get_object_or_404(User, uid=uid, is_active=True)
    shared = list(memberships.filter(user=user).select_related("course").order_by("course__title"))
    if not shared and user != request.user:
        raise Http404
    return render(request, "enrolment/member_profile.html", {"person": user, "shared": shared})
