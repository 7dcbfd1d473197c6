"""The page Operations, for the site's administrators, and what it is made of."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lessons.jobs.models import JobRun, JobState
from lessons.mail.models import OutgoingEmail
from lessons.operations import health, overview
from lessons.operations.models import BackupRecord
from tests.conftest import client_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return client_of(make_user(is_superuser=True))


@pytest.fixture
def page(administrator):
    return lambda: administrator.get(reverse("operations:overview")).content.decode()


def state(name, *, due=timedelta(0), **fields):
    now = timezone.now()
    return JobState.objects.create(name=name, **{"succeeded_at": now, "due_at": now + due, **fields})


def line(name):
    (found,) = (job for job in overview.job_lines(timezone.now()) if job.name == name)
    return found


def test_a_new_site_says_that_the_scheduler_has_never_run(page):
    html = page()
    assert "The scheduler has never run. Call manage.py run_scheduled every minute." in html
    assert "No job has failed in the last 30 days." in html
    assert html.count("never ran") == len(overview.all_jobs())


def test_a_site_that_is_well_says_so_and_what_runs(page):
    state("send_mail")
    BackupRecord.objects.create(kind="backup", name="night.zip", size=2_000_000, rows=1)
    html = page()
    assert "The site works, its scheduler runs, and no e-mail is late." in html
    assert "night.zip, 1.9" in html
    assert "on time" in html


def test_problems_come_first(page, settings):
    settings.DEVELOPMENT = False
    state("send_mail")
    OutgoingEmail.objects.create(kind="test", to="a@example.org", due_at=timezone.now() - timedelta(hours=1))
    html = page()
    assert html.index("An e-mail has been waiting since") < html.index("Background jobs</h2>")
    assert "The site has never been backed up." in html
    assert "a@example.org" not in html


def test_lag_is_how_long_a_job_is_due():
    state("send_mail", due=-2 * health.MAX_LAG)
    state("queue_digests", due=-health.MAX_LAG / 2)
    state("empty_bins", due=timedelta(hours=1))
    state("purge_courses", due=-2 * health.MAX_LAG, lease_expires_at=timezone.now() + timedelta(seconds=30))
    assert line("send_mail").is_late
    assert line("send_mail").lag >= 2 * health.MAX_LAG
    assert not line("queue_digests").is_late
    assert overview.job_lines(timezone.now())[0].name == "send_mail"
    assert line("empty_bins").lag is None
    assert (line("purge_courses").is_running, line("purge_courses").is_late) == (True, False)


def test_failures_are_listed_with_their_error(page, administrator):
    state("send_mail", failures=2)
    JobRun.objects.create(name="send_mail", outcome="failed", error="ValueError in lessons/mail/jobs.py:7")
    JobRun.objects.create(name="empty_bins", outcome="stopped")
    html = page()
    assert "failed 2 times" in html
    assert "ValueError in lessons/mail/jobs.py:7" in html
    assert len(overview.overview(timezone.now()).failed_runs) == 1
    runs = administrator.get(reverse("admin:jobs_jobrun_changelist"), {"name": "send_mail"}).content.decode()
    assert "ValueError" in runs
    assert "Stopped" not in runs.partition("result_list")[2]


def test_the_page_needs_few_queries(administrator, django_assert_max_num_queries):
    for number in range(15):
        JobRun.objects.create(name=f"job{number}", outcome="failed")
    administrator.get(reverse("operations:overview"))
    with django_assert_max_num_queries(15):
        administrator.get(reverse("operations:overview"))


def test_only_administrators_have_it_in_their_menu(administrator, instructor, course):
    link = f'href="{reverse("operations:overview")}"'
    assert link in administrator.get(reverse("admin:index")).content.decode()
    assert link not in client_of(instructor).get(reverse("admin:index")).content.decode()


def test_records_of_backups_are_a_list(administrator):
    BackupRecord.objects.create(kind="drill", name="night.zip", size=1, rows=1)
    assert "night.zip" in administrator.get(reverse("admin:operations_backuprecord_changelist")).content.decode()
