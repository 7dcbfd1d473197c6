"""The jobs of authoring."""

from django.utils import timezone

from lessons.authoring.bin.emptying import empty_bins
from lessons.jobs.registry import HOURLY, JobContext, job, summarise


@job("empty_bins", every=HOURLY, atomic=False)
def empty_expired(context: JobContext) -> str | None:
    """Delete for good what has been in a course's bin for 30 days."""
    return summarise(empty_bins(timezone.now(), context.is_stopping), "deleted for good")
