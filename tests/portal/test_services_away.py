"""If the database or cache is unavailable, the site answers 503 with a message and returns the submitted text."""

import sqlite3

import psycopg
import pytest
from django.core.cache import cache
from django.db import InterfaceError, OperationalError
from django.db.backends.utils import CursorWrapper
from django.urls import reverse
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from lessons.db.availability import is_disk_full, is_service_unavailable, is_temporary
from portal.middleware import UnavailableServiceMiddleware
from tests.factories import make_user


def caused_by(error, cause):
    error.__cause__ = cause
    return error


def full_disk():
    cause = sqlite3.OperationalError("database or disk is full")
    cause.sqlite_errorcode = sqlite3.SQLITE_FULL
    return caused_by(OperationalError("database or disk is full"), cause)


AWAY = [
    caused_by(OperationalError("connection refused"), psycopg.OperationalError()),
    caused_by(InterfaceError("closed"), psycopg.InterfaceError()),
    caused_by(OperationalError("shutting down"), psycopg.errors.AdminShutdown()),
    RedisConnectionError(),
    RedisTimeoutError(),
]
TEMPORARY = [
    OperationalError("database is locked"),
    caused_by(OperationalError("timeout"), psycopg.errors.QueryCanceled()),
    full_disk(),
    OSError(28, "No space left on device"),
]


@pytest.mark.parametrize("error", AWAY, ids=repr)
def test_a_service_that_cannot_be_reached_is_recognised(error):
    assert is_service_unavailable(error)
    assert is_temporary(error)


@pytest.mark.parametrize("error", TEMPORARY, ids=repr)
def test_other_temporary_errors_do_not_pause_all_requests(error):
    assert is_temporary(error)
    assert not is_service_unavailable(error)


def test_bugs_do_not_count_as_temporary():
    assert not any(
        map(is_temporary, [None, ValueError(), OSError(2, "No such file"), OperationalError("no such table: x")])
    )
    assert is_disk_full(full_disk())
    assert not is_disk_full(OperationalError("database is locked"))


@pytest.fixture
def middleware(client):
    """Return the middleware that pauses; the client answers with pages instead of raising errors."""
    client.raise_request_exception = False
    client.get("/health/live/")
    layer = client.handler._middleware_chain
    while not isinstance(layer, UnavailableServiceMiddleware):
        layer = getattr(layer, "__wrapped__", layer)
        layer = layer if isinstance(layer, UnavailableServiceMiddleware) else layer.get_response
    yield layer
    layer.paused_until, layer.is_away = 0, False


@pytest.fixture
def database_away(db, monkeypatch):
    def refuse(self, sql, params=None):
        raise caused_by(OperationalError("connection refused"), psycopg.OperationalError())

    with monkeypatch.context() as patch:  # until the database is tidied up
        patch.setattr(CursorWrapper, "execute", refuse)
        yield


def test_without_the_database_pages_answer_503_and_liveness_200(client, middleware, database_away):
    page = client.get("/")
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "2"
    assert page.headers["Cache-Control"] == "no-store"
    assert "Temporarily unavailable" in page.content.decode()
    assert client.get("/health/live/").status_code == 200
    middleware.paused_until = 0
    assert client.get(reverse("operations:health_ready")).status_code == 503


def test_other_requests_do_not_wait_for_it_for_a_moment(client, middleware, database_away, monkeypatch):
    client.get("/")
    asked = []
    with monkeypatch.context() as patch:
        patch.setattr(CursorWrapper, "execute", lambda *args: asked.append(1))
        assert client.get("/").status_code == 503
        assert not asked
        middleware.paused_until = 0
        with middleware.trying:
            assert client.get("/").status_code == 503
        assert not asked, "another request is trying"
        client.get("/")
        assert asked


def test_api_clients_get_json(client, middleware, database_away):
    answer = client.get("/", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert "Try again" in answer.json()["errors"][0]


def test_submitted_text_is_returned_but_no_password(client, middleware, database_away):
    client.cookies["sessionid"] = "a" * 32
    words = "The tide <b>rises</b> & falls."
    page = client.post(
        "/courses/x/discussions/new/", {"source": words, "password": "long secret words"}
    ).content.decode()
    assert "The tide &lt;b&gt;rises&lt;/b&gt; &amp; falls." in page
    assert "secret" not in page


def test_a_full_disk_is_named(client, middleware, db, monkeypatch):
    client.cookies["sessionid"] = "a" * 32

    def refuse(self, sql, params=None):
        raise full_disk()

    with monkeypatch.context() as patch:
        patch.setattr(CursorWrapper, "execute", refuse)
        page = client.post("/courses/x/discussions/new/", {"source": "The tide rises."})
    assert page.status_code == 503
    assert "disk is full" in page.content.decode()
    assert "The tide rises." in page.content.decode()
    assert middleware.paused_until == 0


def test_nobody_signs_in_while_wrong_passwords_cannot_be_counted(client, middleware, db, monkeypatch):
    make_user("Lea", email="lea@example.org", password="tides and shores").mark_email_verified()

    def refuse(*args, **kwargs):
        raise RedisConnectionError

    for method in ("get", "set", "add", "incr"):
        monkeypatch.setattr(cache, method, refuse)
    page = client.post(reverse("account_login"), {"login": "lea@example.org", "password": "tides and shores"})
    assert page.status_code == 503
    assert "_auth_user_id" not in client.session
