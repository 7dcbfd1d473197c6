"""Send the e-mails about memberships that wait. `run_scheduled` does it, too."""

from lessons.jobs.management.job_command import JobCommand


class Command(JobCommand):
    help = "Sends e-mails about memberships, and all other e-mails that are waiting."
    jobs = ["send_mail"]
