"""Send the digests that are due. `run_scheduled` does it, too."""

from lessons.jobs.management.job_command import JobCommand


class Command(JobCommand):
    help = "Sends the e-mail digests that are due, with all other e-mail that waits."
    jobs = ["queue_digests", "send_mail"]
