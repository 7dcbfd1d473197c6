"""What one member has done in a course, latest first: the same for the course's staff as for the member, who also sees
what only they can.

Counted is what the course's staff can read under the member's name. Private notes, highlights, which name nobody, and
anonymous posts are in no figure, and only their author finds them in the list.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    Exists,
    FilteredRelation,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
)
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.courses.models import Course
from lessons.db.row_count import RowCount
from lessons.discussions.models import Post, Thread, ThreadUserState
from lessons.models import Lesson
from lessons.practice.models import Answer
from lessons.progress.models import Progress

SHOWN = Post.State.SHOWN
DISPLAYED = (Thread.State.SHOWN, Thread.State.HELD)


class Kind(TextChoices):
    """The kinds of entries, in their order."""

    NOTES = "notes", _("Notes")
    DISCUSSIONS = "discussions", _("Discussions")
    REPLIES = "replies", _("Replies")
    RECEIVED = "received", _("Replies received")
    READING = "reading", _("Reading")
    CHECKS = "checks", _("Checks")


WRITTEN = (Kind.NOTES, Kind.DISCUSSIONS, Kind.REPLIES, Kind.RECEIVED)


@dataclass(frozen=True)
class Work:
    """The work of `member` in `course`; `is_own` if they look at it themselves."""

    member: User
    course: Course
    is_own: bool

    @property
    def counted_notes(self) -> QuerySet[Annotation]:
        """Return the notes under the member's name that the staff can read, while their text is shown."""
        return named_notes(self._notes)

    @property
    def counted_posts(self) -> QuerySet[Post]:
        """Return the posts under the member's name that the staff can read, besides the texts of notes."""
        return named_posts(self._posts)

    @property
    def counted_replies_received(self) -> QuerySet[Post]:
        """Return the posts of others, which the member can read, in reply to what is under the member's name."""
        return self._replies_to(alias=None)

    @property
    def progress(self) -> QuerySet[Progress]:
        """Return the progress in lessons that are published."""
        return Progress.objects.filter(user=self.member, lesson__in=self.published_lessons)

    @property
    def answers(self) -> QuerySet[Answer]:
        """Return the first answer to each check of lessons that are published, whatever version it was given to."""
        return first_answers(Answer.objects.filter(user=self.member, question__lesson__in=self.published_lessons))

    @property
    def marked_answers(self) -> QuerySet[Answer]:
        """Return the answers of `answers` that were marked, to checks that are still in the published text."""
        return self.answers.exclude(first_is_right=None).filter(question__published_version__isnull=False)

    @property
    def listed(self) -> dict[str, QuerySet]:
        """Return what the viewer sees of each kind."""
        own = self.is_own
        posts = self._posts if own else self.counted_posts
        return {
            Kind.NOTES: self._notes if own else self.counted_notes,
            Kind.DISCUSSIONS: posts.filter(seq=1),
            Kind.REPLIES: posts.filter(seq__gt=1),
            Kind.RECEIVED: self._replies_to() if own else self.counted_replies_received,
            Kind.READING: self.progress.annotate(day=self._day_of(Coalesce("completed_at", "opened_at"))),
            Kind.CHECKS: self.answers.annotate(day=self._day_of("first_at")),
        }

    @property
    def counted(self) -> dict[str, QuerySet]:
        """Return what is counted of each kind: the same whoever looks."""
        return Work(self.member, self.course, is_own=False).listed

    def _day_of(self, moment: str | Coalesce) -> TruncDate:
        """Return the day of a moment in the course's time zone. In the viewer's own, whoever tried one zone after
        another would find out the hour.
        """
        return TruncDate(moment, tzinfo=self.course.zone)

    @property
    def _notes(self) -> QuerySet[Annotation]:
        return shown_notes(Annotation.objects.filter(author=self.member, lesson__module__course=self.course))

    @property
    def _posts(self) -> QuerySet[Post]:
        return shown_posts(Post.objects.filter(author=self.member, thread__course=self.course))

    def _replies_to(self, **conditions: None) -> QuerySet[Post]:
        """Return the replies to posts and threads of the member that meet the conditions."""
        posts = Post.objects.filter(author=self.member, thread__course=self.course, **conditions).order_by()
        threads = Thread.objects.filter(author=self.member, course=self.course, **conditions).order_by()
        # SQLite would look at all posts that are no replies, if it could take the index for that, and at all threads
        # that the member may read, if it were not asked of each post by itself.
        to_post = Coalesce("reply_to_id", 0, output_field=BigIntegerField())
        replies = Post.objects.alias(to_post=to_post).filter(
            Q(reply_to__in=posts.values("pk")) | Q(to_post=0, thread__in=threads.values("pk")), seq__gt=1
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
    return notes.filter(thread__isnull=False, thread__alias=None).exclude(thread__audience=Thread.Audience.ME)


def shown_posts(posts: QuerySet[Post]) -> QuerySet[Post]:
    """Keep the posts that are shown, besides the texts of notes."""
    return posts.filter(state=SHOWN).exclude(seq=1, thread__annotation__isnull=False)


def named_posts(posts: QuerySet[Post]) -> QuerySet[Post]:
    """Keep, of `shown_posts`, those that the staff can read under the name of their author."""
    return posts.filter(alias=None).exclude(thread__audience=Thread.Audience.ME)


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
    counted, listed = work.counted, work.listed
    columns: dict[str, Subquery] = {f"n_{kind}": RowCount(_ids(rows)) for kind, rows in counted.items()}
    if work.is_own:
        columns |= {f"all_{kind}": RowCount(_ids(listed[kind])) for kind in WRITTEN}
    columns |= {
        "completed": RowCount(_ids(work.progress.filter(completed_at__isnull=False))),
        "lessons": RowCount(work.published_lessons),
        "marked": RowCount(_ids(work.marked_answers)),
        "right": RowCount(_ids(work.marked_answers.filter(first_is_right=True))),
        "read_at": latest_reading(Progress.objects.filter(user=work.member), work.course),
        "discussed_at": latest_discussing(ThreadUserState.objects.filter(user=work.member), work.course),
    }
    row: dict[str, Any] = dict(Course.objects.filter(pk=work.course.pk).values(**columns).get())
    counts = {kind: row[f"n_{kind}"] for kind in counted}
    return Figures(
        counts=counts,
        unlisted=sum(row[f"all_{kind}"] - counts[kind] for kind in WRITTEN) if work.is_own else 0,
        last_active=last_active_day(work.course, row["read_at"], row["discussed_at"]),
        **{name: row[name] for name in ("completed", "lessons", "marked", "right")},
    )


def _ids(rows: QuerySet) -> QuerySet:
    return rows.order_by().values("pk")


def latest_reading(progress: QuerySet[Progress], course: Course | int) -> Subquery:
    """Return when a lesson of the course was last opened, None if none was. progress: that of one person."""
    return _latest(progress.filter(lesson__module__course=course), "seen_at")


def latest_discussing(states: QuerySet[ThreadUserState], course: Course | int) -> Subquery:
    """Return when a discussion of the course was last read, None if none was. states: those of one person."""
    return _latest(states.filter(thread__course=course), "read_at")


def _latest(rows: QuerySet, moment: str) -> Subquery:
    return Subquery(rows.order_by().values("user").annotate(at=Max(moment)).values("at"))


def last_active_day(course: Course, *moments: datetime | None) -> date | None:
    """Return the day of the latest moment in the course's time zone."""
    latest = max(filter(None, moments), default=None)
    return latest and latest.astimezone(course.zone).date()
