"""Send the e-mails about memberships that wait. `run_scheduled` does it, too."""

from lessons.jobs.management.job_command import JobCommand


class Command(JobCommand):
    help = "Sends the e-mails about memberships, with all other e-mail that waits."
    jobs = ["send_mail"]
