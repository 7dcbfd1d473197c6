"""Tell those who have asked about a passage that it was rewritten."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import FilteredRelation, Q

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.annotations.passages import RevisionBlocks
from lessons.discussions.models import RewriteNotice
from lessons.discussions.models.notifications import MAX_QUOTE
from lessons.discussions.services.notifications import notify_rewritten
from lessons.models import Revision


class AskedPassage(NamedTuple):
    """An open question, and its positions in the revision before and in the new one: None where its passage is not in
    the text.
    """

    note: UUID
    user: int
    thread: int | None
    exact: str
    asked_at: datetime
    old_start: int | None
    old_end: int | None
    start: int | None
    end: int | None


def notify_askers(*, before: int | None, revision: Revision, by: User | None) -> None:
    """Tell the authors of open questions on the lesson whose passage, or a block around it, is another than in the
    revision with the id `before`: not `by`, who rewrote it. Nobody is told of a passage that had gone before. Two
    queries and some inserts, one query without such questions.
    """
    if before is None or not (asked := _asked_passages(before, revision, by)):
        return
    old = RevisionBlocks(*Revision.objects.values_list("text", "html").get(pk=before))
    if old.text != revision.text:
        notify_rewritten(_notices(asked, old, revision))


def _asked_passages(before: int, revision: Revision, by: User | None) -> list[AskedPassage]:
    questions = Annotation.objects.open_questions().filter(lesson=revision.lesson_id, author__isnull=False)
    if by:
        questions = questions.exclude(author=by)
    questions = questions.annotate(
        old=FilteredRelation("placements", condition=Q(placements__revision=before)),
        new=FilteredRelation("placements", condition=Q(placements__revision=revision)),
    )
    columns = ("uid", "author_id", "thread_id", "exact", "created_at")
    spans = ("old__start", "old__end", "new__start", "new__end")
    return list(map(AskedPassage._make, questions.order_by("pk").values_list(*columns, *spans)))


def _notices(asked: list[AskedPassage], old: RevisionBlocks, revision: Revision) -> Iterator[RewriteNotice]:
    new = RevisionBlocks(revision.text, revision.html)
    for passage in asked:
        if _words_at(new, passage.start, passage.end) != _words_at(old, passage.old_start, passage.old_end):
            yield RewriteNotice(
                user_id=passage.user,
                lesson_id=revision.lesson_id,
                revision=revision,
                thread_id=passage.thread,
                note=passage.note,
                quote=_quote(passage, old),
                asked_at=passage.asked_at,
                is_removed=passage.start is None,
            )


def _words_at(blocks: RevisionBlocks, start: int | None, end: int | None) -> str:
    return "" if start is None or end is None else blocks.around(start, end)


def _quote(passage: AskedPassage, old: RevisionBlocks) -> str:
    """Return the passage as it was before or, if it had gone, as it was asked about."""
    if passage.old_start is None or passage.old_end is None:
        quote = passage.exact
    else:
        quote = old.quote(passage.old_start, passage.old_end)
    return quote if len(quote) <= MAX_QUOTE else f"{quote[: MAX_QUOTE - 1]}…"
