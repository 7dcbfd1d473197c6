"""All learners of a course beside a rule: chosen, counted and in order, and those loaded that are shown."""

from collections.abc import Callable, Collection, Iterable, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lessons.courses.models import Membership
from lessons.courses.models.memberships import has_name
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.discussions.kept import is_large
from lessons.indexing.folded import folded_line
from lessons.participation.counting import Counted, counted, recently_counted
from lessons.participation.models import ParticipationRule
from lessons.participation.requirements import HEADINGS, REQUIREMENTS, Amounts
from lessons.participation.standings import MAX_NAMED, Outcome, Standing, current_decisions, current_outcomes

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NO_GROUP = "none"
NOTHING = tuple(Amounts())
Learner = tuple[int, int, int | None]
"""The ids of a learner's membership, of the user, and of their group."""


class Table:
    """Where the learners of a course stand beside a rule, by handle.

    amounts: the numbers of Amounts by user, of those who have done something. complete, unconfirmed, decided: users of
    whom this holds, learners or not. is_large: whether what is counted may be a minute old.
    """

    def __init__(self, rule: ParticipationRule, learners: list[Learner], found: Counted):
        outcomes = current_outcomes(rule)
        self.rule, self.learners, self.amounts = rule, learners, found.amounts
        self.is_large = is_large(len(learners))
        self.decided = set(outcomes)
        self.unconfirmed = found.met - self.decided
        self.complete = self.unconfirmed | {user for user, outcome in outcomes.items() if outcome == Outcome.COMPLETE}

    def part(self, *, group: str, search: str) -> "Table":
        """Return the table of one group, or of those whose name contains a text. One query with a text.

        group: an id, NO_GROUP, or empty for all.
        """
        table = copy(self)
        if group:
            wanted = None if group == NO_GROUP else int(group)
            table.learners = [learner for learner in table.learners if learner[2] == wanted]
        if search:
            text = folded_line(search.removeprefix("@"))
            members = _active_learners(self.rule.course_id).filter(has_name(text)).order_by()
            named = set(members.values_list("pk", flat=True))
            table.learners = [learner for learner in table.learners if learner[0] in named]
        return table

    def count(self, users: Collection[int]) -> int:
        """Return how many of the learners are among these users."""
        return sum(user in users for _membership, user, _group in self.learners)

    def done(self, user: int) -> tuple[int, ...]:
        return self.amounts.get(user, NOTHING)

    def chosen(self, show: str) -> list[Learner]:
        """Return the rows of one of SELECTIONS or LACKS. Of those who lack something, none that staff confirmed."""
        if show not in LACKS:
            keeps = SELECTIONS[show].keeps
            return [learner for learner in self.learners if keeps(self, learner[1])]
        n = LACKS[show]
        asked = self.rule.asked[n]
        left = [learner for learner in self.learners if learner[1] not in self.complete]
        return [learner for learner in left if self.done(learner[1])[n] < asked]

    def in_order(self, rows: list[Learner], sort: str, groups: Iterable[int]) -> list[Learner]:
        """Return the rows by name, `group`, a requirement, or `left`, which puts first who lacks most; `-` reverses.

        groups: the ids of the course's groups in order.
        """
        name = sort.removeprefix("-")
        if not name:
            return rows
        key: Callable[[Learner], Any]
        key = (
            self._by_group(groups) if name == "group" else self._by_left() if name == "left" else self._by_number(name)
        )
        return sorted(rows, key=key, reverse=sort.startswith("-"))

    def _by_group(self, groups: Iterable[int]) -> Callable[[Learner], int]:
        places: dict[int | None, int] = {group: n for n, group in enumerate(groups)}
        return lambda row: places.get(row[2], len(places))

    def _by_left(self) -> Callable[[Learner], tuple[bool, int]]:
        asked = [(n, number) for n, number in enumerate(self.rule.asked) if number]

        def left(done: tuple[int, ...]) -> int:
            return sum(number - done[n] for n, number in asked if done[n] < number)

        return lambda row: (row[1] in self.complete, -left(self.done(row[1])))

    def _by_number(self, name: str) -> Callable[[Learner], int]:
        n = REQUIREMENTS.index(name)
        return lambda row: self.done(row[1])[n]

    def load(self, rows: Sequence[Learner]) -> list[Standing]:
        """Return the standings of these rows. One query, two if anything was decided about one of them."""
        is_page = len(rows) <= MAX_NAMED
        params = {f"member{n}": row[0] for n, row in enumerate(rows)} if is_page else {}
        if is_page:
            params = {f"member{n}": 0 for n in range(MAX_NAMED)} | params
        members = fetch_rows(_names_query, is_page, course=self.rule.course_id, **params) if rows else []
        texts = {membership: (name, handle, group or "") for membership, name, handle, group in members}
        decided = [user for _membership, user, _group in rows if user in self.decided]
        decisions = current_decisions(self.rule, decided if is_page else None) if decided else {}
        return [
            Standing(
                membership, user, *texts[membership], self.rule.asked, Amounts(*self.done(user)), decisions.get(user)
            )
            for membership, user, _group in rows
            if membership in texts
        ]


