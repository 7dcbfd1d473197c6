"""A published lesson as a reader meets it: with all that its page shows of texts and of the reader, in one query."""

from itertools import islice

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef

from lessons.discussions.models import Thread
from lessons.models import Lesson, Module, Revision
from lessons.people.models import Course, User
from lessons.queries.prepared import number, rows
from lessons.reading.contents.beside import BESIDE, Beside
from lessons.reading.contents.outline import gathered_outline, outline_of_gathered

# What the pages of a lesson show, in the order of the models' fields; the rest is deferred.
COLUMNS = [
    (Lesson, "", ("id", "module_id", "slug", "due_at", "current_revision_id")),
    (Module, "module__", ("id", "course_id", "title", "slug", "summary", "licence", "source", "credit")),
    (Course, "module__course__", ("id", "title", "slug", "language", "visibility", "join_policy", "closed_at")),
    (
        Revision,
        "current_revision__",
        ("id", "lesson_id", "number", "title", "facts", "html", "words", "published_at"),
    ),
]


def published_lesson(user, pk: int) -> Lesson | None:
    """The lesson with `seat_role`, `seat_group`, whether it `is_talked_about`, what stands `beside` it, and the
    `outline` of its module; `row` is all but these two as it came. One query; None where `visible_to(user)` has none.
    """
    viewing = user.viewing if user.is_authenticated else None
    found = rows(_lesson_query, user.is_authenticated, user.is_superuser, viewing, lesson=pk, user=user.pk)
    return _lesson(found[0]) if found else None


def _lesson(row: tuple) -> Lesson:
    values = iter(row)
    lesson, module, course, revision = (
        model.from_db(None, names, list(islice(values, len(names)))) for model, _path, names in COLUMNS
    )
    module.course, lesson.module, lesson.current_revision = course, module, revision
    lesson.seat_role, lesson.seat_group, lesson.is_talked_about, outline, *beside = values
    lesson.outline, lesson.beside = outline_of_gathered(outline), Beside.of(*beside)
    lesson.row = row[: -len(BESIDE) - 1]
    return lesson


def _lesson_query(is_signed_in: bool, is_superuser: bool, viewing: tuple[int, int | None] | None):
    reader = User(pk=number("user"), is_superuser=is_superuser) if is_signed_in else AnonymousUser()
    reader.viewing = viewing
    paths = [path + name for _model, path, names in COLUMNS for name in names]
    lessons = Lesson.objects.visible_to(reader).filter(pk=number("lesson")).order_by()
    threads = Exists(Thread.objects.filter(lesson=OuterRef("pk")))
    lessons = lessons.annotate(talked=threads, entries=gathered_outline(is_signed_in), **BESIDE)
    return lessons.values_list(*paths, "seat_role", "seat_group", "talked", "entries", *BESIDE)
