"""The lesson whose annotations are requested, fetched with access, or a 404."""

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
LESSON_FIELDS = ("pk", "slug", "state", "current_revision_id", TITLE, "module__state", "casestudy")
# In the order of their columns.
COURSE_FIELDS = ("id", "title", "slug", "language", "closed_at")
COURSE_COLUMNS = {f"course_{name}": f"module__course__{name}" for name in COURSE_FIELDS}


class LessonContext(NamedTuple):
    """A lesson and its reader. `revision` is the id of the published one, `title` its title, `group` the name of the
    reader's group, None without one; `must_post_first` while the reader has yet to post before reading, `comments_off`
    where they may write only for themselves;
    `admin_model` names the lesson's model for those who may place annotations, and is empty for others.
    """

    lesson: Lesson
    course: Course
    revision: int
    title: str
    group: str | None
    must_post_first: bool
    comments_off: bool
    is_staff: bool
    admin_model: str


def get_lesson_context(user: User, pk: int) -> LessonContext:
    """Return the context of a lesson. Raise Http404 for those who may not take part in its course. Two queries with
    that of the memberships.
    """
    rows = fetch_dicts(_query, lesson=pk, user=user.pk)
    if not rows:
        raise Http404
    row = rows[0]
    course = Course.from_db("default", COURSE_FIELDS, [row[name] for name in COURSE_COLUMNS])
    is_staff = can_moderate(user, course)
    is_published = row["state"] == Lesson.State.PUBLISHED and row["module__state"] != Module.State.DRAFT
    if not can_discuss(user, course) or not (is_published or is_staff) or row["current_revision_id"] is None:
        raise Http404
    model = ("casestudy" if row["casestudy"] else "lesson") if can_place_annotations(user, course) else ""
    return LessonContext(
        lesson=Lesson.from_db("default", ("id", "slug"), [row["pk"], row["slug"]]),
        course=course,
        revision=row["current_revision_id"],
        title=row[TITLE],
        group=row["group"],
        must_post_first=bool(row["must_post_first"]) and not is_staff,
        comments_off=bool(row["comments_off"]) and not is_staff,
        is_staff=is_staff,
        admin_model=model,
    )


def _query():
    user = int_param("user")
    memberships = Membership.objects.active().filter(user=user, course=OuterRef("module__course"))
    policies = CommentPolicy.objects.filter(lesson=OuterRef("pk"))
    post_first = policies.filter(policy=CommentPolicy.Rule.POST_FIRST)
    has_posted = Participation.objects.filter(lesson=OuterRef("pk"), user=user)
    lessons = Lesson.objects.filter(pk=int_param("lesson")).annotate(
        group=Subquery(memberships.values("group__name")[:1]),
        must_post_first=Exists(post_first) & ~Exists(has_posted),
        comments_off=Exists(policies.filter(policy=CommentPolicy.Rule.OFF)),
        **{name: F(path) for name, path in COURSE_COLUMNS.items()},
    )
    return lessons.values(*LESSON_FIELDS, *COURSE_COLUMNS, "group", "must_post_first", "comments_off")
