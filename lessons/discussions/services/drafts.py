"""TODO lessons/discussions/services/drafts.py"""

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
    """Keeps words that are not yet sent; nothing written keeps nothing."""
    if not source.strip() and not title.strip():
        Draft.objects.filter(user=user, draft_key=draft_key).delete()
        return None
    words = {"source": source, "title": title[:200], "kind": kind[:60], "tags": tags[:200]}
    draft, _made = Draft.objects.update_or_create(user=user, draft_key=draft_key, defaults=words)
    return draft


DRAFT_OWNERS = {
    "course": (Course, "pk"),
    "lesson": (Lesson, "module__course"),
    "note": (Lesson, "module__course"),
    "thread": (Thread, "course"),
    "post": (Post, "thread__course"),
}


def course_id_of_draft(draft_key: str) -> int | None:
    """The course whose form the place names: `thread-7` is in that of thread 7."""
    kind, _dash, pk = draft_key.partition("-")
    if kind not in DRAFT_OWNERS or not parse_id(pk):
        return None
    owner, path = DRAFT_OWNERS[kind]
    return owner.objects.filter(pk=parse_id(pk)).values_list(path, flat=True).first()
