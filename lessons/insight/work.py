"""What one member has done in a course, latest first: the same for the course's staff as for the member, who also sees
what only they can.

Counted is what the course's staff can read under the member's name. Private notes, highlights, which name nobody, and
anonymous posts are in no figure, and only their author finds them in the list.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import (
    BigIntegerField,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows
from lessons.db.row_count import RowCount, RowCounts
from lessons.discussions.models import Post, Thread, ThreadUserState
from lessons.discussions.selectors.query_viewer import QueryViewer, course_placeholder, viewer_params
from lessons.models import Lesson
from lessons.practice.models import Answer
from lessons.progress.models import Progress

SHOWN = Post.State.SHOWN
IS_NAMED_NOTE = Q(thread__isnull=False, thread__alias=None) & ~Q(thread__audience=Thread.Audience.ME)
IS_NAMED_POST = Q(alias=None) & ~Q(thread__audience=Thread.Audience.ME)
IS_NAMED_REPLY = Q(reply_to__isnull=False, reply_to__alias=None) | Q(reply_to=None, thread__alias=None)
"""Whether a post is a reply to what is under the name of its author."""
DISPLAYED = (Thread.State.SHOWN, Thread.State.HELD)


class Kind(TextChoices):
    """The kinds of entries, in their order."""

    NOTES = "notes", _("Notes")
    DISCUSSIONS = "discussions", _("Discussions")
    REPLIES = "replies", _("Replies")
    RECEIVED = "received", _("Replies received")
    READING = "reading", _("Reading")
    CHECKS = "checks", _("Checks")


class WorkShape(NamedTuple):
    """What changes the SQL of a member's work: the member's properties, and `is_own` of `Work`."""

    member: QueryViewer
    is_own: bool

    def placeholder(self) -> "Work":
        """Return the work of a member in a course whose ids are placeholders."""
        return Work(self.member.placeholder(), course_placeholder(), self.is_own)


@dataclass(frozen=True)
class Work:
    """The work of `member` in `course`; `is_own` if they look at it themselves."""

    member: User
    course: Course
    is_own: bool

    @property
    def shape(self) -> WorkShape:
        """Return what changes the SQL of its queries."""
        return WorkShape(QueryViewer.for_user(self.member, self.course.pk), self.is_own)

    @property
    def params(self) -> dict[str, int]:
        """Return the values of the placeholders of `WorkShape.placeholder`."""
        return viewer_params(self.member, self.course.pk)

    @property
    def notes(self) -> QuerySet[Annotation]:
        """Return the notes, of others those under their name that the staff can read, while their text is shown."""
        notes = shown_notes(Annotation.objects.filter(author=self.member, lesson__module__course=self.course))
        return notes if self.is_own else named_notes(notes)

    @property
    def posts(self) -> QuerySet[Post]:
        """Return the posts besides the texts of notes, of others those under their name that the staff can read."""
        posts = shown_posts(Post.objects.filter(author=self.member, thread__course=self.course))
        return posts if self.is_own else named_posts(posts)

    @property
    def replies_received(self) -> QuerySet[Post]:
        """Return the posts of others, which the member can read, in reply to theirs; where somebody else looks, in
        reply to what is under the member's name.
        """
        return self._replies_to if self.is_own else self._replies_to.filter(IS_NAMED_REPLY)

    @property
    def progress(self) -> QuerySet[Progress]:
        """Return the progress in lessons that are published."""
        return Progress.objects.filter(user=self.member, lesson__in=self.published_lessons)

    @property
    def answers(self) -> QuerySet[Answer]:
        """Return the first answer to each check of lessons that are published, whatever version it was given to."""
        return first_answers(Answer.objects.filter(user=self.member, question__lesson__in=self.published_lessons))

    @property
    def listed(self) -> dict[str, QuerySet]:
        """Return what the viewer sees of each kind."""
        return {
            Kind.NOTES: self.notes,
            Kind.DISCUSSIONS: self.posts.filter(seq=1),
            Kind.REPLIES: self.posts.filter(seq__gt=1),
            Kind.RECEIVED: self.replies_received,
            Kind.READING: self.progress.annotate(happened_at=Coalesce("completed_at", "opened_at")),
            Kind.CHECKS: self.answers.annotate(happened_at=F("first_at")),
        }

    @property
    def _replies_to(self) -> QuerySet[Post]:
        """Return the replies in the course to posts and threads of the member."""
        posts = Post.objects.filter(author=self.member).order_by()
        threads = Thread.objects.filter(author=self.member).order_by()
        # SQLite would look at all posts of the course and at all that are no replies, if it could take the indexes for
        # that, and at all threads that the member may read, if it were not asked of each post by itself.
        to_post = Coalesce("reply_to_id", 0, output_field=BigIntegerField())
        of_course = Coalesce("thread__course_id", 0, output_field=BigIntegerField())
        replies = Post.objects.alias(to_post=to_post, of_course=of_course).filter(
            Q(reply_to__in=posts.values("pk")) | Q(to_post=0, thread__in=threads.values("pk")),
            of_course=self.course.pk,
            seq__gt=1,
        )
        is_readable = Exists(Post.objects.visible_to(self.member).filter(pk=OuterRef("pk")))
        return replies.filter(is_readable).exclude(author=self.member)

    @property
    def published_lessons(self) -> QuerySet:
        """Return the ids of the lessons that the course's readers see."""
        return Lesson.objects.published().filter(module__course=self.course).order_by().values("pk")


