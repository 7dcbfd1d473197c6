"""Setting a password with an e-mailed link: one e-mail, one form, and the user is signed in."""

import re
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from lessons.courses.roster_csv import RosterLine
from lessons.courses.services.bulk_enrol import bulk_enrol
from tests.accounts.auth import add_authenticator_app
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"


def set_password(client, link):
    """Follow the link and set the password, which the form asks for once."""
    form = client.get(link, follow=True)
    assert form.content.decode().count('type="password"') == 1
    hidden = re.search(r'name="next" value="([^"]*)"', form.content.decode())
    data = {"password1": PASSWORD} | ({"next": hidden[1]} if hidden else {})
    return client.post(form.redirect_chain[-1][0], data)


def emailed_link():
    return re.search(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)[1]


def test_a_user_enrolled_by_a_roster_is_in_the_course_after_one_form(client, course, instructor):
    bulk_enrol(course=course, lines=[RosterLine(1, "ada@example.org", "Ada", "", "")], by=instructor)
    call_command("send_enrolment_emails", site="https://course.example", verbosity=0)
    reply = set_password(client, emailed_link())
    assert urlsplit(reply.url).path == course.get_absolute_url()
    assert "_auth_user_id" in client.session
    assert course.memberships.get(user__email="ada@example.org").user.emailaddress_set.get(verified=True).primary


def test_a_reset_of_an_unverified_account_verifies_its_address(client):
    make_user(email="olaf@example.org", password="forgotten for good")
    client.post(reverse("account_reset_password"), {"email": "olaf@example.org"})
    assert set_password(client, emailed_link()).url == reverse("reading:library")
    assert "_auth_user_id" in client.session


def test_a_link_does_not_bypass_two_factor_authentication(client):
    nora = make_user(email="nora@example.org", password=PASSWORD)
    nora.mark_email_verified()
    add_authenticator_app(nora, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client.post(reverse("account_reset_password"), {"email": "nora@example.org"})
    assert set_password(client, emailed_link()).url == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session


def test_a_link_verifies_no_other_address(client):
    """An administrator has changed the address of an account whose old one is verified: the new one is not."""
    nora = make_user(email="old@example.org", password=PASSWORD)
    nora.mark_email_verified()
    nora.email = "new@example.org"
    nora.save()
    client.post(reverse("account_reset_password"), {"email": "old@example.org"})
    set_password(client, emailed_link())
    assert not nora.emailaddress_set.filter(email="new@example.org", verified=True).exists()


@pytest.mark.parametrize("path", ["account_signup", "account_reset_password", "account_request_login_code"])
@pytest.mark.parametrize("known", [True, False])
def test_every_email_names_the_site_and_has_no_stock_phrases(client, settings, path, known):
    settings.SITE_NAME = "Reading & Room"
    if known:
        make_user(email="nora@example.org").mark_email_verified()
    client.post(reverse(path), {"display_name": "Nora", "email": "nora@example.org", "password1": PASSWORD})
    email = mail.outbox[0]
    assert "Reading & Room" in email.subject
    assert email.body.startswith("Reading & Room\n")
    for phrase in ("Hello from", "Thank you", "testserver\n"):
        assert phrase not in email.body


def test_the_email_about_an_existing_account_leads_on_to_the_next_page(client):
    make_user(email="nora@example.org").mark_email_verified()
    form = {"display_name": "Nora", "email": "nora@example.org", "password1": PASSWORD, "next": "/invitations/abc/"}
    client.post(reverse("account_signup"), form)
    body = mail.outbox[0].body
    assert "/accounts/login/?next=%2Finvitations%2Fabc%2F" in body
    assert reverse("account_reset_password") in body
