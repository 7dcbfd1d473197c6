"""Jobs that read articles waiting to be imported, and delete the files of old imports."""

from datetime import timedelta

from django.utils import timezone

from lessons.importing.background_reading import read_waiting
from lessons.importing.uploads import delete_old_uploads
from lessons.jobs.registry import HOURLY, JobContext, job, summarise


@job("read_articles", time_limit=timedelta(minutes=15), atomic=False)
def read_articles(context: JobContext) -> str | None:
    """Read articles whose process was killed or could not be started."""
    return summarise(read_waiting(context.is_stopping), "read")


@job("delete_old_uploads", every=HOURLY, atomic=False)
def delete_uploads(context: JobContext) -> str | None:
    """Delete the files of imports that nobody has worked on for two months."""
    return summarise(delete_old_uploads(timezone.now()), "deleted")