def shown_notes(notes: QuerySet[Annotation]) -> QuerySet[Annotation]:
    """Keep the notes and highlights whose text is shown. `opening` is the post with it."""
    opening = FilteredRelation("thread__posts", condition=Q(thread__posts__seq=1))
    notes = notes.filter(Q(thread=None) | Q(thread__state__in=DISPLAYED)).annotate(opening=opening)
    return notes.filter(Q(thread=None) | Q(opening__state=SHOWN))


def named_notes(notes: QuerySet[Annotation]) -> QuerySet[Annotation]:
    """Keep, of `shown_notes`, those that the staff can read under the name of their author."""
    return notes.filter(IS_NAMED_NOTE)


def shown_posts(posts: QuerySet[Post]) -> QuerySet[Post]:
    """Keep the posts that are shown, besides the texts of notes."""
    return posts.filter(state=SHOWN).exclude(seq=1, thread__annotation__isnull=False)


def named_posts(posts: QuerySet[Post]) -> QuerySet[Post]:
    """Keep, of `shown_posts`, those that the staff can read under the name of their author."""
    return posts.filter(IS_NAMED_POST)


def first_answers(answers: QuerySet[Answer]) -> QuerySet[Answer]:
    """Keep the first answer of each person to each check, whatever version it was given to."""
    # SQLite would look at all earlier answers to the check, if it could take the index for that.
    made = Coalesce("pk", 0, output_field=BigIntegerField())
    own = Answer.objects.filter(user=OuterRef("user"), question=OuterRef("question"))
    earlier = own.alias(made=made).filter(made__lt=OuterRef("pk"))
    return answers.exclude(Exists(earlier))


class Figures(NamedTuple):
    """How much a member has done: `counts` by kind. `marked` are the answered checks that can be marked and are still
    in the text, of which `right` were right at the first attempt. `unlisted` are the entries that only the member
    sees. `last_active` is a day in the course's time zone.
    """

    counts: dict[str, int]
    completed: int
    lessons: int
    marked: int
    right: int
    unlisted: int
    last_active: date | None


def figures(work: Work) -> Figures:
    """Count the member's work. One query."""
    lessons, read_at, discussed_at, *numbers = fetch_rows(_figures_query, work.shape, **work.params)[0]
    written, posts, received, reading, answers = map(json.loads, numbers)
    pairs = [written, posts[:2], posts[2:], received]
    counted = [named for _all, named in pairs]
    return Figures(
        counts=dict(zip(Kind, (*counted, reading[0], answers[0]), strict=True)),
        completed=reading[1],
        lessons=lessons,
        marked=answers[1],
        right=answers[2],
        unlisted=sum(n for n, _named in pairs) - sum(counted) if work.is_own else 0,
        last_active=last_active_day(work.course, read_at, discussed_at),
    )


def _figures_query(shape: WorkShape) -> QuerySet:
    """Return one row: the published lessons, when the member was last active, and the numbers of notes, of posts, of
    replies received, of lessons read and of answers.
    """
    work, everything = shape._replace(is_own=True).placeholder(), Q()
    is_first, is_marked = Q(seq=1), Q(first_is_right__isnull=False, question__published_version__isnull=False)
    columns: dict[str, Subquery] = {
        "lessons": RowCount(work.published_lessons),
        "read_at": latest_reading(Progress.objects.filter(user=work.member), work.course),
        "discussed_at": latest_discussing(ThreadUserState.objects.filter(user=work.member), work.course),
        "notes": RowCounts(work.notes, everything, IS_NAMED_NOTE),
        "posts": RowCounts(
            work.posts.filter(seq__gte=1), is_first, is_first & IS_NAMED_POST, ~is_first, ~is_first & IS_NAMED_POST
        ),
        "received": RowCounts(work.replies_received, everything, IS_NAMED_REPLY),
        "reading": RowCounts(work.progress, everything, Q(completed_at__isnull=False)),
        "answers": RowCounts(work.answers, everything, is_marked, is_marked & Q(first_is_right=True)),
    }
    return Course.objects.filter(pk=work.course.pk).order_by().annotate(**columns).values_list(*columns)


def latest_reading(progress: QuerySet[Progress], course: Course | int) -> Subquery:
    """Return when a lesson of the course was last opened, None if none was. progress: that of one person."""
    return _latest(progress.filter(lesson__module__course=course), "seen_at")


def latest_discussing(states: QuerySet[ThreadUserState], course: Course | int) -> Subquery:
    """Return when a discussion of the course was last read, None if none was. states: those of one person."""
    return _latest(states.filter(thread__course=course), "read_at")


def _latest(rows: QuerySet, moment: str) -> Subquery:
    return Subquery(rows.order_by(f"-{moment}").values(moment)[:1])


def last_active_day(course: Course, *moments: datetime | None) -> date | None:
    """Return the day of the latest moment in the course's time zone."""
    latest = max(filter(None, moments), default=None)
    return latest and latest.astimezone(course.zone).date()
