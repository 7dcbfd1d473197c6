"""Participation in a course: for its staff everybody's, for a learner their own."""

import csv
from collections.abc import Iterator
from io import SEEK_END, StringIO
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.courses.models import Course
from lessons.courses.moments import course_moment
from lessons.db.idempotency import submit_once
from lessons.db.ids import parse_id
from lessons.markup.csv_text import escape_formula
from lessons.markup.row_templates import render_rows
from lessons.participation.contributions import Shown, contributions
from lessons.participation.feasibility import obstacles
from lessons.participation.forms import StandingsFilterForm, group_choices
from lessons.participation.models import ParticipationRule, rule_to_show
from lessons.participation.requirements import HEADINGS, MEANINGS, REQUIREMENTS
from lessons.participation.services import Confirmed, confirm_all, withdraw
from lessons.participation.standings import MAX_NAMED, Standing, own_standing
from lessons.participation.table import Table, current_table, recent_table, selections_of
from lessons.participation.views.access import get_course, get_course_as_staff, get_rule, rules_of
from lessons.participation.wording import describe
from lessons.permissions import (
    can_decide_participation,
    can_manage_members,
    can_set_participation_rules,
    can_view_participation,
    require,
)

PAGE_SIZE = MAX_NAMED


class Column(NamedTuple):
    """A column that sorts the table. `direction` is how it is sorted now, for `aria-sort`; empty if by another."""

    label: str
    meaning: str
    query: str
    direction: str
    is_number: bool


