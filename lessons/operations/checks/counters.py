"""Whether the stored numbers of posts, votes, thanks and reports are those of the rows."""

from collections.abc import Callable, Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lessons.discussions.models import Post, Thread
from lessons.discussions.services.counter_repair import repair_post, repair_thread, wrong_posts, wrong_threads
from lessons.operations.findings import Finding, fail, ok


def check_counters(fix: bool) -> Iterator[Finding]:
    """Count the posts and votes of each thread, and the thanks and open reports of each post."""
    yield _finding(_("threads"), Thread.objects.count(), wrong_threads(), repair_thread if fix else None)
    yield _finding(_("posts"), Post.objects.count(), wrong_posts(), repair_post if fix else None)


def _finding(rows: str, total: int, wrong: QuerySet, repair: Callable[[int], None] | None) -> Finding:
    pks = list(wrong.order_by("pk").values_list("pk", flat=True))
    if not pks:
        return ok(_("The counters of all %(total)s %(rows)s are right.") % {"total": total, "rows": rows})
    if repair is None:
        return fail(
            _("%(count)s of %(total)s %(rows)s have wrong counters. Repair them with --fix.")
            % {"count": len(pks), "total": total, "rows": rows}
        )
    for pk in pks:
        repair(pk)
    return ok(
        _("%(count)s of %(total)s %(rows)s had wrong counters. They have been repaired.")
        % {"count": len(pks), "total": total, "rows": rows}
    )
