"""Signing up, signing in and out, and passwords."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from lessons.accounts.models import User
from tests.accounts.auth import emailed_code, sign_in_with
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
NEW_USER = {"display_name": "Nora New", "email": "Nora@Example.org", "password1": PASSWORD}


@pytest.fixture
def nora():
    nora = make_user("Nora", email="nora@example.org", password=PASSWORD)
    nora.mark_email_verified()
    return nora


def test_a_new_user_is_signed_in_after_form_and_code_and_led_to_the_next_page(client):
    form = client.post(reverse("account_signup"), {**NEW_USER, "next": "/tags/tides/"}, follow=True)
    assert "_auth_user_id" not in client.session
    reply = client.post(form.redirect_chain[-1][0], {"code": emailed_code(), "next": "/tags/tides/"})
    user = User.objects.get()
    assert (user.display_name, user.email, reply.url) == ("Nora New", "nora@example.org", "/tags/tides/")
    assert int(client.session["_auth_user_id"]) == user.pk
    assert user.emailaddress_set.get().verified


def test_a_third_wrong_code_ends_the_attempt(client):
    code_url = client.post(reverse("account_signup"), NEW_USER, follow=True).redirect_chain[-1][0]
    replies = [client.post(code_url, {"code": "AAAA-AAAA"}) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 200, 302]
    assert client.post(code_url, {"code": emailed_code()}).url == reverse("account_login")
    assert "_auth_user_id" not in client.session


def test_signing_up_again_creates_no_second_account_and_sends_an_email(client, nora):
    client.post(reverse("account_signup"), NEW_USER)
    assert User.objects.count() == 1
    assert "already" in mail.outbox[0].body


def test_an_administrator_created_by_command_signs_in_immediately(client):
    User.objects.create_superuser("ada@example.org", PASSWORD, display_name="Ada")
    assert sign_in_with(client, "ada@example.org", PASSWORD).wsgi_request.user.is_superuser


def test_a_user_added_by_an_administrator_verifies_the_address_when_first_signing_in(client):
    make_user("Olaf", email="olaf@example.org", password=PASSWORD)
    form = sign_in_with(client, "olaf@example.org", PASSWORD)
    client.post(form.redirect_chain[-1][0], {"code": emailed_code()})
    assert "_auth_user_id" in client.session


def test_an_emailed_code_signs_in_without_a_password(client, nora):
    form = client.post(reverse("account_request_login_code"), {"email": "nora@example.org"}, follow=True)
    client.post(form.redirect_chain[-1][0], {"code": emailed_code()})
    assert int(client.session["_auth_user_id"]) == nora.pk


@pytest.mark.parametrize("password", ["short", "password1234"])
def test_a_weak_password_is_refused_and_the_form_stays_filled_in(client, password):
    reply = client.post(reverse("account_signup"), {**NEW_USER, "password1": password})
    assert reply.status_code == 200
    assert "Nora New" in reply.content.decode()
    assert not User.objects.exists()


def test_signing_in_ignores_the_case_of_the_address(client, nora):
    reply = client.post(reverse("account_login"), {"login": "NORA@example.org", "password": PASSWORD}, follow=True)
    assert reply.wsgi_request.user == nora


def test_signing_out_needs_a_post(client, nora):
    client.force_login(nora)
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_a_sixth_wrong_password_is_throttled(client, nora):
    wrong = {"login": "nora@example.org", "password": "wrong password"}
    replies = [client.post(reverse("account_login"), wrong) for _ in range(6)]
    assert "Too many" in replies[-1].content.decode()
    assert "Too many" not in replies[0].content.decode()


def test_wrong_passwords_are_counted_whatever_host_the_client_names(client, nora):
    """A Host header may carry any port."""
    guess = {"login": nora.email, "password": "wrong"}
    replies = [client.post(reverse("account_login"), guess, headers={"host": f"localhost:{n}"}) for n in range(1, 7)]
    assert ["Too many" in reply.content.decode() for reply in replies] == [False] * 5 + [True]


def test_a_forgotten_password_is_reset_with_an_emailed_link(client, nora):
    client.post(reverse("account_reset_password"), {"email": "nora@example.org"})
    link = re.search(r"http://testserver(/\S+)", mail.outbox[0].body).group(1)
    form = client.get(link, follow=True)
    new = "another long password"
    client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert client.login(email="nora@example.org", password=new)
    assert "This link has expired" in client.get(link, follow=True).content.decode()


def test_emails_name_the_site_and_not_its_host(client, nora, settings):
    settings.SITE_NAME = "Reading Room"
    client.post(reverse("account_reset_password"), {"email": "nora@example.org"})
    assert mail.outbox[0].body.startswith("Reading Room\n\nSet a new password for Reading Room\n")


GUESSED = ["aaaaaaaaaaaa", "abcdefghijklmn", "commonplace1", "password1234", "nora@example.org"]
LENGTHENED = [
    "passwordpassword",
    "Password password",
    "tidetidetide",
    "letmein-2026!",
    "12sunshine345",
    "2026QwertyQwerty",
]


@pytest.mark.parametrize("password", GUESSED + LENGTHENED)
def test_an_easily_guessed_password_is_refused(client, password):
    reply = client.post(reverse("account_signup"), {**NEW_USER, "password1": password})
    assert reply.context["form"].errors["password1"]


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "password of the sea",
        "8473920184 love 29384",
        "ohne-ziffern-und-zeichen",
        "ø" * 3 + " drei Äpfel im Baum " * 6,
        "drei Äpfel im Baum " * 2,
    ],
)
def test_long_passwords_of_any_characters_are_accepted(client, password):
    assert client.post(reverse("account_signup"), {**NEW_USER, "password1": password}).status_code == 302
    assert User.objects.get().check_password(password.strip()) or User.objects.get().check_password(password)
