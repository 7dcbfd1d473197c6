"""What each learner has done in one lesson, as the page of their work says, too."""

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from lessons.annotations.models import Annotation
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.json_rows import JSONRows, unpack_rows
from lessons.db.pagination import Keyset, Page, make_page
from lessons.db.row_count import RowCount
from lessons.discussions.models import Post, ThreadUserState
from lessons.insight.counted import FigureFilter, FilterShape, learners
from lessons.insight.figures import furthest
from lessons.insight.lesson_map import InsightLesson, places_in_shown
from lessons.insight.passages import all_passages, sections_of
from lessons.insight.work import (
    first_answers,
    last_active_day,
    latest_discussing,
    latest_reading,
    named_notes,
    named_posts,
    shown_notes,
    shown_posts,
)
from lessons.practice.models import Answer
from lessons.progress.models import Progress, Reached

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PAGE_SIZE = 50
IN_PANEL = 8
"""How many learners stand beside the map."""
KEYSET = Keyset("handle", is_text=True)
SELECTIONS: "dict[str, StrOrPromise]" = {
    "": _("Everybody"),
    "incomplete": _("Not completed"),
    "unopened": _("Not opened"),
}
"""Which learners a list can show."""


class LearnerRow(NamedTuple):
    """What a learner has done in the lesson. read: how much of the text, in hundredths, None if that is not known.
    notes, replies: those under their name. answered: to how many of its published checks.
    """

    membership: int
    name: str
    handle: str
    group: str
    is_opened: bool
    is_completed: bool
    read: int | None
    notes: int
    replies: int
    answered: int
    last_active: date | None


def learner_rows(
    lesson: InsightLesson, filters: FigureFilter, *, limit: int, show: str = "", cursor: str = ""
) -> Page[LearnerRow]:
    """Return the learners after the one that the cursor names, by handle, of the group of the filter, and of one of
    SELECTIONS. The lesson is shown as it is published. One query, and one for each earlier text that this process does
    not know.
    """
    position = KEYSET.parse_cursor(cursor)
    params = {"course": lesson.course.pk, "lesson": lesson.pk, **filters.params(), **KEYSET.params(position)}
    rows = fetch_rows(_query, bool(filters.group), show, position is not None, limit, **params)
    reached = {row[1]: [(row[1], *place) for place in unpack_rows(row[7])] for row in rows}
    places = furthest(places_in_shown(lesson, [place for of_person in reached.values() for place in of_person]))
    passages = all_passages(sections_of([lesson.shown.key])[lesson.shown.pk])
    end = passages[-1].end if passages else 0
    found = [_learner_row(lesson, row, places.get(row[1]), end) for row in rows]
    return make_page(found, limit, lambda row: row.handle, has_before=position is not None)


def _learner_row(lesson: InsightLesson, row: tuple, place: int | None, end: int) -> LearnerRow:
    membership, _user, name, handle, group, is_opened, is_completed, _places, *numbers, read_at, discussed_at = row
    return LearnerRow(
        membership,
        name,
        handle,
        group or "",
        bool(is_opened),
        bool(is_completed),
        None if place is None or not end else min(100, 100 * place // end),
        *numbers,
        last_active_day(lesson.course, read_at, discussed_at),
    )


def _query(has_group: bool, show: str, is_later: bool, limit: int) -> QuerySet:
    course, lesson, user = int_param("course"), int_param("lesson"), OuterRef("user")
    progress = Progress.objects.filter(user=user, lesson=lesson)
    is_opened, is_completed = Exists(progress), Exists(progress.filter(completed_at__isnull=False))
    members = learners(FilterShape(has_group))
    if show:
        members = members.exclude(is_completed if show == "incomplete" else is_opened)
    if is_later:
        members = members.filter(KEYSET.after(KEYSET.placeholders()))
    notes = named_notes(shown_notes(Annotation.objects.filter(author=user, lesson=lesson)))
    replies = named_posts(shown_posts(Post.objects.filter(author=user, thread__lesson=lesson, seq__gt=1)))
    answers = Answer.objects.filter(user=user, question__lesson=lesson, question__published_version__isnull=False)
    columns = (
        is_opened,
        is_completed,
        JSONRows(Reached.objects.filter(user=user, revision__lesson=lesson), "revision", "offset"),
        *(RowCount(rows.order_by().values("pk")) for rows in (notes, replies, first_answers(answers))),
        latest_reading(Progress.objects.filter(user=user), course),
        latest_discussing(ThreadUserState.objects.filter(user=user), course),
    )
    about = ("pk", "user", "user__display_name", "handle", "group__name")
    return members.order_by(*KEYSET.order_by).values_list(*about, *columns)[: limit + 1]
