"""The health checks: 503 only for what keeps the site from serving, a warning for what somebody should look at."""

from collections import namedtuple
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from lessons.jobs.models import JobState
from lessons.mail.models import OutgoingEmail
from lessons.operations import health

pytestmark = pytest.mark.django_db
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def scheduler_ran():
    return JobState.objects.create(name="test", succeeded_at=timezone.now())


def ready(client):
    answer = client.get("/health/ready/")
    return answer.status_code, answer.json()


def test_the_liveness_check_needs_no_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/health/live/").status_code == 200


def test_a_healthy_site_is_ready(client, scheduler_ran, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        status, answer = ready(client)
    assert (status, answer["status"]) == (200, "ok")
    assert set(answer["checks"]) == {"database", "disk", "migrations", "cache", "scheduler", "mail"}
    assert client.get("/health/ready/").headers["Cache-Control"] == "no-store"


def test_a_full_disk_is_no_place_to_write(client, scheduler_ran, monkeypatch):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: Usage(10**9, 10**9, 99_000_000))
    status, answer = ready(client)
    assert (status, answer["checks"]["disk"]["status"]) == (503, "fail")


def test_without_the_cache_nobody_can_sign_in(client, scheduler_ran, monkeypatch):
    def away(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(cache, "set", away, raising=False)
    status, answer = ready(client)
    assert (status, answer["checks"]["cache"]["status"]) == (503, "fail")


def test_a_migration_that_waits_is_named(client, scheduler_ran, monkeypatch):
    monkeypatch.setattr(health, "_waiting_migrations", lambda: 2)
    status, answer = ready(client)
    assert status == 503
    assert "manage.py migrate" in answer["checks"]["migrations"]["message"]


@pytest.mark.parametrize("hours", [None, 1])
def test_a_scheduler_that_does_not_run_is_a_warning(client, hours):
    if hours:
        JobState.objects.create(name="test", succeeded_at=timezone.now() - timedelta(hours=hours))
    status, answer = ready(client)
    assert (status, answer["status"]) == (200, "warn")
    assert "run_scheduled" in answer["checks"]["scheduler"]["message"]


def test_mail_that_waits_is_a_warning(client, scheduler_ran):
    due = timezone.now() - timedelta(minutes=29)
    email = OutgoingEmail.objects.create(kind="test", to="a@example.org", due_at=due)
    assert ready(client)[1]["status"] == "ok"
    OutgoingEmail.objects.filter(pk=email.pk).update(due_at=due - timedelta(minutes=2))
    status, answer = ready(client)
    assert (status, answer["checks"]["mail"]["status"]) == (200, "warn")
    assert "a@example.org" not in str(answer)
