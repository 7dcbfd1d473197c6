"""Send queued e-mails about memberships, as `run_scheduled` also does."""

from lessons.jobs.management.job_command import JobCommand


class Command(JobCommand):
    help = "Sends e-mails about memberships, and all other e-mails that are waiting."
    jobs = ["send_mail"]
