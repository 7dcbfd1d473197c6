"""New users who do not type the code immediately: another code, another attempt, another browser."""

import pytest
from django.contrib.messages import get_messages
from django.core import mail
from django.test import Client
from django.urls import reverse

from lessons.accounts.models import User
from tests.accounts.auth import emailed_code, sign_in_with
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD, OTHER = "a long enough password", "another long password"
NORA = {"display_name": "Nora", "email": "nora@example.org", "password1": PASSWORD}
CODE_PAGE = reverse("account_email_verification_sent")
RESEND = {"action": "resend"}


def sign_up(**changes):
    client = Client()
    client.reply = client.post(reverse("account_signup"), NORA | changes)
    return client


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_a_code_is_sent_again():
    client = sign_up()
    page = client.post(CODE_PAGE, RESEND, follow=True)
    assert page.redirect_chain[-1][0] == CODE_PAGE
    assert "We’ve sent a new code." in page.content.decode()
    client.post(CODE_PAGE, {"code": emailed_code()})
    assert is_signed_in(client)


def test_after_too_many_codes_the_page_says_to_wait_and_the_latest_code_stays_valid():
    browsers = [sign_up() for _ in range(4)]
    reply = browsers[-1].post(CODE_PAGE, RESEND, follow=True)
    assert reply.status_code == 200
    assert "Wait a minute" in reply.content.decode()
    browsers[-1].post(CODE_PAGE, {"code": emailed_code()})
    assert is_signed_in(browsers[-1])


def test_a_fifth_sign_up_in_a_minute_keeps_the_form_filled_in():
    for _ in range(4):
        sign_up()
    reply = sign_up(display_name="Nora Newcomer").reply
    assert (reply.status_code, len(mail.outbox)) == (200, 4)
    assert "Wait a minute" in reply.content.decode()
    assert "Nora Newcomer" in reply.content.decode()


def test_signing_in_elsewhere_with_the_right_password_leads_to_a_code():
    sign_up()
    client = Client()
    assert sign_in_with(client, "nora@example.org", PASSWORD).redirect_chain[-1][0] == CODE_PAGE
    client.post(CODE_PAGE, {"code": emailed_code()})
    assert is_signed_in(client)


def test_signing_up_again_sends_a_code_and_saves_what_was_typed_last():
    sign_up()
    client = sign_up(password1=OTHER, display_name="Nora New")
    client.post(CODE_PAGE, {"code": emailed_code()})
    user = User.objects.get()
    assert client.get(reverse("accounts:profile")).wsgi_request.user == user
    assert (user.display_name, user.check_password(OTHER)) == ("Nora New", True)


def test_signing_up_with_another_users_address_leaves_no_password():
    owner = sign_up()
    code = emailed_code()
    sign_up(password1=OTHER)
    owner.post(CODE_PAGE, {"code": code})
    assert is_signed_in(owner)
    assert User.objects.get().check_password(PASSWORD)


def test_somebody_enrolled_by_a_roster_can_sign_up_as_well():
    make_user("Nora of the roster", email="nora@example.org", password=None)
    client = sign_up()
    client.post(CODE_PAGE, {"code": emailed_code()})
    assert is_signed_in(client)
    assert User.objects.get().check_password(PASSWORD)


def test_the_message_says_that_the_code_was_wrong_three_times():
    client = sign_up()
    replies = [client.post(CODE_PAGE, {"code": "AAAA-AAAA"}) for _ in range(3)]
    assert replies[-1].url == reverse("account_login")
    assert "wrong three times" in str(list(get_messages(replies[-1].wsgi_request))[0])


@pytest.mark.parametrize("known", [True, False])
def test_the_next_page_is_remembered_after_three_wrong_codes(known):
    if known:
        make_user(email="nora@example.org").mark_email_verified()
    client = sign_up(next="/tags/tides/")
    for _ in range(3):
        reply = client.post(client.reply.url, {"code": "AAAA-AAAA"})
    assert reply.url == reverse("account_login") + "?next=%2Ftags%2Ftides%2F"


@pytest.mark.parametrize("known", [True, False])
def test_rate_limits_do_not_reveal_whether_an_address_has_an_account(known):
    if known:
        make_user(email="nora@example.org").mark_email_verified()
    replies = [sign_up().reply for _ in range(5)]
    assert [reply.status_code for reply in replies] == [302, 302, 302, 302, 200]


def test_a_rate_limited_form_has_a_link_back(settings):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "1/m/ip"}
    sign_up()
    reply = sign_up().reply
    assert reply.status_code == 429
    assert f'href="{reverse("account_signup")}">Back to the form</a>' in reply.content.decode()
