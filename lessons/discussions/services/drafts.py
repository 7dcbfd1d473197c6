"""Save drafts. See `models.read_state.Draft` for the keys."""

from django.db import transaction

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.db.ids import parse_id
from lessons.discussions.models import Draft, Post, Thread
from lessons.models import Lesson


@transaction.atomic
def save_draft(
    *, user: User, draft_key: str, source: str, title: str = "", kind: str = "", tags: str = ""
) -> Draft | None:
    """Save a draft; without text and title, delete it and return None."""
    if not source.strip() and not title.strip():
        Draft.objects.filter(user=user, draft_key=draft_key).delete()
        return None
    values = {"source": source, "title": title[:200], "kind": kind[:60], "tags": tags[:200]}
    draft, _created = Draft.objects.update_or_create(user=user, draft_key=draft_key, defaults=values)
    return draft


# The model that the id in a draft key belongs to, and the lookup path from it to the course.
DRAFT_OWNERS: dict[str, tuple[type[Course | Lesson | Thread | Post], str]] = {
    "course": (Course, "pk"),
    "lesson": (Lesson, "module__course"),
    "note": (Lesson, "module__course"),
    "thread": (Thread, "course"),
    "post": (Post, "thread__course"),
}


def course_id_of_draft(draft_key: str) -> int | None:
    """Return the id of the course that the draft belongs to: for `thread-7` that of the course of thread 7."""
    kind, _dash, pk = draft_key.partition("-")
    if kind not in DRAFT_OWNERS or not parse_id(pk):
        return None
    owner, path = DRAFT_OWNERS[kind]
    return owner.objects.filter(pk=parse_id(pk)).values_list(path, flat=True).first()
