"""Find counters that differ from the rows that they count, and set them right. Services keep them right themselves."""

from django.db import models, transaction
from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from lessons.discussions.models import MeToo, Post, Report, Thanks, Thread
from lessons.discussions.services.counters import expected_counters


def _per(key: str, rows: QuerySet, aggregate: models.Aggregate) -> Coalesce:
    """Return the aggregate over the rows whose field `key` is the outer query's row; 0 without any. A subquery."""
    grouped = rows.filter(**{key: OuterRef("pk")}).order_by().values(key)
    return Coalesce(Subquery(grouped.annotate(value=aggregate).values("value")), 0)


POST_COUNTERS = {
    "thanks_count": _per("post", Thanks.objects.all(), Count("pk")),
    "open_report_count": _per("post", Report.objects.filter(resolved_at=None), Count("pk")),
}


def wrong_threads() -> QuerySet[Thread]:
    """Return the threads with a wrong number of shown posts or votes, or a last number lower than that of a post."""
    return Thread.objects.annotate(
        shown=_per("thread", Post.objects.filter(state=Post.State.SHOWN), Count("pk")),
        votes=_per("thread", MeToo.objects.all(), Count("pk")),
        last=_per("thread", Post.objects.exclude(seq=None), Max("seq")),
    ).exclude(visible_post_count=F("shown"), me_too_count=F("votes"), last_seq__gte=F("last"))


def wrong_posts() -> QuerySet[Post]:
    """Return the posts with a wrong number of thanks or open reports."""
    return Post.objects.annotate(
        thanked=POST_COUNTERS["thanks_count"], reported=POST_COUNTERS["open_report_count"]
    ).filter(~Q(thanks_count=F("thanked")) | ~Q(open_report_count=F("reported")))


@transaction.atomic
def repair_thread(pk: int) -> None:
    """Set the counters of a thread, under its lock. The last number never becomes lower: none is given twice."""
    thread = Thread.objects.select_for_update().get(pk=pk)
    expected = expected_counters(thread)
    thread.last_seq = max(thread.last_seq, expected.last_seq)
    thread.visible_post_count, thread.me_too_count = expected.visible_post_count, expected.me_too_count
    thread.save(update_fields=["last_seq", "visible_post_count", "me_too_count"])


@transaction.atomic
def repair_post(pk: int) -> None:
    """Set the counters of a post, under its lock."""
    Post.objects.select_for_update().get(pk=pk)
    Post.objects.filter(pk=pk).update(**POST_COUNTERS)
