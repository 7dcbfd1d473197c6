"""A password set by a mailed key: one mail, one form, and one is in."""

import re
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.urls import reverse

from lessons.courses.emails import send_first
from lessons.courses.roster_csv import RosterLine
from lessons.courses.services.bulk_enrol import bulk_enrol
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"


def choose(client, link):
    """Follows the mailed link and sets the password, as it asks for it: once."""
    form = client.get(link, follow=True)
    assert form.content.decode().count('type="password"') == 1
    hidden = re.search(r'name="next" value="([^"]*)"', form.content.decode())
    data = {"password1": PASSWORD} | ({"next": hidden[1]} if hidden else {})
    return client.post(form.redirect_chain[-1][0], data)


def key_in_the_mail():
    return re.search(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)[1]


def test_who_was_brought_by_a_roster_is_in_the_course_after_one_form(client, course, instructor):
    bulk_enrol(course=course, lines=[RosterLine(1, "ada@example.org", "Ada", "", "")], by=instructor)
    send_first(course, "https://course.example")
    reply = choose(client, key_in_the_mail())
    assert urlsplit(reply.url).path == course.get_absolute_url()
    assert "_auth_user_id" in client.session
    assert course.memberships.get(user__email="ada@example.org").user.emailaddress_set.get(verified=True).primary


def test_a_reset_of_an_unverified_account_verifies_its_address(client):
    make_user(email="olaf@example.org", password="forgotten for good")
    client.post(reverse("account_reset_password"), {"email": "olaf@example.org"})
    assert choose(client, key_in_the_mail()).url == reverse("reading:library")
    assert "_auth_user_id" in client.session


def test_a_key_does_not_go_around_the_second_step(client):
    nora = make_user(email="nora@example.org", password=PASSWORD)
    nora.mark_email_verified()
    TOTP.activate(nora, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client.post(reverse("account_reset_password"), {"email": "nora@example.org"})
    assert choose(client, key_in_the_mail()).url == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session


def test_a_key_vouches_for_no_other_address(client):
    """An administrator has changed the address of an account whose old one is verified: the new one is not."""
    nora = make_user(email="old@example.org", password=PASSWORD)
    nora.mark_email_verified()
    nora.email = "new@example.org"
    nora.save()
    client.post(reverse("account_reset_password"), {"email": "old@example.org"})
    choose(client, key_in_the_mail())
    assert not nora.emailaddress_set.filter(email="new@example.org", verified=True).exists()


@pytest.mark.parametrize("path", ["account_signup", "account_reset_password", "account_request_login_code"])
@pytest.mark.parametrize("known", [True, False])
def test_every_mail_names_the_site_and_neither_greets_nor_thanks(client, settings, path, known):
    settings.SITE_NAME = "Reading & Room"
    if known:
        make_user(email="nora@example.org").mark_email_verified()
    client.post(reverse(path), {"display_name": "Nora", "email": "nora@example.org", "password1": PASSWORD})
    letter = mail.outbox[0]
    assert "Reading & Room" in letter.subject
    assert letter.body.endswith("\nReading & Room")
    for stock in ("Hello from", "Thank you", "testserver\n"):
        assert stock not in letter.body


def test_the_mail_to_who_has_an_account_leads_on_to_where_they_wanted(client):
    make_user(email="nora@example.org").mark_email_verified()
    form = {"display_name": "Nora", "email": "nora@example.org", "password1": PASSWORD, "next": "/invitations/abc/"}
    client.post(reverse("account_signup"), form)
    body = mail.outbox[0].body
    assert "/accounts/login/?next=%2Finvitations%2Fabc%2F" in body
    assert reverse("account_reset_password") in body
