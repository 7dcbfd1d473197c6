"""What waits for a course's staff: questions without an answer, and reported or held posts."""

from typing import NamedTuple

from django.db.models import BigIntegerField, Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.discussions.models import Post, Thread
from lessons.discussions.selectors.query_viewer import QueryViewer, course_placeholder, viewer_params
from lessons.discussions.selectors.thread_list import MAX_COUNTED


class InboxCounts(NamedTuple):
    questions: int
    posts: int


def inbox_count(course: Course, user: User) -> int:
    """Return how many questions and posts wait for the staff of the course, one of whom is the user. One query.

    Each kind is counted up to MAX_COUNTED, because every page shows the count.
    """
    return sum(inbox_counts(course, user))


def inbox_counts(course: Course, user: User) -> InboxCounts:
    """Return what `inbox_count` adds up. One query."""
    viewer = QueryViewer.for_user(user, course.pk)
    rows = fetch_rows(_counts_query, viewer, course.is_closed, **viewer_params(user, course.pk))
    return InboxCounts(*rows[0])


def _counts_query(viewer: QueryViewer, is_closed: bool) -> QuerySet:
    course = course_placeholder()
    first_questions = waiting_questions(course, viewer.placeholder()).order_by("created_at", "pk").values("pk")
    questions = _count(Thread.objects.filter(pk__in=first_questions[:MAX_COUNTED]), "course")
    first_posts = waiting_posts(course).order_by("created_at", "pk").values("pk")
    posts = _count(Post.objects.filter(pk__in=first_posts[:MAX_COUNTED]), "thread__course")
    counts = Course.objects.annotate(waiting_posts=posts, waiting_questions=Value(0) if is_closed else questions)
    return counts.filter(pk=int_param("course")).values_list("waiting_questions", "waiting_posts")


def _count(rows: QuerySet, course: str) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values(course).annotate(n=Count("pk")).values("n")), 0)


def waiting_questions(course: Course, user: User) -> QuerySet:
    """Return learners' open questions that the user may read, and to which staff have not replied since their author
    last posted. In a closed course, where nobody can answer, callers show none.
    """
    questions = Thread.objects.filter(course=course, kind=Thread.Kind.QUESTION, status=Thread.Status.OPEN)
    questions = questions.visible_to(user).listed().filter(by_staff=False)
    posts = Post.objects.filter(thread=OuterRef("pk"), state=Post.State.SHOWN).order_by("-seq")
    last_word = posts.filter(Q(by_staff=True) | Q(author=OuterRef("author"))).values("by_staff")[:1]
    return questions.annotate(has_staff_reply=Coalesce(Subquery(last_word), Value(False))).filter(
        has_staff_reply=False
    )


def waiting_posts(course: Course) -> QuerySet:
    """Return the course's posts that have open reports or are held, without private ones."""
    posts = Post.objects.filter(Q(open_report_count__gt=0) | Q(state=Post.State.HELD))
    # As an expression, which has no index, so that the database begins with the few posts and not with the threads.
    in_course = Coalesce("thread__course_id", 0, output_field=BigIntegerField())
    posts = posts.alias(in_course=in_course).filter(in_course=course.pk)
    return posts.exclude(thread__audience=Thread.Audience.ME)
