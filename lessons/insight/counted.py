"""What counts in figures: notes and questions of active learners that the course's staff may read, and nothing else.

Who looks makes no difference: private notes and plain highlights are in no figure, whoever wrote them.
"""

from typing import NamedTuple

from django.db.models import BigIntegerField, Case, CharField, F, Q, QuerySet, Value, When
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
NOTE, CLEAR, ANSWERED, OPEN, ME_TOO = range(5)
"""What somebody did at a place. Of a question, ANSWERED is one that waits for nothing, CLEAR one that its author has
found clear since. ME_TOO is a vote for somebody else's. Whoever did one from ANSWERED on is confused.
"""
PLACE = (F("placements__revision"), F("placements__start"))
QUESTION = (F("pk"), F("revision"), F("cleared_in"))
AUDIENCES = (Thread.Audience.STAFF, Thread.Audience.GROUP, Thread.Audience.COURSE)
DISPLAYED = (Thread.State.SHOWN, Thread.State.HELD)
IS_SHARED = Q(thread=None, audience__in=AUDIENCES) | Q(thread__audience__in=AUDIENCES, thread__state__in=DISPLAYED)
"""Whether margins and lists show the note to its course's staff."""


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
    """What one learner did at a place of a revision. `start` is None where the passage is gone.

    person: of an anonymous note, somebody who does nothing else: a number must not tell that its author is one of
    those who are named. done: NOTE, ANSWERED, OPEN, CLEAR or ME_TOO. A question without a comment is ANSWERED: nobody
    can answer it. made_in: the revision that was annotated. cleared_in: the one that was published when its author
    found it clear. vote: the id of a vote, 0 of a note.
    """

    revision: int
    start: int | None
    person: int
    done: int
    label: str
    annotation: int
    made_in: int
    cleared_in: int | None = None
    vote: int = 0


def learners(shape: FilterShape) -> QuerySet:
    """Return the active learners of the course, of one group if the filter says so. Placeholders: course,
    filter_group.
    """
    members = Membership.objects.active().filter(course=int_param("course"), role=Membership.Role.LEARNER).order_by()
    return members.filter(group=int_param("filter_group")) if shape.has_group else members


def by_learners(rows: QuerySet, field: str, shape: FilterShape) -> QuerySet:
    """Keep the rows whose user, in `field`, is a learner who counts. As an expression, which has no index, so that the
    database looks up each row's user among the learners, not each learner among the rows.
    """
    users = rows.alias(counted_user=Coalesce(field, 0, output_field=BigIntegerField()))
    return users.filter(counted_user__in=learners(shape).values("user"))


def counted_notes(shape: FilterShape) -> QuerySet:
    """Return the notes that count. Of one group, those of anonymous authors only if they are for the group: others
    would tell in which one they are.
    """
    notes = by_learners(_shared_notes(shape), "author", shape)
    if shape.has_group:
        notes = notes.filter(Q(thread__alias=None) | Q(thread__group=int_param("filter_group")))
    return notes


def _shared_notes(shape: FilterShape) -> QuerySet:
    """Return the notes that staff may read, whoever wrote them."""
    notes = Annotation.objects.filter(IS_SHARED).order_by()
    return notes.filter(label=str_param("label")) if shape.has_label else notes


def marks(shape: FilterShape, placed: Q, *more: str) -> QuerySet:
    """Select the columns of Mark: of counted notes whose placements are `placed`, a condition on annotations, and of
    votes for those that are questions. more: further columns of the notes, after those.
    """
    notes = counted_notes(shape).filter(placed)
    votes = _votes(shape, placed)
    return notes.values_list(*_note_columns(), *more).union(votes.values_list(*_vote_columns(), *more), all=True)


def _note_columns() -> tuple:
    done = Case(
        When(is_question=False, then=Value(NOTE)),
        When(IS_CLEARED, then=Value(CLEAR)),
        When(IS_OPEN_QUESTION & Q(thread__isnull=False, thread__merged_into=None), then=Value(OPEN)),
        default=Value(ANSWERED),
        output_field=RawInteger(),
    )
    person = Case(When(thread__alias__isnull=False, then=-F("pk")), default=F("author"), output_field=RawInteger())
    return *PLACE, person, done, F("label"), *QUESTION, Value(0, RawInteger())


def _votes(shape: FilterShape, placed: Q) -> QuerySet:
    """Return the votes, by learners who count, for questions that are not clear by now, whoever asked them."""
    questions = _shared_notes(shape).filter(placed, is_question=True, thread__isnull=False)
    questions = questions.filter(Q(cleared_at=None) | Q(thread__status=Thread.Status.OPEN))
    return by_learners(questions, "thread__me_toos__user", shape)


def _vote_columns() -> tuple:
    done, label = Value(ME_TOO, RawInteger()), Value("", CharField())
    return *PLACE, F("thread__me_toos__user"), done, label, *QUESTION, F("thread__me_toos")
