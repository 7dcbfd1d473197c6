"""Whether the stored numbers of posts, votes, thanks and reports are those of the rows."""

from collections.abc import Callable, Iterator

from django.db.models import QuerySet

from lessons.discussions.models import Post, Thread
from lessons.discussions.services.counter_repair import repair_post, repair_thread, wrong_posts, wrong_threads
from lessons.operations.findings import Finding, fail, ok


def check_counters(fix: bool) -> Iterator[Finding]:
    """Count the posts and votes of each thread, and the thanks and open reports of each post."""
    yield _finding("threads", Thread.objects.count(), wrong_threads(), repair_thread if fix else None)
    yield _finding("posts", Post.objects.count(), wrong_posts(), repair_post if fix else None)


def _finding(rows: str, total: int, wrong: QuerySet, repair: Callable[[int], None] | None) -> Finding:
    pks = list(wrong.order_by("pk").values_list("pk", flat=True))
    if not pks:
        return ok(f"The counters of all {total} {rows} are right.")
    if repair is None:
        return fail(f"{len(pks)} of {total} {rows} have wrong counters. Repair them with --fix.")
    for pk in pks:
        repair(pk)
    return ok(f"{len(pks)} of {total} {rows} had wrong counters. They have been repaired.")
