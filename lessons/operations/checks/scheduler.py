"""Whether the scheduler runs, and which jobs fail."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.jobs.models import JobRun, JobState
from lessons.jobs.registry import all_jobs
from lessons.operations import health
from lessons.operations.findings import Finding, ok, warn


def check_scheduler(fix: bool) -> Iterator[Finding]:
    """Ask when the scheduler last ran, and look for jobs whose last run failed."""
    yield health.check_scheduler()
    failing = JobState.objects.filter(failures__gt=0, name__in=[job.name for job in all_jobs()]).order_by("name")
    for state in failing:
        yield warn(_sentence(state))
    if not failing:
        yield ok(_("No job has failed since its last success."))


def _sentence(state: JobState) -> str:
    run = JobRun.objects.filter(name=state.name).exclude(outcome__in=_UNDECIDED).first()
    reason = (run.error or run.get_outcome_display().lower()) if run else _("unknown")
    sentence = ngettext(
        "The job %(name)s has failed once (%(reason)s). The log says more; run it again with: "
        "manage.py run_scheduled --job %(name)s",
        "The job %(name)s has failed %(n)d times in a row (%(reason)s). The log says more; run it again with: "
        "manage.py run_scheduled --job %(name)s",
        state.failures,
    )
    return sentence % {"name": state.name, "n": state.failures, "reason": reason}


_UNDECIDED = (JobRun.Outcome.RUNNING, JobRun.Outcome.SUCCEEDED, JobRun.Outcome.STOPPED)
