"""Where one is signed in."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lessons.accounts.views import describe_browser
from tests.accounts.auth import sign_in_with
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
HERE = "accounts:sessions"


def signed_in(address, browser="Firefox/140.0 (X11; Linux)"):
    client = Client(headers={"user-agent": browser})
    sign_in_with(client, address, PASSWORD)
    return client


@pytest.fixture
def nora():
    nora = make_user("Nora", email="nora@example.org", password=PASSWORD)
    nora.mark_email_verified()
    return nora


def listed(client):
    return client.get(reverse(HERE)).context["sessions"]


def is_in(client):
    return client.get(reverse("accounts:profile")).status_code == 200


def test_each_session_is_listed_with_its_browser_and_this_one_is_marked(nora):
    signed_in("nora@example.org", "Mozilla/5.0 (iPhone) Version/18.0 Safari/605")
    rows = listed(signed_in("nora@example.org"))
    assert [(browser, here) for _s, browser, here in rows] == [("Firefox on Linux", True), ("Safari on iPhone", False)]


def test_ending_one_signs_that_browser_out_and_no_other(nora):
    lost, other, here = (signed_in("nora@example.org") for _ in range(3))
    session = next(s for s, _b, _h in listed(here) if s.session_key == lost.session.session_key)
    here.post(reverse(HERE), {"session": session.pk})
    assert [is_in(c) for c in (lost, other, here)] == [False, True, True]
    assert len(listed(here)) == 2


def test_ending_all_others_leaves_this_one(nora):
    other, here = signed_in("nora@example.org"), signed_in("nora@example.org")
    here.post(reverse(HERE), {"others": "1"})
    assert [is_in(c) for c in (other, here)] == [False, True]


def test_ending_this_one_signs_out(nora):
    here = signed_in("nora@example.org")
    assert here.post(reverse(HERE), {"session": listed(here)[0][0].pk}).url == reverse("account_login")
    assert not is_in(here)


@pytest.mark.parametrize("session", ["", "x", "0", "9999999999999999999999"])
def test_what_is_no_session_of_ones_own_ends_nothing(nora, session):
    make_user("Otto", email="otto@example.org", password=PASSWORD).mark_email_verified()
    otto, here = signed_in("otto@example.org"), signed_in("nora@example.org")
    here.post(reverse(HERE), {"session": session or listed(otto)[0][0].pk})
    assert is_in(otto)
    assert is_in(here)


def test_a_new_password_ends_the_others_and_they_are_no_longer_listed(nora):
    other, here = signed_in("nora@example.org"), signed_in("nora@example.org")
    new = {"oldpassword": PASSWORD, "password1": "quite another password", "password2": "quite another password"}
    here.post(reverse("account_change_password"), new)
    assert [is_in(c) for c in (other, here)] == [False, True]
    assert [h for _s, _b, h in listed(here)] == [True]


def test_the_list_takes_as_many_queries_for_many_as_for_one(nora):
    here = signed_in("nora@example.org")

    def queries():
        with CaptureQueriesContext(connection) as asked:
            here.get(reverse(HERE))
        return len(asked)

    one = queries()
    for _ in range(4):
        signed_in("nora@example.org")
    assert queries() == one


@pytest.mark.parametrize(
    ("says", "browser"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140 Safari/537 Edg/140", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile Safari/537", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18 Safari/605", "Safari on macOS"),
        ("curl/8", "A browser"),
        ("", "A browser"),
    ],
)
def test_browsers_are_told_by_what_they_say(says, browser):
    assert describe_browser(says) == browser
