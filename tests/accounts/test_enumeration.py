"""Signing in and up does not reveal who has an account. (Times are measured by `tests/benchmarks/enumeration.py`.)"""

import re

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client
from django.urls import reverse

from lessons.accounts.models import User
from tests.accounts.auth import emailed_code
from tests.environment import sample
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
KNOWN, UNKNOWN = "known@example.org", "other@example.org"
FORMS = [
    ("account_login", "login", {"password": "a wrong long password"}),
    ("account_signup", "email", {"display_name": "Nora", "password1": PASSWORD}),
    ("account_signup", "email", {"display_name": "Nora", "password1": "zzzz"}),
    ("account_reset_password", "email", {}),
    ("account_request_login_code", "email", {}),
]


@pytest.fixture(params=["verified", "unverified", "added by staff", "without password", "closed"])
def known(request):
    person = make_user(email=KNOWN, password=None if request.param == "without password" else PASSWORD)
    if request.param in ("verified", "closed"):
        person.mark_email_verified()
    if request.param == "unverified":
        person.emailaddress_set.create(email=KNOWN, primary=True)
    User.objects.filter(pk=person.pk).update(is_active=request.param != "closed")
    return person


def visible_response(route, field, rest, address):
    """Return all that a new visitor gets to see, apart from the address and the form's token."""
    client = Client()
    reply = client.post(reverse(route), {field: address, **rest})
    replies = [reply, client.get(reply.url)] if reply.status_code == 302 else [reply]
    for response in replies:
        for header in ("Expires", "X-Request-ID"):  # say the second, and which request it was
            response.headers.pop(header, None)
    visible = [(r.status_code, sorted(r.headers.items()), TOKEN.sub("", r.content.decode())) for r in replies]
    last = client.post(reply.url, {"code": "AAAA-AAAA"}) if reply.status_code == 302 else reply
    visible.append((last.status_code, TOKEN.sub("", last.content.decode())))
    return repr((visible, sorted(client.cookies))).replace(address, "ADDRESS")


@pytest.mark.parametrize(("route", "field", "rest"), sample(FORMS, parts=2))
def test_the_response_is_the_same_whether_an_address_has_an_account(known, route, field, rest):
    assert visible_response(route, field, rest, KNOWN) == visible_response(route, field, rest, UNKNOWN)


@pytest.mark.thorough
@pytest.mark.parametrize(("route", "field", "rest"), [FORMS[1], FORMS[4]])
def test_resending_a_code_is_the_same_whether_an_address_has_an_account(known, route, field, rest):
    pages = []
    for address in (KNOWN, UNKNOWN):
        client = Client()
        code_url = client.post(reverse(route), {field: address, **rest}).url
        replies = [client.post(code_url, {"action": "resend"}, follow=True) for _ in range(7)]
        texts = [TOKEN.sub("", reply.content.decode()).replace(address, "ADDRESS") for reply in replies]
        pages.append([(reply.redirect_chain, text) for reply, text in zip(replies, texts, strict=True)])
    assert pages[0] == pages[1]


@pytest.mark.parametrize(("route", "field", "rest"), [FORMS[1], *FORMS[3:]])
def test_an_email_is_sent_either_way(route, field, rest):
    make_user(email=KNOWN).mark_email_verified()
    for address in (KNOWN, UNKNOWN):
        visible_response(route, field, rest, address)
    assert [m.to for m in mail.outbox] == [[KNOWN], [UNKNOWN]]


def test_a_sixth_wrong_password_is_throttled_for_unknown_addresses_too(client):
    make_user(email=KNOWN).mark_email_verified()
    for address in (KNOWN, UNKNOWN):
        wrong = {"login": address, "password": "wrong password"}
        replies = [client.post(reverse("account_login"), wrong).content.decode() for _ in range(6)]
        assert ["Too many" in reply for reply in replies] == [False] * 5 + [True]


@pytest.mark.parametrize(("route", "field", "rest"), sample(FORMS, 1, parts=2))
def test_as_many_passwords_are_hashed_whether_an_address_has_an_account(known, route, field, rest, monkeypatch):
    hashed, encode = [], MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *args: hashed.append(1) or encode(self, *args))
    counts = []
    for address in (KNOWN, UNKNOWN):
        hashed.clear()
        Client().post(reverse(route), {field: address, **rest})
        counts.append(len(hashed))
    takes_password = route == "account_login" or rest.get("password1") == PASSWORD
    assert counts == [takes_password, takes_password]


@pytest.fixture
def nora(client):
    nora = make_user("Nora", email="nora@example.org", password=PASSWORD)
    nora.mark_email_verified()
    client.post(reverse("account_login"), {"login": "nora@example.org", "password": PASSWORD})
    return nora


def request_change(client, address):
    """Reauthenticate, request a change of address, and return the page that asks for the code."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client.post(reverse("account_email"), {"email": address, "action_add": ""}, follow=True)


def test_a_change_of_address_needs_reauthentication(client, nora):
    reply = client.post(reverse("account_email"), {"email": "new@example.org", "action_add": ""})
    assert reply.url.startswith(reverse("account_reauthenticate"))
    assert mail.outbox == []


def test_a_new_address_counts_once_it_is_verified_and_the_old_one_gets_an_email(client, nora):
    code_url = request_change(client, "new@example.org").redirect_chain[-1][0]
    nora.refresh_from_db()
    assert nora.email == "nora@example.org"
    reply = client.post(code_url, {"code": emailed_code()}, follow=True)
    assert reply.redirect_chain[-1][0] == reverse("account_email")
    assert "Your e-mail address is now new@example.org." in reply.content.decode()
    nora.refresh_from_db()
    assert nora.email == "new@example.org"
    assert [(a.email, a.verified) for a in nora.emailaddress_set.all()] == [("new@example.org", True)]
    email = mail.outbox[-1]
    assert email.to == ["nora@example.org"]
    assert "new@example.org" in email.body


@pytest.mark.parametrize("verified", [True, False])
def test_another_users_address_cannot_be_taken_over(client, nora, verified):
    other = make_user(email="otto@example.org")
    if verified:
        other.mark_email_verified()
    code_url = request_change(client, "otto@example.org").redirect_chain[-1][0]
    client.post(code_url, {"code": emailed_code()})
    assert {u.email for u in User.objects.all()} == {"nora@example.org", "otto@example.org"}
