"""The job that publishes and withdraws lessons at the times that instructors have chosen."""

from datetime import timedelta

from django.utils import timezone

from lessons.authoring.publishing import scheduling
from lessons.jobs.registry import JobContext, job, summarise


@job("publish_scheduled_lessons", time_limit=timedelta(minutes=15), atomic=False)
def publish_scheduled_lessons(context: JobContext) -> str | None:
    return summarise(scheduling.run_due(timezone.now(), context.is_stopping), "published or withdrawn")
