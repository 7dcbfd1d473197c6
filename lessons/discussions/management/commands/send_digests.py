"""Send the digests that are due, as `run_scheduled` also does."""

from lessons.jobs.management.job_command import JobCommand


class Command(JobCommand):
    help = "Sends the e-mail digests that are due, and all other e-mails that are waiting."
    jobs = ["queue_digests", "send_mail"]
