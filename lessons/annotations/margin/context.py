"""The lesson whose notes are asked for, fetched with access, or a 404."""

from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Subquery
from django.http import Http404

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership
from lessons.db.compiled_queries import fetch_dicts, int_param
from lessons.discussions.models import CommentPolicy, Participation
from lessons.models import Lesson, Module
from lessons.permissions import can_discuss, can_moderate, can_place_annotations

TITLE = "current_revision__title"
FIELDS = [
    "pk",
    "slug",
    "state",
    "current_revision_id",
    TITLE,
    "current_revision__number",
    "module__state",
    "casestudy",
]
# In the order of their columns.
COURSE = ("id", "title", "slug", "language", "closed_at")
OF_COURSE = {f"course_{name}": f"module__course__{name}" for name in COURSE}


class LessonContext(NamedTuple):
    """A lesson and its reader. `group` is the name of the reader's group, None without; before the reader has written
    where one writes first it `is_sealed`; `model` is its name in authoring for those who may place notes, else empty.
    """

    lesson: Lesson
    course: Course
    revision: int
    title: str
    group: str | None
    must_post_first: bool
    staff: bool
    admin_model: str


def get_lesson_context(user: User, pk: int) -> LessonContext:
    """Raises Http404 for those who may not talk in the course. Two queries with that of the seats."""
    found = fetch_dicts(_query, lesson=pk, user=user.pk)
    if not found:
        raise Http404
    row = found[0]
    course = Course.from_db("default", COURSE, [row[name] for name in OF_COURSE])
    staff = can_moderate(user, course)
    is_shown = row["state"] == Lesson.State.PUBLISHED and row["module__state"] != Module.State.DRAFT
    if not can_discuss(user, course) or not (is_shown or staff) or row["current_revision_id"] is None:
        raise Http404
    lesson = Lesson.from_db("default", ("id", "slug"), [row["pk"], row["slug"]])
    is_sealed = bool(row["asks_first"]) and not staff
    model = ("casestudy" if row["casestudy"] else "lesson") if can_place_annotations(user, course) else ""
    return LessonContext(lesson, course, row["current_revision_id"], row[TITLE], row["group"], is_sealed, staff, model)


def _query():
    user = int_param("user")
    seats = Membership.objects.active().filter(user=user, course=OuterRef("module__course"))
    asking = CommentPolicy.objects.filter(lesson=OuterRef("pk"), policy=CommentPolicy.Rule.POST_FIRST)
    wrote = Participation.objects.filter(lesson=OuterRef("pk"), user=user)
    lessons = Lesson.objects.filter(pk=int_param("lesson")).annotate(
        group=Subquery(seats.values("group__name")[:1]),
        asks_first=Exists(asking) & ~Exists(wrote),
        **{name: F(path) for name, path in OF_COURSE.items()},
    )
    return lessons.values(*FIELDS, *OF_COURSE, "group", "asks_first")
