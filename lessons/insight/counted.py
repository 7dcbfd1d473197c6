"""What counts in figures: notes and questions of active learners that the course's staff may read, and nothing else.

Who looks makes no difference: private notes and plain highlights are in no figure, whoever wrote them.
"""

from typing import NamedTuple

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from lessons.annotations.margin.positions import RawInteger
from lessons.annotations.models import IS_CLEARED, IS_OPEN_QUESTION, Annotation
from lessons.courses.models import Membership
from lessons.db.compiled_queries import int_param, str_param
from lessons.discussions.models import Thread

FEW = 5
"""Below this number of people, a figure about what they wrote or answered says 1–4."""
MIN_FOR_LABEL = 10
"""A filter by group and by label takes a group of as many learners, or their labels could be traced to them."""
NOTE, CLEAR, ANSWERED, OPEN = range(4)
"""What a note is. Of questions, ANSWERED is one that waits for nothing, CLEAR one that its author has found clear
since. Authors of ANSWERED and OPEN questions are confused.
"""
AUDIENCES = (Thread.Audience.STAFF, Thread.Audience.GROUP, Thread.Audience.COURSE)
DISPLAYED = (Thread.State.SHOWN, Thread.State.HELD)
IS_SHARED = Q(thread=None, audience__in=AUDIENCES) | Q(thread__audience__in=AUDIENCES, thread__state__in=DISPLAYED)
"""Whether margins and lists show the note to its course's staff."""
IS_UNCLEAR = Q(is_question=True) & (Q(cleared_at=None) | Q(thread__status=Thread.Status.OPEN))
"""Whether votes for the question count, whoever asked it."""


class FigureFilter(NamedTuple):
    """Whose notes count, and which. The values that do not change the SQL are placeholders."""

    group: int = 0
    label: str = ""

    @property
    def shape(self) -> "FilterShape":
        return FilterShape(bool(self.group), bool(self.label))

    def params(self) -> dict[str, int | str]:
        return {"filter_group": self.group, "label": self.label}


class FilterShape(NamedTuple):
    """What of a filter changes the SQL."""

    has_group: bool = False
    has_label: bool = False


class Mark(NamedTuple):
    """A note at a place of a revision and, of a question that is not clear by now, one vote for it: a note with
    several votes is as many marks. `start` is None where the passage is gone.

    person: who wrote it, None for somebody who does not count; of an anonymous note, somebody who does nothing else: a
    number must not tell that its author is one of those who are named. done: NOTE, ANSWERED, OPEN or CLEAR. A question
    without a comment is ANSWERED: nobody can answer it. made_in: the revision that was annotated. cleared_in: the one
    that was published when its author found it clear. voter: who asks the same, None for somebody who does not count.
    vote: the id of the vote.
    """

    revision: int
    start: int | None
    person: int | None
    done: int
    label: str
    annotation: int
    made_in: int
    cleared_in: int | None = None
    voter: int | None = None
    vote: int | None = None


def learners(shape: FilterShape) -> QuerySet:
    """Return the active learners of the course, of one group if the filter says so. Placeholders: course,
    filter_group.
    """
    members = Membership.objects.active().filter(course=int_param("course"), role=Membership.Role.LEARNER).order_by()
    return members.filter(group=int_param("filter_group")) if shape.has_group else members


def by_learners(rows: QuerySet, field: str, shape: FilterShape) -> QuerySet:
    """Keep the rows whose user, in `field`, is a learner who counts."""
    return rows.alias(counted_user=_user(field)).filter(counted_user__in=learners(shape).values("user"))


def _user(field: str) -> Coalesce:
    """Return a user's id as an expression, which has no index, so that the database looks up each row's user among the
    learners, not each learner among the rows.
    """
    return Coalesce(field, 0, output_field=BigIntegerField())


def marks(shape: FilterShape, placed: Q, *more: str) -> QuerySet:
    """Select the columns of Mark of the notes whose placements are `placed`, a condition on annotations. more: further
    columns of the notes, after those. One query looks up each note once, with its votes.
    """
    notes = Annotation.objects.filter(IS_SHARED, placed).order_by()
    if shape.has_label:
        notes = notes.filter(label=str_param("label"))
    users = learners(shape).values("user")
    notes = notes.alias(counted_author=_user("author"), counted_voter=_user("thread__me_toos__user"))
    is_written, is_voted = Q(counted_author__in=users), Q(IS_UNCLEAR, counted_voter__in=users)
    if shape.has_group:
        # Anonymous notes to others than the group would tell in which group their authors are.
        is_written &= Q(thread__alias=None) | Q(thread__group=int_param("filter_group"))
        # Almost all notes are by learners, but not by those of a group.
        notes = notes.filter(is_written | is_voted)
    return notes.values_list(*_columns(is_written, is_voted), *more)


def _columns(is_written: Q, is_voted: Q) -> tuple:
    done = Case(
        When(is_question=False, then=Value(NOTE)),
        When(IS_CLEARED, then=Value(CLEAR)),
        When(IS_OPEN_QUESTION & Q(thread__isnull=False, thread__merged_into=None), then=Value(OPEN)),
        default=Value(ANSWERED),
        output_field=RawInteger(),
    )
    author = Case(When(thread__alias__isnull=False, then=-F("pk")), default=F("author"), output_field=RawInteger())
    person = Case(When(is_written, then=author), output_field=RawInteger())
    voter = Case(When(is_voted, then=F("thread__me_toos__user")), output_field=RawInteger())
    place = (F("placements__revision"), F("placements__start"))
    return *place, person, done, F("label"), F("pk"), F("revision"), F("cleared_in"), voter, F("thread__me_toos")
