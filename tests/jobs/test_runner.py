"""Jobs run one at a time, each in its own transaction and time limit, and are retried after failures."""

import logging
import os
import signal
import time
from datetime import timedelta
from io import StringIO
from threading import Event
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from lessons.jobs import lease, registry, runner
from lessons.jobs.management.commands import run_scheduled
from lessons.jobs.models import JobRun, JobState
from lessons.jobs.registry import Job, JobContext

pytestmark = pytest.mark.django_db

CONTEXT = JobContext("https://course.example")


@pytest.fixture
def jobs(monkeypatch):
    """Return `jobs(name=function, …)`, which makes these the only jobs; further arguments are those of `Job`."""

    def use(every=timedelta(0), time_limit=timedelta(minutes=5), atomic=True, **functions):
        found = [Job(name, function, every, time_limit, atomic) for name, function in functions.items()]
        monkeypatch.setattr(runner, "all_jobs", lambda: found)

    return use


def run(context=CONTEXT):
    """Run the jobs that are due; return their outcomes by name."""
    return {row.name: row.outcome for row in runner.run_due(context)}


def pass_minutes(minutes):
    for state in JobState.objects.all():
        due = state.due_at - timedelta(minutes=minutes)
        expires = state.lease_expires_at and state.lease_expires_at - timedelta(minutes=minutes)
        JobState.objects.filter(pk=state.pk).update(due_at=due, lease_expires_at=expires)


def write_and_fail(context):
    JobState.objects.create(name="written by the job")
    raise ValueError("Nora Newcomer is nobody's name")


def test_a_job_gets_the_context_and_its_result_is_kept(jobs):
    jobs(hello=lambda context: f"hello from {context.site_url}", quiet=lambda context: None)
    assert run() == {"hello": "succeeded", "quiet": "succeeded"}
    row = JobRun.objects.get(name="hello")
    assert row.summary == "hello from https://course.example"
    assert row.started_at <= row.finished_at == JobState.objects.get(name="hello").succeeded_at
    assert run() == {"hello": "succeeded", "quiet": "succeeded"}, "due with every run"


def test_an_hourly_job_is_due_hourly(jobs):
    jobs(hourly=lambda context: None, every=timedelta(hours=1))
    assert run() == {"hourly": "succeeded"}
    pass_minutes(59)
    assert run() == {}
    pass_minutes(1)
    assert run() == {"hourly": "succeeded"}


def test_an_error_is_rolled_back_logged_and_does_not_stop_the_other_jobs(jobs, caplog):
    jobs(broken=write_and_fail, sound=lambda context: None)
    assert run() == {"broken": "failed", "sound": "succeeded"}
    assert not JobState.objects.filter(name="written by the job").exists()
    assert "The job broken failed." in caplog.text
    error = JobRun.objects.get(name="broken").error
    assert error.startswith("ValueError in tests/jobs/test_runner.py:")
    assert "Nora" not in error


def test_a_failed_job_is_retried_less_and_less_often(jobs, caplog):
    caplog.set_level(logging.CRITICAL)
    jobs(broken=write_and_fail)
    for wait in (1, 2, 4, 8, 16, 32, 60, 60):
        assert run() == {"broken": "failed"}
        pass_minutes(wait - 0.5)
        assert run() == {}
        pass_minutes(0.5)
    jobs(broken=lambda context: None)
    assert run() == {"broken": "succeeded"}
    assert JobState.objects.get().failures == 0


@pytest.mark.parametrize("atomic", [True, False])
def test_a_job_that_takes_too_long_is_interrupted_even_if_it_handles_every_error(jobs, caplog, atomic):
    def sleep(context):
        JobState.objects.create(name="written by the job")
        signal.setitimer(signal.ITIMER_REAL, 0.01)  # the time is over while it sleeps, however slow the machine is
        try:
            time.sleep(20)
        except Exception:
            return "no error"

    jobs(slow=sleep, time_limit=timedelta(minutes=1), atomic=atomic)
    assert run() == {"slow": "timed_out"}
    assert JobState.objects.filter(name="written by the job").exists() is not atomic
    state = JobState.objects.get(name="slow")
    assert (state.failures, state.holder) == (1, None)


def test_a_job_of_another_process_is_left_alone_until_its_lease_expires(jobs):
    jobs(once=lambda context: "done")
    run()
    other = lease.take("once", uuid4())
    assert run() == {}
    pass_minutes(lease.EXPIRES_AFTER / timedelta(minutes=1))
    assert run() == {"once": "succeeded"}
    other.refresh_from_db()
    assert (other.outcome, bool(other.finished_at)) == ("interrupted", True)


@pytest.mark.parametrize(("every", "failures"), [(0, 0), (60, 0), (24 * 60, 0), (0, 3), (60, 3)])
@pytest.mark.parametrize("ahead", [61, 24 * 60], ids=["an hour", "a day"])
def test_a_clock_that_was_ahead_delays_no_job(jobs, every, failures, ahead):
    jobs(once=lambda context: "done", every=timedelta(minutes=every))
    run()
    JobState.objects.update(failures=failures)
    latest = timedelta(minutes=max(every, 60) if failures else every)
    JobState.objects.update(due_at=timezone.now() + latest)
    assert run() == {} or not every, "its time can be as late as that"
    JobState.objects.update(failures=failures, due_at=timezone.now() + latest + timedelta(minutes=ahead))
    assert run() == {"once": "succeeded"}


