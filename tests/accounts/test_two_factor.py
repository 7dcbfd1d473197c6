"""Two-factor authentication: codes of an authenticator app, recovery codes."""

from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.apps import apps
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tests.accounts.auth import add_authenticator_app, emailed_code, sign_in_with, totp_code
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def current_code():
    return totp_code(SECRET)


@pytest.fixture
def nora():
    nora = make_user("Nora", email="nora@example.org", password=PASSWORD)
    nora.mark_email_verified()
    return nora


@pytest.fixture
def nora_with_totp(nora):
    add_authenticator_app(nora, SECRET)
    return nora


def test_the_secret_is_an_image_that_the_content_security_policy_allows(client, nora):
    sign_in_with(client, "nora@example.org", PASSWORD)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    assert '<img class="qr" src="data:image/svg+xml' in page.content.decode()
    assert "<script>" not in page.content.decode()
    assert "style=" not in page.content.decode()


def test_signing_in_needs_password_and_code(client, nora_with_totp):
    reply = sign_in_with(client, "nora@example.org", PASSWORD)
    assert reply.redirect_chain[-1][0] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.context["form"].errors
    client.post(reverse("mfa_authenticate"), {"code": current_code()})
    assert int(client.session["_auth_user_id"]) == nora_with_totp.pk


def test_a_code_works_once(nora_with_totp):
    code, first, second = current_code(), Client(), Client()
    for client in (first, second):
        sign_in_with(client, "nora@example.org", PASSWORD)
        client.post(reverse("mfa_authenticate"), {"code": code})
    assert ["_auth_user_id" in c.session for c in (first, second)] == [True, False]


def test_an_emailed_code_does_not_bypass_two_factor_authentication(client, nora_with_totp):
    code_url = client.post(reverse("account_request_login_code"), {"email": "nora@example.org"}).url
    reply = client.post(code_url, {"code": emailed_code()})
    assert reply.url == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session


def test_a_recovery_code_signs_in_once(nora_with_totp):
    client = Client()
    sign_in_with(client, "nora@example.org", PASSWORD)
    client.post(reverse("mfa_authenticate"), {"code": current_code()})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_generate_recovery_codes"))
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    assert code in client.get(reverse("mfa_view_recovery_codes")).content.decode()
    is_signed_in = []
    for browser in (Client(), Client()):
        sign_in_with(browser, "nora@example.org", PASSWORD)
        browser.post(reverse("mfa_authenticate"), {"code": code})
        is_signed_in.append("_auth_user_id" in browser.session)
    assert is_signed_in == [True, False]


def test_turning_it_off_needs_reauthentication_and_sends_an_email(client, nora_with_totp):
    sign_in_with(client, "nora@example.org", PASSWORD)
    client.post(reverse("mfa_authenticate"), {"code": current_code()})
    url = reverse("mfa_deactivate_totp")
    assert "reauthenticate" in client.post(url).url
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(url)
    assert not Authenticator.objects.exists()
    assert mail.outbox[-1].to == ["nora@example.org"]


def test_guessing_codes_is_throttled(client, nora_with_totp):
    sign_in_with(client, "nora@example.org", PASSWORD)
    replies = [client.post(reverse("mfa_authenticate"), {"code": f"{n:06}"}).content.decode() for n in range(7)]
    assert "Too many" in replies[-1]
    client.post(reverse("mfa_authenticate"), {"code": current_code()})
    assert "_auth_user_id" not in client.session


def test_keys_are_stored_encrypted_and_survive_a_new_secret(nora_with_totp, settings):
    stored = Authenticator.objects.get(user=nora_with_totp)
    assert SECRET not in str(stored.data)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert stored.wrap().validate_code(current_code())


def test_no_code_fits_if_the_secret_is_lost(nora_with_totp, settings):
    RecoveryCodes.activate(nora_with_totp)
    app, recovery = Authenticator.objects.filter(user=nora_with_totp).order_by("-type")
    codes = recovery.wrap().generate_codes()
    settings.SECRET_KEY = "another"
    assert not app.wrap().validate_code(current_code())
    assert not set(recovery.wrap().generate_codes()) & set(codes)
    assert recovery.wrap().generate_codes() != recovery.wrap().generate_codes()


def test_keys_that_were_stored_as_they_are_are_encrypted(nora):
    Authenticator.objects.create(user=nora, type=Authenticator.Type.TOTP, data={"secret": SECRET})
    migration = import_module("lessons.accounts.migrations.0005_encrypt_second_factors")
    migration.encrypt_all(apps, None)
    stored = Authenticator.objects.get(user=nora)
    assert SECRET not in str(stored.data)
    assert stored.wrap().validate_code(current_code())
    migration.decrypt_all(apps, None)
    assert Authenticator.objects.get(user=nora).data == {"secret": SECRET}


def test_somebody_who_has_lost_everything_signs_in_again(client, nora_with_totp, capsys):
    call_command("remove_second_factors", "Nora@example.org")
    assert "can sign in with the password" in capsys.readouterr().out
    assert sign_in_with(client, "nora@example.org", PASSWORD).wsgi_request.user == nora_with_totp
    with pytest.raises(CommandError, match="no second factor"):
        call_command("remove_second_factors", "nora@example.org")
    with pytest.raises(CommandError, match="Nobody has"):
        call_command("remove_second_factors", "nobody@example.org")
