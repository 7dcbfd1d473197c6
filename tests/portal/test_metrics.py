"""Metrics for Prometheus: only for whoever has the token, with the state of the site."""

import pytest
from django.db import OperationalError
from django.test import RequestFactory
from django.utils import timezone

from lessons.jobs.models import JobState
from lessons.mail.models import OutgoingEmail
from portal import metrics

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(settings):
    settings.METRICS_TOKEN = "a-long-token"
    return lambda given: metrics.metrics(RequestFactory().get("/metrics/", headers={"Authorization": given}))


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer another", "a-long-token"])
def test_without_the_token_there_are_no_metrics(ask, given):
    answer = ask(given)
    assert (answer.status_code, answer.content) == (401, b"")


def test_the_state_of_the_site_is_among_the_metrics(ask):
    JobState.objects.create(name="send_mail", succeeded_at=timezone.now(), failures=1)
    OutgoingEmail.objects.create(kind="test", to="a@example.org")
    answer = ask("Bearer a-long-token")
    lines = answer.content.decode().splitlines()
    assert "commonplace_emails_waiting 1.0" in lines
    assert "commonplace_jobs_failing 1.0" in lines
    assert any(line.startswith("commonplace_scheduler_last_success_timestamp_seconds 1") for line in lines)
    assert not any(line.startswith("commonplace_last_backup") for line in lines)
    assert "a@example.org" not in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"


def test_without_the_database_there_are_the_metrics_of_the_process(ask, monkeypatch):
    def away(now):
        raise OperationalError

    monkeypatch.setattr(metrics, "site_figures", away)
    answer = ask("Bearer a-long-token")
    assert answer.status_code == 200
    assert "commonplace_" not in answer.content.decode()


def test_without_a_token_in_the_settings_there_is_no_such_page(client):
    assert client.get("/metrics/").status_code == 404
