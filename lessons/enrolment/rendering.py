"""Lists of groups and members as HTML, joined rather than rendered: a course has hundreds of groups, and more members.

Everything is escaped here.
"""

from collections.abc import Iterable
from html import escape

from django import forms
from django.forms.utils import flatatt
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from lessons.courses.models import Course, Membership, ReadingGroup


def option_tags(choices: Iterable[tuple], chosen: str) -> SafeString:
    """A select's options."""
    return mark_safe(
        "".join(
            f'<option value="{key}"{" selected" if str(key) == chosen else ""}>{escape(str(name))}</option>'
            for key, name in choices
        )
    )


class FastSelect(forms.Select):
    """A select of many choices, whose keys are ids."""

    def render(self, name, value, attrs=None, renderer=None):
        attributes = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        return mark_safe(f"<select{attributes}>{option_tags(self.choices, str(value or ''))}</select>")


def group_board(
    course: Course, groups: list[ReadingGroup], seats: list[tuple], sizes: dict[int | None, int], are_ticked: bool
) -> SafeString:
    """Groups beside each other, first those without. `seats` are rows of pk, group id, name and role; `sizes` says of
    groups of which not all are among them how many there are."""
    lists: dict[int | None, list[str]] = {None: [], **{group.pk: [] for group in groups}}
    roles = {key: escape(str(name)) for key, name in Membership.Role.choices if key != Membership.Role.LEARNER}
    for pk, group, name, role in seats:
        lists[group].append(_card(pk, name, roles.get(role, ""), are_ticked))
    free, address = _("no group"), reverse("enrolment:group", args=[course.slug, 0]).removesuffix("0/")
    columns = [_column("", free, escape(_("No group")), lists[None], sizes.get(None, 0))]
    for group in groups:
        words = f"<bdi>{escape(group.name)}</bdi>"
        words = f'<a href="{address}{group.pk}/">{words}</a>' if are_ticked else words
        columns.append(_column(group.pk, group.name, words, lists[group.pk], sizes.get(group.pk, 0)))
    return mark_safe(f'<div class="board">{"".join(columns)}</div>')


def _column(key, name: str, words: str, cards: list[str], size: int) -> str:
    more = max(0, size - len(cards))
    others = escape(_("and %s more") % more)
    return (
        f'<section class="group" data-group="{key}" data-name="{escape(name)}" data-more="{more}">'
        f'<h2>{words} <span class="count">{len(cards) + more}</span></h2><ul>{"".join(cards)}</ul>'
        f"{f'<p class=help>{others}</p>' if more else ''}</section>"
    )


def _card(pk: int, name: str, role: str, is_ticked: bool) -> str:
    words = f"<bdi>{escape(name)}</bdi>"
    if is_ticked:
        words = f'<label><input type="checkbox" name="seats" value="{pk}"> {words}</label>'
    chip = f' <span class="chip">{role}</span>' if role else ""
    return f'<li data-membership="{pk}">{words}{chip}</li>'
