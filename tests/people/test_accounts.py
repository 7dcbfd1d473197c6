import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from lessons.people.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
NEWCOMER = {"display_name": "Nora New", "email": "Nora@Example.org", "password1": PASSWORD}


@pytest.fixture
def nora():
    return make_user("Nora", email="nora@example.org", password=PASSWORD)


def test_signing_up_makes_a_person_and_signs_them_in(client):
    reply = client.post(reverse("account_signup"), NEWCOMER, follow=True)
    user = User.objects.get()
    assert (user.display_name, user.email) == ("Nora New", "nora@example.org")
    assert reply.wsgi_request.user == user


def test_signing_up_again_makes_no_second_person(client, nora):
    reply = client.post(reverse("account_signup"), NEWCOMER)
    assert "already registered" in reply.content.decode()
    assert User.objects.count() == 1


@pytest.mark.parametrize("password", ["short", "password1234"])
def test_a_weak_password_is_refused_and_what_was_written_is_kept(client, password):
    reply = client.post(reverse("account_signup"), {**NEWCOMER, "password1": password})
    assert reply.status_code == 200
    assert "Nora New" in reply.content.decode()
    assert not User.objects.exists()


def test_signing_in_ignores_the_case_of_the_address(client, nora):
    reply = client.post(reverse("account_login"), {"login": "NORA@example.org", "password": PASSWORD}, follow=True)
    assert reply.wsgi_request.user == nora


def test_signing_out_asks_by_post(client, nora):
    client.force_login(nora)
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_a_sixth_wrong_password_is_throttled(client, nora):
    cache.clear()
    wrong = {"login": "nora@example.org", "password": "wrong password"}
    replies = [client.post(reverse("account_login"), wrong) for _ in range(6)]
    assert "Too many" in replies[-1].content.decode()
    assert "Too many" not in replies[0].content.decode()
    cache.clear()


def test_a_forgotten_password_is_reset_by_a_link_in_the_mail(client, nora):
    client.post(reverse("account_reset_password"), {"email": "nora@example.org"})
    link = re.search(r"http://testserver(/\S+)", mail.outbox[0].body).group(1)
    form = client.get(link, follow=True)
    new = "another long password"
    client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert client.login(email="nora@example.org", password=new)
    assert "This link is used up" in client.get(link, follow=True).content.decode()


def test_mails_name_the_site_and_not_its_host(client, nora, settings):
    settings.SITE_NAME = "Reading Room"
    client.post(reverse("account_reset_password"), {"email": "nora@example.org"})
    assert "Hello from Reading Room!" in mail.outbox[0].body


def test_asking_to_reset_an_unknown_address_answers_alike(client, nora):
    known = client.post(reverse("account_reset_password"), {"email": "nora@example.org"})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
