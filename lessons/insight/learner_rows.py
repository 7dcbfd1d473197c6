"""What each learner has done in one lesson, as the page of their work says, too."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from lessons.annotations.models import Annotation
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.json_rows import JSONRows, LatestJSONRows, parse_datetime, unpack_rows
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
from lessons.practice.models import Answer, KnowledgeCheck
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
    SELECTIONS. The lesson is shown as it is published. Two queries, and one for each earlier text that this process
    does not know.
    """
    position = KEYSET.parse_cursor(cursor)
    params = {"course": lesson.course.pk, "lesson": lesson.pk, **filters.params(), **KEYSET.params(position)}
    rows = fetch_rows(_page_query, bool(filters.group), show, position is not None, limit, **params)
    users = [user for _handle, _membership, user, *_others in rows]
    reached = Reached.objects.filter(user__in=users, revision__lesson=lesson.pk)
    found = _learner_rows(lesson, rows, list(reached.values_list("user", "revision", "offset")))
    return make_page(found, limit, lambda row: row.handle, has_before=position is not None)


def panel_columns(has_group: bool) -> tuple[LatestJSONRows, JSONRows]:
    """Return columns of a compiled query for `panel_rows`: the first learners, one more than IN_PANEL, and how far
    they came in each revision. Placeholders: course, lesson, filter_group.
    """
    users = _members(has_group).values("user")[: IN_PANEL + 1]
    reached = Reached.objects.filter(user__in=users, revision__lesson=int_param("lesson"))
    return (
        LatestJSONRows(_members(has_group), *COLUMNS, limit=IN_PANEL + 1),
        JSONRows(reached, "user", "revision", "offset"),
    )


def panel_rows(lesson: InsightLesson, members: str, reached: str) -> Page[LearnerRow]:
    """Return the first learners from the `panel_columns`. No query, but one for each earlier text that this process
    does not know.
    """
    rows = [(*row, parse_datetime(read), parse_datetime(discussed)) for *row, read, discussed in unpack_rows(members)]
    return make_page(_learner_rows(lesson, rows, unpack_rows(reached)), IN_PANEL, lambda row: row.handle)


def _learner_rows(lesson: InsightLesson, rows: Iterable[tuple], reached: Sequence) -> list[LearnerRow]:
    """Return the rows from their COLUMNS. reached: user, revision and offset."""
    places = furthest(places_in_shown(lesson, reached))
    passages = all_passages(sections_of([lesson.shown.key])[lesson.shown.pk])
    end = passages[-1].end if passages else 0
    found = []
    for handle, membership, user, name, group, is_opened, is_completed, *numbers, read_at, discussed_at in rows:
        read = min(100, 100 * places[user] // end) if user in places and end else None
        about = (membership, name, handle, group or "", bool(is_opened), bool(is_completed), read)
        found.append(LearnerRow._make((*about, *numbers, last_active_day(lesson.course, read_at, discussed_at))))
    return found


COLUMNS = (
    *("handle", "pk", "user", "user__display_name", "group__name", "is_opened", "is_completed"),
    *("note_count", "reply_count", "answer_count", "read_at", "discussed_at"),
)


def _members(has_group: bool, show: str = "") -> QuerySet:
    """Return the learners by handle, with COLUMNS."""
    course, lesson, user = int_param("course"), int_param("lesson"), OuterRef("user")
    progress = Progress.objects.filter(user=user, lesson=lesson)
    is_opened, is_completed = Exists(progress), Exists(progress.filter(completed_at__isnull=False))
    members = learners(FilterShape(has_group))
    if show:
        members = members.exclude(is_completed if show == "incomplete" else is_opened)
    # SQLite would look at all notes on the lesson for each learner, if it could take the index for that.
    of_lesson = Coalesce("lesson", 0, output_field=BigIntegerField())
    own_notes = Annotation.objects.alias(of_lesson=of_lesson).filter(author=user, of_lesson=lesson)
    notes = named_notes(shown_notes(own_notes))
    replies = named_posts(shown_posts(Post.objects.filter(author=user, thread__lesson=lesson, seq__gt=1)))
    checks = KnowledgeCheck.objects.filter(lesson=lesson, published_version__isnull=False).order_by()
    answers = Answer.objects.filter(user=user, question__in=checks.values("pk"))
    counts = {"note_count": notes, "reply_count": replies, "answer_count": first_answers(answers)}
    return members.order_by(*KEYSET.order_by).annotate(
        is_opened=is_opened,
        is_completed=is_completed,
        **{name: RowCount(rows.order_by().values("pk")) for name, rows in counts.items()},
        read_at=latest_reading(Progress.objects.filter(user=user), course),
        discussed_at=latest_discussing(ThreadUserState.objects.filter(user=user), course),
    )


def _page_query(has_group: bool, show: str, is_later: bool, limit: int) -> QuerySet:
    members = _members(has_group, show)
    if is_later:
        members = members.filter(KEYSET.after(KEYSET.placeholders()))
    return members.values_list(*COLUMNS)[: limit + 1]
