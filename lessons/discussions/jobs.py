"""The job that queues digests."""

from datetime import timedelta

from django.utils import timezone

from lessons.discussions.notifications import digests
from lessons.jobs.registry import JobContext, job, summarise


@job("queue_digests", time_limit=timedelta(minutes=15), atomic=False)
def queue_digests(context: JobContext) -> str | None:
    return summarise(digests.queue_due(timezone.now(), context.is_stopping), "queued")
