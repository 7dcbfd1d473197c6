"""Password hashing never takes all threads: a request that would wait gets 503 within a second."""

import threading
import time

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.urls import reverse

from lessons.accounts import hashers
from tests.factories import make_user

LIMITED = ["lessons.accounts.hashers.LimitedPBKDF2PasswordHasher"]


@pytest.fixture
def limited(settings, monkeypatch):
    settings.PASSWORD_HASHERS = LIMITED
    monkeypatch.setattr(hashers.LimitedPBKDF2PasswordHasher, "iterations", 1)
    monkeypatch.setattr(hashers, "MAX_WAIT", 0.01)


@pytest.fixture
def take_all_turns():
    """Return a function that takes all turns, as other requests would, until the end of the test."""
    taken = []

    def take():
        while hashers.turns.acquire(blocking=False):
            taken.append(1)

    yield take
    for _turn in taken:
        hashers.turns.release()


@pytest.mark.thorough
def test_a_hash_of_djangos_own_hasher_stays_valid(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    encoded = make_password("tides and shores", hasher="default")
    settings.PASSWORD_HASHERS = LIMITED
    assert check_password("tides and shores", encoded)
    assert not check_password("tides and stones", encoded)


def test_no_more_than_the_limit_are_hashed_at_a_time(limited, settings, monkeypatch):
    running, most, lock = [], [], threading.Lock()

    def slow(self, password, salt, iterations=None):
        with lock:
            running.append(1)
            most.append(len(running))
        time.sleep(0.02)
        with lock:
            running.pop()
        return "x"

    monkeypatch.setattr(hashers, "MAX_WAIT", 5)
    monkeypatch.setattr(hashers, "places_to_wait", threading.BoundedSemaphore(6))
    monkeypatch.setattr(hashers.PBKDF2PasswordHasher, "encode", slow)
    threads = [threading.Thread(target=make_password, args=("tides and shores",)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(most), max(most)) == (6, settings.PASSWORD_HASHING_THREADS)


def test_threads_are_left_for_pages(limited, take_all_turns, monkeypatch):
    monkeypatch.setattr(hashers, "MAX_WAIT", 60)
    take_all_turns()
    assert hashers.places_to_wait.acquire(blocking=False)
    try:
        with pytest.raises(hashers.TooManyPasswords):  # at once
            make_password("tides and shores")
    finally:
        hashers.places_to_wait.release()


FORMS = [
    ("account_login", {"login": "lea@example.org", "password": "tides and shores"}),
    ("account_signup", {"display_name": "Nora", "email": "n@example.org", "password1": "tides and shores"}),
    ("account_reauthenticate", {"password": "tides and shores"}),
    ("account_change_password", {"oldpassword": "tides and shores", "password1": "shores and tides"}),
]


def test_a_sign_in_for_which_the_server_has_no_time_is_no_attempt(client, db, limited, take_all_turns):
    make_user("Lea", email="lea@example.org", password="tides and shores")
    client.raise_request_exception = False
    take_all_turns()
    fields = {"login": "lea@example.org", "password": "tides and shores"}
    assert {client.post(reverse("account_login"), fields).status_code for _ in range(7)} == {503}
    hashers.turns.release()
    try:
        assert client.post(reverse("account_login"), fields).status_code == 302
    finally:
        hashers.turns.acquire()


@pytest.mark.parametrize(("route", "fields"), FORMS)
def test_requests_that_would_wait_too_long_are_asked_to_try_again(client, db, limited, take_all_turns, route, fields):
    client.raise_request_exception = False
    user = make_user("Lea", email="lea@example.org")
    if route not in ("account_login", "account_signup"):
        client.force_login(user)
    take_all_turns()
    page = client.post(reverse(route), fields)
    assert (page.status_code, page.headers["Retry-After"]) == (503, "2")
    assert "Temporarily unavailable" in page.content.decode()
    assert fields.get("password", "shores") not in page.content.decode()
    answer = client.post(reverse(route), fields, headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.json()["errors"]
