"""A published lesson as a reader meets it: with all that its page shows of texts and of the reader, in one query."""

from itertools import islice

from django.contrib.auth.models import AnonymousUser
from django.db.models import DateTimeField, Exists, F, FilteredRelation, OuterRef, Q, Value
from django.utils.functional import SimpleLazyObject

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.discussions.models import Thread
from lessons.models import Lesson, Module, Revision
from lessons.reading.selectors.outline import outline_from_json, outline_json
from lessons.reading.selectors.sidebar import SIDEBAR_COLUMNS, Sidebar

# What the pages of a lesson show, in the order of the models' fields; the rest is deferred.
COLUMNS = [
    (Lesson, "", ("id", "module_id", "slug", "due_at", "current_revision_id")),
    (Module, "module__", ("id", "course_id", "title", "slug", "summary", "licence", "source", "credit")),
    (Course, "module__course__", ("id", "title", "slug", "language", "visibility", "join_policy", "closed_at")),
    (
        Revision,
        "current_revision__",
        ("id", "lesson_id", "number", "title", "facts", "html", "word_count", "published_at"),
    ),
]
PATHS = [path + name for _model, path, names in COLUMNS for name in names]
HTML, SEEN = PATHS.index("current_revision__html"), len(PATHS)


def published_lesson(user, pk: int) -> Lesson | None:
    """The lesson with `membership_role`, `membership_group_id`, whether it `is_talked_about`, when the reader has
    last `seen_at` it, what stands `beside` it, and the `outline` of its module. `row` is as it came what of all this
    the page shows: the text stands in it by its revision, which never changes. One query; None
    where `visible_to(user)` has none.
    """
    viewing = user.learner_view if user.is_authenticated else None
    found = fetch_rows(_lesson_query, user.is_authenticated, user.is_superuser, viewing, lesson=pk, user=user.pk)
    return _lesson(found[0]) if found else None


def _lesson(row: tuple) -> Lesson:
    values = iter(row)
    lesson, module, course, revision = (
        model.from_db(None, names, list(islice(values, len(names)))) for model, _path, names in COLUMNS
    )
    module.course, lesson.module, lesson.current_revision = course, module, revision
    lesson.seen_at, lesson.membership_role, lesson.membership_group_id, lesson.is_talked_about, outline, *beside = (
        values
    )
    # Read when the page is printed, which it often is not.
    lesson.outline = SimpleLazyObject(lambda: outline_from_json(outline))
    lesson.beside = SimpleLazyObject(lambda: Sidebar.from_json(*beside))
    lesson.row = (*row[:HTML], *row[HTML + 1 : SEEN], *row[SEEN + 1 :])
    return lesson


def _lesson_query(is_signed_in: bool, is_superuser: bool, viewing: tuple[int, int | None] | None):
    reader = User(pk=int_param("user"), is_superuser=is_superuser) if is_signed_in else AnonymousUser()
    reader.learner_view = viewing
    lessons = Lesson.objects.visible_to(reader).filter(pk=int_param("lesson")).order_by()
    threads = Exists(Thread.objects.filter(lesson=OuterRef("pk")))
    if is_signed_in:
        mine = FilteredRelation("progress", condition=Q(progress__user=reader.pk))
        lessons = lessons.annotate(mine=mine).annotate(seen=F("mine__seen_at"))
    else:
        lessons = lessons.annotate(seen=Value(None, DateTimeField()))
    lessons = lessons.annotate(talked=threads, entries=outline_json(is_signed_in), **SIDEBAR_COLUMNS)
    return lessons.values_list(
        *PATHS, "seen", "membership_role", "membership_group_id", "talked", "entries", *SIDEBAR_COLUMNS
    )
