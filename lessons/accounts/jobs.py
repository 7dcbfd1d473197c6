"""The job that deletes the records of ended sessions."""

from lessons.accounts.personal_data import delete_ended_sessions
from lessons.jobs.registry import HOURLY, JobContext, job, summarise


@job("delete_ended_sessions", every=HOURLY)
def delete_records_of_ended_sessions(context: JobContext) -> str | None:
    """Delete where people were signed in, once the session has ended or expired."""
    return summarise(delete_ended_sessions(), "rows deleted")
