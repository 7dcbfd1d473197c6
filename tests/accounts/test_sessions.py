"""The list of a user's sessions."""

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
URL = "accounts:sessions"


def signed_in_client(email, browser="Firefox/140.0 (X11; Linux)"):
    client = Client(headers={"user-agent": browser})
    sign_in_with(client, email, PASSWORD)
    return client


@pytest.fixture
def nora():
    nora = make_user("Nora", email="nora@example.org", password=PASSWORD)
    nora.mark_email_verified()
    return nora


def listed_sessions(client):
    return client.get(reverse(URL)).context["sessions"]


def is_signed_in(client):
    return client.get(reverse("accounts:profile")).status_code == 200


def test_sessions_are_listed_with_their_browser_and_the_current_one_is_marked(nora):
    signed_in_client("nora@example.org", "Mozilla/5.0 (iPhone) Version/18.0 Safari/605")
    rows = listed_sessions(signed_in_client("nora@example.org"))
    assert [(browser, current) for _s, browser, current in rows] == [
        ("Firefox on Linux", True),
        ("Safari on iPhone", False),
    ]


def test_ending_a_session_signs_out_that_browser_only(nora):
    lost, other, current = (signed_in_client("nora@example.org") for _ in range(3))
    session = next(s for s, _b, _h in listed_sessions(current) if s.session_key == lost.session.session_key)
    current.post(reverse(URL), {"session": session.pk})
    assert [is_signed_in(c) for c in (lost, other, current)] == [False, True, True]
    assert len(listed_sessions(current)) == 2


def test_ending_all_others_leaves_this_one(nora):
    other, current = signed_in_client("nora@example.org"), signed_in_client("nora@example.org")
    current.post(reverse(URL), {"others": "1"})
    assert [is_signed_in(c) for c in (other, current)] == [False, True]


def test_ending_this_one_signs_out(nora):
    current = signed_in_client("nora@example.org")
    assert current.post(reverse(URL), {"session": listed_sessions(current)[0][0].pk}).url == reverse("account_login")
    assert not is_signed_in(current)


@pytest.mark.parametrize("session", ["", "x", "0", "9999999999999999999999"])
def test_other_users_sessions_cannot_be_ended(nora, session):
    make_user("Otto", email="otto@example.org", password=PASSWORD).mark_email_verified()
    otto, current = signed_in_client("otto@example.org"), signed_in_client("nora@example.org")
    current.post(reverse(URL), {"session": session or listed_sessions(otto)[0][0].pk})
    assert is_signed_in(otto)
    assert is_signed_in(current)


def test_a_new_password_ends_other_sessions(nora):
    other, current = signed_in_client("nora@example.org"), signed_in_client("nora@example.org")
    new = {"oldpassword": PASSWORD, "password1": "quite another password", "password2": "quite another password"}
    current.post(reverse("account_change_password"), new)
    assert [is_signed_in(c) for c in (other, current)] == [False, True]
    assert [h for _s, _b, h in listed_sessions(current)] == [True]


def test_the_list_needs_the_same_number_of_queries_for_many_sessions(nora):
    current = signed_in_client("nora@example.org")

    def queries():
        with CaptureQueriesContext(connection) as captured:
            current.get(reverse(URL))
        return len(captured)

    one = queries()
    for _ in range(4):
        signed_in_client("nora@example.org")
    assert queries() == one


@pytest.mark.parametrize(
    ("user_agent", "browser"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140 Safari/537 Edg/140", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile Safari/537", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18 Safari/605", "Safari on macOS"),
        ("curl/8", "A browser"),
        ("", "A browser"),
    ],
)
def test_browsers_are_recognised_by_their_user_agent(user_agent, browser):
    assert describe_browser(user_agent) == browser
