"""Signing in with a second step: an app's codes, recovery codes."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.accounts.auth import code_in_the_mail, sign_in_with
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_now():
    return format_hotp_value(hotp_value(SECRET, next(yield_hotp_counters_from_time())))


@pytest.fixture
def nora():
    nora = make_user("Nora", email="nora@example.org", password=PASSWORD)
    nora.mark_email_verified()
    return nora


@pytest.fixture
def nora_with_an_app(nora):
    TOTP.activate(nora, SECRET)
    return nora


def test_the_secret_is_shown_as_an_image_within_the_policy(client, nora):
    sign_in_with(client, "nora@example.org", PASSWORD)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    assert '<img class="qr" src="data:image/svg+xml' in page.content.decode()
    assert "<script>" not in page.content.decode()
    assert "style=" not in page.content.decode()


def test_a_password_alone_opens_nothing_and_the_code_does(client, nora_with_an_app):
    reply = sign_in_with(client, "nora@example.org", PASSWORD)
    assert reply.redirect_chain[-1][0] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.context["form"].errors
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert int(client.session["_auth_user_id"]) == nora_with_an_app.pk


def test_a_code_works_once(nora_with_an_app):
    code, first, second = code_now(), Client(), Client()
    for client in (first, second):
        sign_in_with(client, "nora@example.org", PASSWORD)
        client.post(reverse("mfa_authenticate"), {"code": code})
    assert ["_auth_user_id" in c.session for c in (first, second)] == [True, False]


def test_a_code_by_mail_does_not_go_around_the_second_step(client, nora_with_an_app):
    at = client.post(reverse("account_request_login_code"), {"email": "nora@example.org"}).url
    reply = client.post(at, {"code": code_in_the_mail()})
    assert reply.url == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session


def test_a_recovery_code_signs_in_once(nora_with_an_app):
    client = Client()
    sign_in_with(client, "nora@example.org", PASSWORD)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_generate_recovery_codes"))
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    assert code in client.get(reverse("mfa_view_recovery_codes")).content.decode()
    seen = []
    for browser in (Client(), Client()):
        sign_in_with(browser, "nora@example.org", PASSWORD)
        browser.post(reverse("mfa_authenticate"), {"code": code})
        seen.append("_auth_user_id" in browser.session)
    assert seen == [True, False]


def test_switching_it_off_asks_who_it_is_and_sends_word(client, nora_with_an_app):
    sign_in_with(client, "nora@example.org", PASSWORD)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    off = reverse("mfa_deactivate_totp")
    assert "reauthenticate" in client.post(off).url
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(off)
    assert not Authenticator.objects.exists()
    assert mail.outbox[-1].to == ["nora@example.org"]


def test_guessing_codes_is_throttled(client, nora_with_an_app):
    sign_in_with(client, "nora@example.org", PASSWORD)
    replies = [client.post(reverse("mfa_authenticate"), {"code": f"{n:06}"}).content.decode() for n in range(7)]
    assert "Too many" in replies[-1]
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert "_auth_user_id" not in client.session
