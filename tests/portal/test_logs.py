"""Logs: a line for each request and event, with its request's id, and nothing that somebody has written."""

import errno
import io
import json
import logging

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from lessons.jobs import runner
from lessons.jobs.registry import HOURLY, Job, JobContext
from portal import logs, request_log
from tests.conftest import client_of

SECRET = "ada@example.org"
LINE = {"time", "level", "logger", "event", "request_id", "method", "path", "status", "ms", "user"}


@pytest.fixture
def written(monkeypatch):
    """Return the lines of JSON that the middleware and Python's loggers write."""
    stream = io.StringIO()
    monkeypatch.setattr(request_log, "request_logger", lambda style: logs.request_logger(style, stream))
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter("json"))
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)


@pytest.fixture
def logged(written, settings, client):
    """Ask for an address and return the line about it; the rest of the log must not name who asked."""
    settings.ACCESS_LOG, settings.LOG_FORMAT = True, "json"

    def ask(address, by=client, **headers):
        response = by.get(address, headers=headers)
        assert SECRET not in json.dumps(written())
        *_, line = written()
        assert response.headers["X-Request-ID"] == line["request_id"]
        return line

    return ask


def test_a_request_is_a_line(logged, learner):
    line = logged("/notebook/?course=private", by=client_of(learner))
    assert set(line) == LINE
    assert (line["event"], line["method"], line["path"], line["status"]) == ("request", "GET", "/notebook/", 200)
    assert line["user"] == learner.pk
    assert line["ms"] > 0


def test_the_log_costs_no_query(logged, learner, settings):
    def queries(client):
        client.get("/notebook/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/notebook/")
        return len(captured)

    with_log = queries(client_of(learner))
    settings.ACCESS_LOG = False
    assert queries(client_of(learner)) == with_log > 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/invitations/ABCD-EFGH/", "/invitations/…/"),
        ("/invitations/ABCD-EFGH", "/invitations/…"),
        ("/unsubscribe/secret-token/", "/unsubscribe/…/"),
        ("/accounts/password/reset/key/5-c0ffee/", "/accounts/password/reset/key/…-…/"),
        (f"/nowhere/{SECRET}/", "/nowhere/…"),
        (f"/{SECRET}", "/…"),
        ("/static/absent.css", "/static/…"),
        (f"/?next={SECRET}", "/"),
    ],
)
def test_secrets_in_addresses_are_not_logged(logged, address, path):
    assert logged(address)["path"] == path


def test_static_files_are_named():
    request = RequestFactory().get("/static/css/site.css")
    assert request_log.logged_path(request, HttpResponse()) == "/static/css/site.css"


def test_successful_health_checks_are_left_out(written, settings, client):
    settings.ACCESS_LOG, settings.LOG_FORMAT = True, "json"
    assert "X-Request-ID" in client.get("/health/live/").headers
    assert written() == []


def test_a_full_disk_keeps_nobody_from_reading(settings, client, monkeypatch):
    class FullDisk(io.StringIO):
        def write(self, text):
            raise OSError(errno.ENOSPC, "No space left on device")

    settings.ACCESS_LOG, full = True, FullDisk()
    monkeypatch.setattr(request_log, "request_logger", lambda style: logs.request_logger(style, full))
    assert client.get("/robots.txt").status_code == 200


def test_without_an_access_log_responses_have_an_id_all_the_same(written, client):
    assert "X-Request-ID" in client.get("/robots.txt").headers
    assert written() == []


@pytest.mark.parametrize(
    ("is_trusted", "given", "is_kept"),
    [(True, "from-the-proxy-1", True), (False, "from-the-proxy-1", False), (True, "a b", False)],
)
def test_the_id_of_a_trusted_proxy_is_kept(logged, settings, is_trusted, given, is_kept):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if is_trusted else None
    line = logged("/robots.txt", **{"X-Request-ID": given})
    assert (line["request_id"] == given) is is_kept


@pytest.mark.django_db
def test_an_error_is_logged_with_its_request_and_without_its_message(written, settings, client, monkeypatch):
    settings.ACCESS_LOG, settings.LOG_FORMAT = True, "json"

    def fail(*args, **kwargs):
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise ValueError(f"{SECRET} has no tides") from error

    monkeypatch.setattr("lessons.reading.views.library.render", fail)
    client.raise_request_exception = False
    response = client.get(reverse("reading:library") + f"?q={SECRET}")
    error, request = written()
    assert (error["event"], error["logger"], request["status"]) == ("server error", "django.request", 500)
    assert error["request_id"] == request["request_id"]
    assert [cause["type"] for cause in error["exception"]] == ["ValueError", "KeyError"]
    assert error["exception"][0]["frames"][-1].startswith("tests/portal/test_logs.py:")
    assert SECRET not in json.dumps([error, request])
    assert request["request_id"] in response.content.decode()


def test_gunicorn_does_not_repeat_requests(written):
    logging.getLogger("gunicorn.error").error("Error handling request %s", f"/?q={SECRET}")
    logging.getLogger("gunicorn.error").error(f"Invalid request from ip=192.0.2.7: {SECRET}")
    logging.getLogger("gunicorn.error").error("WORKER TIMEOUT (pid:%s)", 7)
    assert [line["event"] for line in written()] == [
        "Error handling request",
        "Invalid request",
        "WORKER TIMEOUT (pid:7)",
    ]


def test_messages_that_name_code_are_kept():
    assert logs.safe_message("AttributeError", "'Lesson' object has no attribute 'tide'").startswith("'Lesson'")
    assert logs.safe_message("IntegrityError", f"Key (email)=({SECRET}) already exists") == ""


@pytest.mark.django_db
def test_a_refused_host_is_not_repeated(written, settings, client):
    settings.ALLOWED_HOSTS = ["course.example.org"]
    client.get("/", headers={"Host": "evil.example.org"})
    assert [line["event"] for line in written()] == ["refused: DisallowedHost"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("result", "events"), [("3 deleted", ["job"]), (None, []), (ValueError(SECRET), ["The job tides failed.", "job"])]
)
def test_jobs_that_had_something_to_do_are_logged(written, monkeypatch, result, events):
    def run(context):
        if isinstance(result, Exception):
            raise result
        return result

    monkeypatch.setattr(runner, "all_jobs", lambda: [Job("tides", run, HOURLY, HOURLY, True)])
    monkeypatch.setattr(logging.getLogger("lessons.jobs.activity"), "level", logging.INFO)
    logging.getLogger("lessons.jobs.activity").manager._clear_cache()
    list(runner.run_due(JobContext("")))
    lines = written()
    assert [line["event"] for line in lines] == events
    assert {line["job"] for line in lines} <= {"tides"}
    assert SECRET not in json.dumps(lines)


def test_development_has_text_for_people(written):
    handler = logging.StreamHandler(stream := io.StringIO())
    handler.setFormatter(logs.formatter("text"))
    logging.getLogger("tests.logs").addHandler(handler)
    logging.getLogger("tests.logs").warning("The tide is %s.", "high")
    logging.getLogger("tests.logs").removeHandler(handler)
    assert "[warning  ] The tide is high." in stream.getvalue()


def test_every_secret_part_of_an_address_is_hidden():
    """A new address with a secret in it must use one of the names that are hidden."""
    names = ["/unsubscribe/x/", "/feeds/x/", "/calendars/x/tides/", "/invitations/x/"]
    assert all(set(resolve(path).kwargs) & set(request_log.SECRET_PARTS) for path in names)