def current_table(rule: ParticipationRule) -> Table:
    """Return how everybody stands now. Two queries, and those of `amounts_by_user`."""
    return Table(rule, _learners(rule), counted(rule))


def recent_table(rule: ParticipationRule) -> Table:
    """Return how everybody stands. In a large class, what they have done may be counted up to a minute ago; who is a
    learner, what the rule asks for and what was decided is as it is now.
    """
    learners = _learners(rule)
    return Table(rule, learners, recently_counted(rule, len(learners)))


def standings(rule: ParticipationRule, *, group: str = "", search: str = "") -> list[Standing]:
    """Return the standings of the course's learners now, by handle, or of a part of them as in `Table.part`."""
    table = current_table(rule).part(group=group, search=search)
    return table.load(table.learners)


def _learners(rule: ParticipationRule) -> list[Learner]:
    return fetch_rows(_learners_query, course=rule.course_id)


def _learners_query() -> QuerySet:
    return _active_learners(int_param("course")).values_list("pk", "user", "group")


def _names_query(is_page: bool) -> QuerySet:
    members = _active_learners(int_param("course")).order_by()
    if is_page:
        members = members.filter(pk__in=[int_param(f"member{n}") for n in range(MAX_NAMED)])
    return members.values_list("pk", "user__display_name", "handle", "group__name")


def _active_learners(course: int) -> QuerySet[Membership]:
    return Membership.objects.active().filter(course=course, role=Membership.Role.LEARNER).order_by("handle")


class Selection(NamedTuple):
    """Some of the learners: what the filter says, and whether it keeps a user of a table."""

    label: "StrOrPromise"
    keeps: Callable[[Table, int], bool]


SELECTIONS = {
    "": Selection(_("Everybody"), lambda table, user: True),
    "complete": Selection(_("Complete"), lambda table, user: user in table.complete),
    "incomplete": Selection(_("Not complete"), lambda table, user: user not in table.complete),
    "unconfirmed": Selection(_("Not confirmed yet"), lambda table, user: user in table.unconfirmed),
    "decided": Selection(_("Decided by staff"), lambda table, user: user in table.decided),
    "nothing": Selection(_("Nothing done yet"), lambda table, user: user not in table.amounts),
}
LACKS = {f"lacks-{name}": n for n, name in enumerate(REQUIREMENTS)}
"""Who has less of a requirement than the rule asks for: by what the filter says, the place of it in Amounts."""


def selections_of(rule: ParticipationRule) -> list[tuple[str, str]]:
    """Return what the table of the rule can be filtered by, with labels."""
    asked = [(f"lacks-{name}", HEADINGS[name]) for name in REQUIREMENTS if getattr(rule, name)]
    lacking = [(value, gettext("Lacking: %(what)s") % {"what": heading}) for value, heading in asked]
    return [*((name, str(selection.label)) for name, selection in SELECTIONS.items()), *lacking]