def test_a_lease_of_a_clock_that_was_ahead_expires_like_any_other(jobs):
    """A holder that is alive has the time to renew it; nobody else takes the job meanwhile."""
    jobs(once=lambda context: "done")
    run()
    lease.take("once", uuid4())
    JobState.objects.update(lease_expires_at=timezone.now() + timedelta(hours=24))
    assert run() == {}
    pass_minutes(0.9)
    assert run() == {}
    pass_minutes(0.2)
    assert run() == {"once": "succeeded"}


def test_a_lease_is_renewed_while_the_job_runs_up_to_its_time_limit(monkeypatch):
    JobState.objects.create(name="long")
    monkeypatch.setattr(lease, "RENEWED_EVERY", 0.01)
    holder, renewed = uuid4(), []
    lease.take("long", holder)
    monkeypatch.setattr(lease, "held", lambda *of: renewed.append(of) or JobState.objects.none())
    renewal = lease.Renewal("long", holder, timedelta(seconds=0.2))
    renewal.start()
    renewal.join(5)
    assert renewed[0] == ("long", holder)
    assert not renewal.is_alive()


def test_two_schedulers_at_once_run_each_job_once(at_once, monkeypatch):
    ran = []

    def work(context):
        ran.append(1)
        time.sleep(0.1)

    monkeypatch.setattr(runner, "all_jobs", lambda: [Job("once", work, timedelta(hours=1), timedelta(1), True)])
    at_once(run, run, run)
    assert len(ran) == 1


def test_a_stopping_scheduler_starts_no_other_job_and_leaves_them_due(jobs):
    stopping = Event()
    context = JobContext("", stopping.is_set)

    def stop(context):
        stopping.set()
        raise runner.JobTimedOut  # as the signal does some seconds later

    jobs(stopped=stop, next=lambda context: None)
    assert run(context) == {"stopped": "stopped"}
    jobs(stopped=lambda context: None, next=lambda context: None)
    assert run() == {"stopped": "succeeded", "next": "succeeded"}


def test_the_loop_continues_after_errors_and_ends_cleanly_on_sigterm(transactional_db, jobs, monkeypatch, caplog):
    """The running job finishes, the next one is left to the next scheduler, and nothing stays claimed."""
    monkeypatch.setattr(run_scheduled, "INTERVAL", 0)
    turns = []

    def work(context):
        turns.append(1)
        if len(turns) == 1:
            raise OperationalError("the database is away")
        os.kill(os.getpid(), signal.SIGTERM)
        assert context.is_stopping()

    jobs(work=work, next=lambda context: None)
    monkeypatch.setattr(runner, "backoff", lambda failures: timedelta(0))
    before = signal.getsignal(signal.SIGTERM)
    call_command("run_scheduled", loop=True)
    assert list(JobRun.objects.order_by("pk").values_list("name", "outcome")) == [
        ("work", "failed"),
        ("next", "succeeded"),
        ("work", "succeeded"),
    ]
    assert not JobState.objects.exclude(holder=None).exists()
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.thorough
def test_the_loop_ends_with_the_process_that_started_it():
    stopping = Event()
    run_scheduled.wait_for_next_run(stopping, os.getppid() + 1)
    assert stopping.is_set()


def test_one_job_is_run_by_name_even_if_it_is_not_due():
    out = StringIO()
    call_command("run_scheduled", verbosity=0)
    JobRun.objects.create(name="old", outcome="succeeded", started_at=timezone.now() - timedelta(days=3))
    call_command("run_scheduled", stdout=out)
    assert out.getvalue() == ""
    call_command("run_scheduled", "--job", "delete_old_job_runs", stdout=out)
    assert out.getvalue() == "delete_old_job_runs: 1 deleted\n"
    with pytest.raises(CommandError, match=r"There is no job called brew_tea\. The jobs are .*send_mail"):
        call_command("run_scheduled", "--job", "brew_tea")


def test_old_runs_are_deleted_failures_later():
    def add(outcome, **ago):
        JobRun.objects.create(name=f"{outcome} {ago}", outcome=outcome, started_at=timezone.now() - timedelta(**ago))

    for outcome in ("succeeded", "failed"):
        for days in (1, 3, 31):
            add(outcome, days=days)
    JobState.objects.create(name="no longer there")
    call_command("run_scheduled", names=["delete_old_job_runs"], verbosity=0)
    kept = JobRun.objects.exclude(name="delete_old_job_runs").values_list("name", flat=True)
    assert sorted(kept) == ["failed {'days': 1}", "failed {'days': 3}", "succeeded {'days': 1}"]
    assert not JobState.objects.filter(name="no longer there").exists()


def test_jobs_of_upper_layers_run_first_and_have_unique_names():
    names = [job.name for job in registry.all_jobs()]
    assert names.index("build_exports") < names.index("queue_digests") < names.index("send_mail")
    assert len(set(names)) == len(names)


def test_expired_sessions_and_cache_rows_are_deleted(settings, client):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
    call_command("createcachetable", verbosity=0)
    caches["default"].set("192.0.2.1", "old", timeout=-5)
    caches["default"].set("192.0.2.2", "new", timeout=60)
    with connection.cursor() as cursor:
        past = connection.ops.adapt_datetimefield_value(timezone.now().replace(tzinfo=None) - timedelta(minutes=1))
        cursor.execute("INSERT INTO cache VALUES ('192.0.2.3', 'b2xk', %s)", [past])
    session = client.session
    session["typed"] = "Nora"
    session.set_expiry(-5)
    session.save()
    call_command("run_scheduled", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM cache")
        assert [key for (key,) in cursor.fetchall()] == [":1:192.0.2.2"]
        cursor.execute("SELECT count(*) FROM django_session")
        assert cursor.fetchone() == (0,)
