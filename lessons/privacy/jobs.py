"""The jobs for data exports and for the purge of closed courses."""

from datetime import timedelta

from django.utils import timezone

from lessons.jobs.registry import JobContext, job, summarise
from lessons.privacy import course_retention, data_export


@job("purge_courses", time_limit=timedelta(minutes=30), atomic=False)
def purge_courses(context: JobContext) -> str | None:
    return summarise(course_retention.purge_due(timezone.now()), "purged")


@job("announce_purges")
def announce_purges(context: JobContext) -> str | None:
    return summarise(course_retention.announce_purges(timezone.now()), "announced")


@job("delete_expired_exports", atomic=False)
def delete_expired_exports(context: JobContext) -> str | None:
    return summarise(data_export.delete_expired(), "deleted")


@job("build_exports", time_limit=timedelta(hours=1), atomic=False)
def build_exports(context: JobContext) -> str | None:
    return summarise(data_export.build_due(context.is_stopping), "built")
