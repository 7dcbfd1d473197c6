"""Run the jobs for personal data, as `run_scheduled` also does."""

from lessons.jobs.management.job_command import JobCommand


class Command(JobCommand):
    help = (
        "Builds requested data exports, deletes expired ones and expired records of submitted forms, warns of purges "
        "and purges closed courses when they are due."
    )
    jobs = [
        "build_exports",
        "delete_expired_exports",
        "announce_purges",
        "purge_courses",
        "delete_old_form_records",
        "send_mail",
    ]
