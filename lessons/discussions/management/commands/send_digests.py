"""Send the digests that are due, as `run_scheduled` also does."""

from lessons.jobs.management.job_command import JobCommand


class Command(JobCommand):
    help = "Sends the e-mail digests that are due, with all other queued e-mail."
    jobs = ["queue_digests", "send_mail"]
