"""A published lesson as a reader meets it: with its module, course, revision and the reader's seat, in one query."""

from itertools import islice

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef

from lessons.discussions.models import Thread
from lessons.models import Lesson, Module, Revision
from lessons.people.models import Course, User
from lessons.reading.contents.prepared import Prepared

# What the pages of a lesson show, in the order of the models' fields; the rest is deferred.
COLUMNS = [
    (Lesson, "", ("id", "module_id", "slug", "due_at", "current_revision_id")),
    (Module, "module__", ("id", "course_id", "title", "slug", "summary", "licence", "source", "credit")),
    (Course, "module__course__", ("id", "title", "slug", "language", "visibility", "join_policy")),
    (
        Revision,
        "current_revision__",
        ("id", "lesson_id", "number", "title", "facts", "html", "words", "published_at"),
    ),
]


def published_lesson(user, pk: int) -> Lesson | None:
    """The lesson with `seat_role`, `seat_group` and whether it `is_talked_about`.

    None where `visible_to(user)` has none of this id.
    """
    if not user.is_authenticated:
        rows = FOR_VISITOR.rows(lesson=pk)
    else:
        query = FOR_ADMINISTRATOR if user.is_superuser else FOR_READER
        rows = query.rows(lesson=pk, user=user.pk)
    return _lesson(rows[0]) if rows else None


def _lesson(row: tuple) -> Lesson:
    values = iter(row)
    lesson, module, course, revision = (
        model.from_db(None, names, list(islice(values, len(names)))) for model, _path, names in COLUMNS
    )
    module.course, lesson.module, lesson.current_revision = course, module, revision
    lesson.seat_role, lesson.seat_group, lesson.is_talked_about = values
    return lesson


def _build(reader, lesson: int):
    paths = [path + name for _model, path, names in COLUMNS for name in names]
    lessons = Lesson.objects.visible_to(reader).filter(pk=lesson).order_by()
    threads = Exists(Thread.objects.filter(lesson=OuterRef("pk")))
    return lessons.annotate(talked=threads).values_list(*paths, "seat_role", "seat_group", "talked")


FOR_VISITOR = Prepared(lambda lesson: _build(AnonymousUser(), lesson), "lesson")
FOR_READER = Prepared(lambda lesson, user: _build(User(pk=user), lesson), "lesson", "user")
FOR_ADMINISTRATOR = Prepared(lambda lesson, user: _build(User(pk=user, is_superuser=True), lesson), "lesson", "user")
