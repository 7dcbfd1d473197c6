"""The log says who signed in and how, what was refused and what was changed, without addresses or names."""

import pytest
import structlog
from structlog.testing import LogCapture

from lessons.accounts import activity_log
from tests import factories
from tests.accounts.auth import add_authenticator_app, emailed_code, sign_in_with, totp_code

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def logged(monkeypatch):
    """Return what was logged, each event as it is and then who it is about and by what method."""
    capture = LogCapture()
    monkeypatch.setattr(activity_log, "log", structlog.wrap_logger(None, processors=[capture]))
    return lambda: [(entry["event"], entry["user"], entry.get("method")) for entry in capture.entries]


@pytest.fixture
def olaf():
    return factories.make_user("Olaf", email="olaf@example.org", password=PASSWORD)


def test_a_password_that_is_refused_and_one_that_is_not(logged, client, olaf):
    olaf.mark_email_verified()
    sign_in_with(client, "olaf@example.org", "not this password")
    sign_in_with(client, "olaf@example.org", PASSWORD)
    client.post("/accounts/logout/")
    assert logged() == [
        ("password refused", None, None),
        ("identity proved", olaf.pk, "password"),
        ("signed in", olaf.pk, None),
        ("signed out", olaf.pk, None),
    ]


def test_a_second_factor(logged, client, olaf):
    olaf.mark_email_verified()
    add_authenticator_app(olaf, SECRET)
    sign_in_with(client, "olaf@example.org", PASSWORD)
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    client.post("/accounts/2fa/authenticate/", {"code": totp_code(SECRET)})
    events = [(event, method) for event, _user, method in logged()]
    assert ("second factor refused", "totp") in events
    assert events[-2:] == [("identity proved", "mfa"), ("signed in", None)]


def test_a_code_by_email_and_a_new_password(logged, client, olaf):
    olaf.mark_email_verified()
    client.post("/accounts/login/code/", {"email": "olaf@example.org"})
    client.post("/accounts/login/code/confirm/", {"code": "WRNG-CODE"})
    client.post("/accounts/login/code/confirm/", {"code": emailed_code()})
    new = {"oldpassword": PASSWORD, "password1": "another long password", "password2": "another long password"}
    client.post("/accounts/password/change/", new)
    assert [event for event, *_ in logged()] == [
        "e-mailed code refused",
        "identity proved",
        "signed in",
        "password changed",
    ]
