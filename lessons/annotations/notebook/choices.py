"""What one may filter one's notes by."""

from collections import defaultdict

from lessons.annotations.notebook import whole
from lessons.annotations.notebook.entries import COURSE, kept, label_names
from lessons.annotations.notebook.wishes import Wish
from lessons.people.models import User


def choices(user: User) -> dict:
    """`courses` with their lessons, and `labels`. Four queries."""
    mine = kept(user, Wish()).order_by()
    fields = f"{COURSE}_id", f"{COURSE}__title", "lesson_id"
    rows = {*mine.values_list(*fields, "revision__title").distinct()}
    comments = whole.said(user, Wish()).order_by()
    rows |= {*comments.values_list(*fields, "lesson__current_revision__title").distinct()}
    courses, lessons = {}, defaultdict(dict)
    for course, name, lesson, title in sorted(rows, key=lambda row: (row[1], row[0], row[2], row[3] or "")):
        courses[course] = name
        lessons[course][lesson] = title
    names = label_names(set(courses))
    keys = set(mine.values_list("label", flat=True).distinct())
    called = {key: name for (_course, key), name in reversed(names.items()) if key in keys}
    return {
        "courses": [(course, name, list(lessons[course].items())) for course, name in courses.items()],
        "labels": [
            (key, called.get(key, key)) for key in sorted(keys, key=lambda key: called.get(key, key).casefold())
        ],
    }
