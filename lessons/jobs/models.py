"""When each job is due, who holds it, and how its runs ended."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class JobState(models.Model):
    """The state of one job: when it is due, and the lease of the process that runs it.

    The holder renews the lease while it works; the lease of a process that was killed expires, see `lease`.
    `failures` counts the failed runs since the last one that succeeded.
    """

    name = models.CharField(_("job"), max_length=60, unique=True)
    due_at = models.DateTimeField(_("next run"), default=timezone.now)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    succeeded_at = models.DateTimeField(_("last success"), null=True, blank=True)
    holder = models.UUIDField(null=True, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")

    def __str__(self):
        return self.name


class JobRun(models.Model):
    """One run of a job. `summary` says what was done and `error` where it failed: neither contains personal data."""

    class Outcome(models.TextChoices):
        RUNNING = "running", _("Running")
        SUCCEEDED = "succeeded", _("Succeeded")
        FAILED = "failed", _("Failed")
        TIMED_OUT = "timed_out", _("Took too long")
        STOPPED = "stopped", _("Stopped with the scheduler")
        INTERRUPTED = "interrupted", _("Interrupted: its process was killed")

    name = models.CharField(_("job"), max_length=60)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, default=Outcome.RUNNING)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    host = models.CharField(_("host"), max_length=100, blank=True)
    summary = models.CharField(_("result"), max_length=200, blank=True)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("run of a job")
        verbose_name_plural = _("runs of jobs")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["started_at"], name="job_runs_by_start"),
            models.Index(fields=["name"], condition=models.Q(outcome="running"), name="running_jobs"),
        ]

    def __str__(self):
        return f"{self.name}, {self.started_at:%Y-%m-%d %H:%M}"
