"""The jobs that send e-mails and delete the rows of old ones."""

from datetime import timedelta

from django.utils import timezone

from lessons.jobs.registry import HOURLY, JobContext, job, summarise
from lessons.mail.delivery import make_due_after_clock_change
from lessons.mail.models import OutgoingEmail
from lessons.mail.processes import send_due

SENT_KEPT_FOR = timedelta(days=7)
GIVEN_UP_KEPT_FOR = timedelta(days=30)
State = OutgoingEmail.State


@job("delete_old_email_records", every=HOURLY)
def delete_old_email_records(context: JobContext) -> str | None:
    """Delete the rows of e-mails sent a week ago, and of those given up a month ago."""
    now = timezone.now()
    sent = OutgoingEmail.objects.filter(state=State.SENT, finished_at__lt=now - SENT_KEPT_FOR)
    given_up = OutgoingEmail.objects.filter(state=State.GIVEN_UP, finished_at__lt=now - GIVEN_UP_KEPT_FOR)
    return summarise(sent.delete()[0] + given_up.delete()[0], "deleted")


@job("send_mail", time_limit=timedelta(minutes=15), atomic=False)
def send_mail(context: JobContext) -> str | None:
    """Send queued e-mails: those left to the scheduler, those no web process has sent, and those that failed."""
    make_due_after_clock_change()
    return summarise(send_due(context.site_url, context.is_stopping), "sent")
