"""Send queued e-mails about memberships, as `run_scheduled` also does."""

from lessons.jobs.management.job_command import JobCommand


class Command(JobCommand):
    help = "Sends the e-mails about memberships, with all other queued e-mail."
    jobs = ["send_mail"]
