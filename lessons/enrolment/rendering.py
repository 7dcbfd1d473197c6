"""Render groups and members as HTML from row templates, which are fast: a course can have hundreds of each."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django import forms
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lessons.accounts.avatars import avatar_hue, name_initials
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.markup.row_templates import render_rows

Role, State = Membership.Role, Membership.State


class MemberRow(NamedTuple):
    """A member in the table. `read_at` and `discussed_at` are when they last opened a lesson and a thread."""

    pk: int
    name: str
    handle: str
    role: str
    group: str | None
    state: str
    read_at: datetime | None
    discussed_at: datetime | None
    user_id: int

    @property
    def initials(self) -> str:
        return name_initials(self.name)

    @property
    def hue(self) -> int:
        return avatar_hue(self.user_id)

    @property
    def last_opened(self) -> date | None:
        """Return the day, in the current time zone, on which they last opened anything in the course."""
        latest = max(filter(None, [self.read_at, self.discussed_at]), default=None)
        return timezone.localdate(latest) if latest else None


class BoardCard(NamedTuple):
    """A member on the group board."""

    pk: int
    group_id: int | None
    name: str
    role: str


class BoardColumn(NamedTuple):
    """A group on the board; `key` is its id, empty for those without a group. `more` members are not shown."""

    key: int | str
    name: str
    cards: list[BoardCard]
    more: int


def option_tags(choices: Iterable[tuple], selected: str) -> SafeString:
    """Return the options of a select."""
    return render_rows("options.html", choices=choices, selected=selected)


class FastSelect(forms.Select):
    """A select widget that renders hundreds of options fast."""

    def render(self, name, value, attrs=None, renderer=None):
        attributes = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        return format_html("<select{}>{}</select>", attributes, option_tags(self.choices, str(value or "")))


def member_rows(course: Course, rows: list[MemberRow], *, with_links: bool) -> SafeString:
    """Return the rows of the table of members, with links to their memberships for those who manage them."""
    return render_rows(
        "enrolment/member_rows.html",
        course=course,
        rows=rows,
        with_links=with_links,
        role_labels={role.value: str(role.label) for role in Role},
        state_labels={state.value: str(state.label) for state in State},
    )


def group_board(
    course: Course,
    groups: list[ReadingGroup],
    cards: list[BoardCard],
    group_sizes: dict[int | None, int],
    *,
    is_editable: bool,
    selected: Iterable[int] = (),
) -> SafeString:
    """Return the groups side by side, first the members without one; the memberships `selected` are ticked.

    `group_sizes` are the numbers of members by group, needed if `cards` does not have all of them.
    """
    by_group: dict[int | None, list[BoardCard]] = {None: [], **{group.pk: [] for group in groups}}
    for card in cards:
        by_group[card.group_id].append(card)
    names: dict[int | None, str] = {None: _("no group"), **{group.pk: group.name for group in groups}}
    columns = [
        BoardColumn(pk or "", names[pk], members, max(0, group_sizes.get(pk, 0) - len(members)))
        for pk, members in by_group.items()
    ]
    return render_rows(
        "enrolment/group_board.html",
        course=course,
        columns=columns,
        is_editable=is_editable,
        selected=set(selected),
        role_labels={role.value: str(role.label) for role in Role if role != Role.LEARNER},
    )
