"""Render the filters of a list of threads: what to show, as chips, and menus for the rest."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from django.utils.safestring import SafeString

from lessons.discussions.selectors.filter_options import FilterOption
from lessons.discussions.selectors.thread_filter import ORDERS, ThreadFilter
from lessons.discussions.selectors.thread_list import MAX_COUNTED, Tag
from lessons.markup.row_templates import render_rows
from lessons.markup.translations import gettext as _
from lessons.markup.translations import ngettext


class Choice(NamedTuple):
    """A chip with the number of what it shows, or a line of a menu: `note` is what its second line says."""

    label: str
    url: str
    is_current: bool
    number: str = ""
    note: str = ""


class Menu(NamedTuple):
    """A chip that opens. `field` is the name of a text field in it, with its label and value; empty without one."""

    label: str
    is_active: bool
    choices: list[Choice]
    field: str = ""
    field_label: str = ""
    value: str = ""


def filter_chips(
    filters: ThreadFilter,
    *,
    views: Sequence[str],
    options: Iterable[FilterOption],
    tags: Iterable[Tag],
    counts: Mapping[str, int],
    can_order: bool,
) -> SafeString:
    """Render the chips of `views` with the `counts` of some, and menus of lessons, groups, `tags`, people and, if
    `can_order`, orders.
    """
    labels = _view_labels()
    chips = [
        Choice(labels[view], filters.query_string(show=view), filters.view == view, _count(counts.get(view, 0)))
        for view in views
    ]
    options = list(options)
    menus = [_lesson_menu(filters, options), _tag_menu(filters, tags), _people_menu(filters, options)]
    if can_order:
        menus.append(_order_menu(filters))
    return render_rows(
        "discussions/filter_chips.html",
        chips=chips,
        menus=[(menu, _lines(tuple(menu.choices))) for menu in menus if menu.choices or menu.field],
        fields=_fields(filters),
        clear_url="?" if filters.is_filtered else "",
    )


@lru_cache(maxsize=128)
def _lines(choices: tuple[Choice, ...]) -> SafeString:
    """Render the choices of a menu: those of a course with hundreds of lessons seldom change."""
    return render_rows("discussions/menu_choices.html", choices=choices)


def _view_labels() -> dict[str, str]:
    return {
        "all": _("All"),
        "unread": _("Unread"),
        "unanswered": _("Unanswered"),
        "questions": _("Questions"),
        "announcements": _("Announcements"),
        "mine": _("Mine"),
        "following": _("Following"),
    }


def _count(number: int) -> str:
    return "" if not number else str(number) if number < MAX_COUNTED else f"{MAX_COUNTED}+"


def _fields(filters: ThreadFilter) -> dict[str, str | int]:
    """Return the fields that a form in a menu keeps, as its URL names them."""
    fields: dict[str, str | int] = {
        "show": "" if filters.view == "all" else filters.view,
        "lesson": filters.lesson,
        "group": filters.group,
        "tag": filters.tag,
        "author": filters.author,
        "order": "" if filters.order == "activity" else filters.order,
    }
    return {name: value for name, value in fields.items() if value}


def _lesson_menu(filters: ThreadFilter, options: list[FilterOption]) -> Menu:
    lessons = [option for option in options if option.what == "lesson"]
    name = next((option.name for option in lessons if option.pk == filters.lesson), _("Other lesson"))
    url_start = filters.query_string_before("lesson")
    choices = [
        Choice(
            option.name,
            f"{url_start}{option.pk}",
            option.pk == filters.lesson,
            note=ngettext("%(n)d discussion", "%(n)d discussions", option.topic_count) % {"n": option.topic_count}
            if option.topic_count
            else "",
        )
        for option in lessons
    ]
    if filters.lesson:
        choices.insert(0, Choice(_("All lessons"), filters.query_string(lesson=""), False))
    return Menu(name if filters.lesson else _("Lesson"), bool(filters.lesson), choices)


def _tag_menu(filters: ThreadFilter, tags: Iterable[Tag]) -> Menu:
    choices = [Choice(tag.name, filters.query_string(tag=tag.slug), filters.tag == tag.slug) for tag in tags]
    if filters.tag:
        choices.insert(0, Choice(_("All tags"), filters.query_string(tag=""), False))
    label = filters.tag or _("Tag")
    return Menu(label, bool(filters.tag), choices, "tag", _("Another tag") if choices else _("Tag"), filters.tag)


def _people_menu(filters: ThreadFilter, options: list[FilterOption]) -> Menu:
    """Return the menu of the groups whose threads to show, and a field for whose posts."""
    groups = {option.pk: option.name for option in options if option.what == "group"}
    url_start = filters.query_string_before("group")
    choices = [Choice(name, f"{url_start}{pk}", pk == filters.group) for pk, name in groups.items()]
    if filters.group or filters.author:
        choices.insert(0, Choice(_("Everybody"), filters.query_string(group="", author=""), False))
    named = [groups.get(filters.group, _("Other group")) if filters.group else "", filters.author]
    active = [name for name in named if name]
    label, field_label = ", ".join(active) or _("People"), _("Posts by (name or @handle)")
    return Menu(label, bool(active), choices, "author", field_label, filters.author)


def _order_menu(filters: ThreadFilter) -> Menu:
    labels = {"activity": _("Latest activity"), "newest": _("Newest first"), "asked": _("Most asked")}
    choices = [Choice(labels[order], filters.query_string(order=order), filters.order == order) for order in ORDERS]
    return Menu(labels[filters.order], False, choices)
