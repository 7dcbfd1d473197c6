"""The jobs that remind of due dates, queue digests and delete unused images."""

from datetime import timedelta

from django.utils import timezone

from lessons.discussions.notifications import digests, due_reminders
from lessons.discussions.services import post_images
from lessons.jobs.registry import HOURLY, JobContext, job, summarise


@job("remind_of_due_dates", every=timedelta(minutes=15), time_limit=timedelta(minutes=15), atomic=False)
def remind_of_due_dates(context: JobContext) -> str | None:
    return summarise(due_reminders.remind(timezone.now(), context.is_stopping), "reminded")


@job("queue_digests", time_limit=timedelta(minutes=15), atomic=False)
def queue_digests(context: JobContext) -> str | None:
    return summarise(digests.queue_due(timezone.now(), context.is_stopping), "queued")


@job("delete_unused_images", every=HOURLY, atomic=False)
def delete_unused_images(context: JobContext) -> str | None:
    """Delete images that were uploaded for a post and never sent with one."""
    return summarise(post_images.delete_unused_images(), "images deleted")