@require_safe
def participation(request: AuthenticatedHttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """Show one rule of the course, the current one by default, with who has done what."""
    course = get_course(request.user, slug)
    rules = rules_of(course)
    rule = rule_to_show(rules, timezone.now()) if pk is None else next((r for r in rules if r.pk == pk), None)
    if rule is None and pk is not None:
        raise Http404
    context: dict[str, Any] = {"course": course, "rules": rules, "rule": rule}
    if rule:
        now, is_staff = timezone.now(), can_view_participation(request.user, course)
        context |= {
            "sentence": describe(rule),
            "obstacles": [] if rule.is_over(now) else obstacles(rule, now, None if is_staff else request.user),
            "is_over": rule.is_over(now),
            "due": course_moment(rule.due_at, course, request.user) if rule.due_at else None,
        }
    if can_view_participation(request.user, course):
        return _render_table(request, course, rule, context)
    if rule:
        standing = own_standing(rule, request.user)
        work = contributions(rule, request.user, request.user, standing.done, Shown.of_query(request.GET))
        context |= {"standing": standing, "work": work, "sections": work.render(course.zone)}
    return render(request, "participation/own.html", context)


def _render_table(
    request: AuthenticatedHttpRequest, course: Course, rule: ParticipationRule | None, context: dict[str, Any]
) -> HttpResponse:
    """Render everybody's participation. With a rule, at most six queries and those of `amounts_by_user`, however many
    learners.
    """
    context |= {
        "can_manage_members": can_manage_members(request.user, course),
        "can_set_rules": can_set_participation_rules(request.user, course),
        "can_decide": can_decide_participation(request.user, course),
    }
    if rule:
        filters = StandingsFilterForm(request.GET).filters()
        groups = group_choices(course)
        table = recent_table(rule).part(group=filters["group"], search=filters["q"])
        chosen = table.in_order(table.chosen(filters["show"]), filters["sort"], _ids(groups))
        start = PAGE_SIZE * (filters["page"] - 1)
        rows = table.load(chosen[start : start + PAGE_SIZE])
        query = {name: value for name, value in filters.items() if value and name != "page"}
        context |= {
            "filters": filters,
            "groups": render_rows("options.html", choices=groups, selected=filters["group"]),
            "is_filtered": any(filters[name] for name in ("show", "group", "q")),
            "is_part": filters["group"] or filters["q"],
            "shown": selections_of(rule),
            "orders": _orders(rule),
            "columns": _columns(rule, query),
            "rows": rows,
            "rows_html": _render_rows(table, course, rows, context["can_decide"]),
            "is_large": table.is_large,
            "total": len(table.learners),
            "complete_count": table.count(table.complete),
            "unconfirmed_count": table.count(table.unconfirmed),
            "query": urlencode(query),
            "previous": urlencode(query | {"page": filters["page"] - 1}) if start else "",
            "next": urlencode(query | {"page": filters["page"] + 1}) if start + PAGE_SIZE < len(chosen) else "",
        }
    return render(request, "participation/standings.html", context)


def _render_rows(table: Table, course: Course, rows: list[Standing], can_decide: bool) -> SafeString:
    asked = [(n, number) for n, number in enumerate(table.rule.asked) if number]
    amounts = {(n, row.done[n], number) for row in rows for n, number in asked}
    return render_rows(
        "participation/learners.html",
        rule=table.rule,
        slug=course.slug,
        rows=rows,
        asked=[(n, str(HEADINGS[REQUIREMENTS[n]])) for n, _number in asked],
        texts={(n, done): _amount_text(done, number) for n, done, number in amounts},
        can_decide=can_decide,
        unconfirmed=table.unconfirmed,
    )


def _amount_text(done: int, asked: int) -> str:
    return str(done) if done >= asked else _("%(done)s of %(asked)s") % {"done": done, "asked": asked}


def _ids(groups: list[tuple[str, str]]) -> list[int]:
    """Return the ids of the groups among the choices."""
    return [int(value) for value, _label in groups if value.isdecimal()]


def _columns(rule: ParticipationRule, query: dict[str, str]) -> list[Column]:
    """Return the columns that sort: numbers from the greatest, all others from the smallest."""
    asked = [(name, str(HEADINGS[name]), str(MEANINGS[name])) for name in REQUIREMENTS if getattr(rule, name)]
    texts = [("", _("Learner"), ""), ("group", _("Group"), ""), *asked, ("left", _("Participation"), "")]
    now = query.get("sort", "")
    columns = []
    for name, label, meaning in texts:
        order = (f"-{name}", name) if name in REQUIREMENTS else (name, f"-{name}" if name else "")
        sort = order[1] if now == order[0] else order[0]
        direction = "" if now.removeprefix("-") != name else "descending" if now.startswith("-") else "ascending"
        columns.append(Column(label, meaning, urlencode(query | {"sort": sort}), direction, name in REQUIREMENTS))
    return columns


def _orders(rule: ParticipationRule) -> list[tuple[str, str]]:
    """Return the orders to choose from by keyboard or on a phone, where the columns have no headings."""
    asked = [(f"-{name}", str(HEADINGS[name])) for name in REQUIREMENTS if getattr(rule, name)]
    return [("", _("Name")), ("group", _("Group")), *asked, ("left", _("Most left to do"))]


@require_POST
def confirm(request: AuthenticatedHttpRequest, slug: str, pk: int) -> HttpResponse:
    """Confirm the chosen learners, or all in the list, who meet the rule; offer to undo that."""
    course = get_course_as_staff(request.user, slug)
    require(can_decide_participation(request.user, course))
    rule, batch = get_rule(course, pk), uuid4()
    filters = StandingsFilterForm(request.POST).filters()
    shown = {name: filters[name] for name in ("group", "q") if filters[name]}
    members = None if "all" in request.POST else {parse_id(value) for value in request.POST.getlist("member")}
    results: list[Confirmed] = []

    def work() -> str:
        group, search = filters["group"], filters["q"]
        results.append(
            confirm_all(rule=rule, by=request.user, batch=batch, group=group, search=search, memberships=members)
        )
        page = reverse("participation:standings", args=[course.slug, rule.pk])
        return f"{page}?{urlencode(shown)}" if shown else page

    outcome = submit_once(request, work)
    for result in [] if outcome.is_repeat else results:
        undo = reverse("participation:undo", args=[course.slug, rule.pk, batch])
        _tell(request, result, undo, members)
    return redirect(outcome.address)


def _tell(request: AuthenticatedHttpRequest, result: Confirmed, undo: str, chosen: set[int] | None) -> None:
    """Say what was confirmed. chosen: the memberships that the form named, None for all."""
    count, left_out = result.number, 0 if chosen is None else result.left_out
    if count:
        text = ngettext("%(n)d learner is confirmed.", "%(n)d learners are confirmed.", count) % {"n": count}
        messages.success(request, text, extra_tags=undo)
    elif chosen is None:
        messages.info(request, _("Nobody is left to confirm."))
    elif not chosen:
        messages.warning(request, _("Choose at least one learner first."))
    elif not left_out:
        messages.info(request, _("None of those you chose is left to confirm."))
    if left_out:
        text = ngettext(
            "%(n)d learner does not meet the rule yet, so nothing was decided. Open their page to decide otherwise.",
            "%(n)d learners do not meet the rule yet, so nothing was decided. Open their pages to decide otherwise.",
            left_out,
        )
        messages.warning(request, text % {"n": left_out})


@require_POST
def undo(request: AuthenticatedHttpRequest, slug: str, pk: int, batch) -> HttpResponse:
    """Undo what was decided with one form."""
    course = get_course_as_staff(request.user, slug)
    require(can_decide_participation(request.user, course))
    rule = get_rule(course, pk)
    if withdraw(rule=rule, batch=batch, by=request.user):
        messages.success(request, _("Undone. This is recorded in the log."))
    else:
        messages.info(request, _("This was undone before."))
    return redirect("participation:standings", course.slug, rule.pk)


@require_safe
def export(request: AuthenticatedHttpRequest, slug: str, pk: int) -> StreamingHttpResponse:
    """Download the filtered table as CSV."""
    course = get_course_as_staff(request.user, slug)
    rule, filters = get_rule(course, pk), StandingsFilterForm(request.GET).filters()
    table = current_table(rule).part(group=filters["group"], search=filters["q"])
    chosen = table.in_order(table.chosen(filters["show"]), filters["sort"], _ids(group_choices(course)))
    rows = table.load(chosen)
    headers = {
        "Content-Disposition": 'attachment; filename="participation.csv"',
        "Cache-Control": "private, no-store",
    }
    return StreamingHttpResponse(
        _csv_lines(rule, course, rows), content_type="text/csv; charset=utf-8", headers=headers
    )


def _csv_lines(rule: ParticipationRule, course: Course, rows: list[Standing]) -> Iterator[str]:
    asked = [name for name in REQUIREMENTS if getattr(rule, name)]
    headings = [f"{HEADINGS[name]} ({getattr(rule, name)})" for name in asked]
    decided = [_("decided"), _("reason"), _("decided by"), _("on")]
    line = StringIO("\ufeff")
    line.seek(0, SEEK_END)
    writer = csv.writer(line)
    writer.writerow([_("name"), _("handle"), _("group"), *headings, _("complete"), _("left"), *decided])
    for row in rows:
        yield line.getvalue()
        line.seek(0)
        line.truncate()
        writer.writerow(_cells(row, course, asked))
    yield line.getvalue()


def _cells(row: Standing, course: Course, asked: list[str]) -> list[str | int]:
    decision = row.decision
    texts = [row.name, row.handle, row.group]
    decided = [decision.label, decision.reason, decision.by] if decision else ["", "", ""]
    return [
        *map(escape_formula, texts),
        *(getattr(row.done, name) for name in asked),
        _("yes") if row.is_complete else _("no"),
        row.left,
        *map(escape_formula, decided),
        decision.at.astimezone(course.zone).date().isoformat() if decision else "",
    ]
