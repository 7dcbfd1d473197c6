"""The jobs of authoring: they publish lessons at their times, shorten the history of drafts, and empty bins."""

from datetime import timedelta

from django.utils import timezone

from lessons.authoring.bin.emptying import empty_bins
from lessons.authoring.lessons import presence
from lessons.authoring.lessons.history import thin_out
from lessons.authoring.publishing import scheduling
from lessons.jobs.registry import HOURLY, JobContext, job, summarise


@job("publish_scheduled_lessons", time_limit=timedelta(minutes=15), atomic=False)
def publish_scheduled_lessons(context: JobContext) -> str | None:
    return summarise(scheduling.run_due(timezone.now(), context.is_stopping), "published or withdrawn")


@job("thin_out_draft_versions", every=HOURLY, atomic=False)
def thin_out_draft_versions(context: JobContext) -> str | None:
    """Delete all but one version of a draft for each hour after a day, and for each day after a month."""
    return summarise(thin_out(timezone.now(), context.is_stopping), "deleted")


@job("delete_editing_presence", every=HOURLY)
def delete_editing_presence(context: JobContext) -> str | None:
    """Delete the records of who had a lesson open for editing."""
    return summarise(presence.delete_old(timezone.now()), "deleted")


@job("empty_bins", every=HOURLY, atomic=False)
def empty_expired(context: JobContext) -> str | None:
    """Delete for good what has been in a course's bin for 30 days."""
    return summarise(empty_bins(timezone.now(), context.is_stopping), "deleted for good")
